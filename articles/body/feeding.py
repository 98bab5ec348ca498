"""A page's HTML as a feed carries it: nothing that needs our stylesheet, and every
address whole, for it is read far from our pages."""

from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin

KEPT = {
    *"a bdi blockquote br dd div dl dt em figcaption figure h2 h3 img li ol p".split(),
    *"s section strong time ul".split(),
}
VOID = {"br", "img", "source"}
ATTRIBUTES = "href src alt width height lang dir datetime".split()
ADDRESSES = {"href", "src"}
# Empty links that the stylesheet fills, and a place for a picture that is not there.
LEFT_OUT = {"quote-number", "margin-note", "to-come"}


def for_feeds(html: str, address: str) -> str:
    """What render() or a template of a page returned. The address is the page's, to
    which its links are relative."""
    feeder = Feeder(address)
    feeder.feed(html)
    feeder.close()
    return "".join(feeder.written).strip()


class Feeder(HTMLParser):
    def __init__(self, address):
        super().__init__(convert_charrefs=True)
        self.address = address
        self.written = []
        self.open = []  # the end of each open element: "" for one that is not kept
        self.left_out = 0  # how many are open from the one that is left out

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        classes = set((attributes.get("class") or "").split())
        is_left_out = self.left_out or classes & LEFT_OUT
        is_kept = tag in KEPT or attributes.get("lang")
        if is_kept and not is_left_out:
            self.written.append(f"<{tag}{self._shown(attributes)}>")
        if tag not in VOID:
            self.left_out += bool(is_left_out)
            self.open.append(f"</{tag}>" if is_kept else "")

    def handle_endtag(self, tag):
        if tag in VOID or not self.open:
            return
        end = self.open.pop()
        if self.left_out:
            self.left_out -= 1
        else:
            self.written.append(end)

    def handle_data(self, data):
        if not self.left_out:
            self.written.append(escape(data, quote=False))

    def _shown(self, attributes):
        shown = ""
        for name in ATTRIBUTES:
            value = attributes.get(name)
            if value is not None:
                value = urljoin(self.address, value) if name in ADDRESSES else value
                shown += f' {name}="{escape(value)}"'
        return shown
