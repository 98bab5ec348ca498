"""How RSS, Atom and JSON Feed are written. An entry has, beside what Django's
generators know: `content` (HTML), `language`, `authors` (name, address), `picture`."""

from datetime import UTC, datetime

from django.utils import feedgenerator
from django.utils.feedgenerator import rfc3339_date

from articles.characters import json_without_markup

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class OfEntries:
    def latest_post_date(self):
        """An empty feed has not changed, however often it is asked for."""
        return max((item["updateddate"] for item in self.items), default=NEVER)


def _enclosures(item):
    return [item["picture"]] if item["picture"] else []


def _write_picture(handler, picture):
    """As Media RSS has it, which knows of credits and of what is to be seen."""
    attributes = {
        "url": picture.url,
        "medium": "image",
        "type": picture.mime_type,
        "fileSize": picture.length,
        "width": str(picture.width),
        "height": str(picture.height),
    }
    handler.startElement("media:content", attributes)
    for name, text in [("description", picture.alt_text), ("title", picture.caption)]:
        if text:
            handler.addQuickElement(f"media:{name}", text, {"type": "plain"})
    if picture.credit:
        handler.addQuickElement("media:credit", picture.credit)
    handler.endElement("media:content")


class Rss(OfEntries, feedgenerator.Rss201rev2Feed):
    def rss_attributes(self):
        return {
            **super().rss_attributes(),
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
            "xmlns:media": "http://search.yahoo.com/mrss/",
        }

    def add_item_elements(self, handler, item):
        shown = {
            **item,
            # Some read a title as HTML: what looks like an element is none to them.
            "title": item["title"].replace("<", "&lt;"),
            "description": item["description"] or None,
            "unique_id_is_permalink": False,
            "enclosures": _enclosures(item),
        }
        super().add_item_elements(handler, shown)
        for name, _address in item["authors"]:
            handler.addQuickElement("dc:creator", name)
        # RSS has no place for it.
        handler.addQuickElement("atom:updated", rfc3339_date(item["updateddate"]))
        handler.addQuickElement("content:encoded", item["content"])
        if item["picture"]:
            _write_picture(handler, item["picture"])


class Atom(OfEntries, feedgenerator.Atom1Feed):
    def root_attributes(self):
        media = {"xmlns:media": "http://search.yahoo.com/mrss/"}
        return {**super().root_attributes(), **media}

    def item_attributes(self, item):
        return {"xml:lang": item["language"]}

    def add_item_elements(self, handler, item):
        shown = {**item, "description": None, "enclosures": _enclosures(item)}
        super().add_item_elements(handler, shown)
        for name, address in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", name)
            handler.addQuickElement("uri", address)
            handler.endElement("author")
        if item["description"]:
            handler.addQuickElement("summary", item["description"])
        handler.addQuickElement("content", item["content"], {"type": "html"})
        if item["picture"]:
            _write_picture(handler, item["picture"])


class Json(OfEntries, feedgenerator.SyndicationFeed):
    """JSON Feed 1.1, https://www.jsonfeed.org/version/1.1/."""

    content_type = "application/feed+json; charset=utf-8"

    def write(self, outfile, encoding):
        feed = self.feed
        written = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": feed["title"],
            "home_page_url": feed["link"],
            "feed_url": feed["feed_url"],
            "description": feed["description"],
            "language": feed["language"],
            "authors": [{"name": feed["author_name"], "url": feed["author_link"]}],
            "items": [self._written(item) for item in self.items],
        }
        outfile.write(json_without_markup(written).encode(encoding))

    @staticmethod
    def _written(item):
        written = {
            "id": item["unique_id"],
            "url": item["link"],
            "title": item["title"],
            "content_html": item["content"],
            "summary": item["description"],
            "date_published": rfc3339_date(item["pubdate"]),
            "date_modified": rfc3339_date(item["updateddate"]),
            "language": item["language"],
            "authors": [{"name": name, "url": url} for name, url in item["authors"]],
            "tags": list(item["categories"]),
        }
        if picture := item["picture"]:
            credit = picture.credit and f"© {picture.credit}"
            written["image"] = picture.url
            written["attachments"] = [
                {
                    "url": picture.url,
                    "mime_type": picture.mime_type,
                    "title": " ".join(filter(None, [picture.caption, credit])),
                    "size_in_bytes": int(picture.length),
                }
            ]
        return {name: value for name, value in written.items() if value}
