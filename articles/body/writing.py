"""Blocks into the HTML that is stored."""

from collections.abc import Iterable
from html import escape

from articles.body.vocabulary import Block, Inline, Run


class Writer:
    """Writes blocks as the body is stored."""

    def write(self, blocks: list[Block]) -> str:
        lines, open_container = [], None
        for block in blocks:
            if block.container != open_container:
                if open_container:
                    lines.append(f"</{open_container[0]}>")
                if block.container:
                    lines.append(f"<{block.container[0]}>")
                open_container = block.container
            lines.append(self.block(block))
        if open_container:
            lines.append(f"</{open_container[0]}>")
        return "\n".join(line for line in lines if line)

    def block(self, block: Block) -> str:
        if block.tag == "figure":
            return f'<figure data-photo="{escape(block.photo)}"></figure>'
        return f"<{block.tag}>{self.runs(block.runs)}</{block.tag}>"

    def runs(self, runs: Iterable[Run]) -> str:
        written, open_inlines = [], ()
        for run in [*runs, Run("")]:
            shared = 0
            for old, new in zip(open_inlines, run.inlines, strict=False):
                if old != new:
                    break
                shared += 1
            written += [self.end(inline) for inline in reversed(open_inlines[shared:])]
            written += [self.start(inline) for inline in run.inlines[shared:]]
            open_inlines = run.inlines
            written += [run.html, self.text(run.text)]
        return "".join(written)

    def text(self, text: str) -> str:
        # NFC would make one character of a tag's > and the stroke after it.
        text = escape(text, quote=False).replace("\u0338", "&#824;")
        return text.replace("\n", "<br>")

    def start(self, inline: Inline) -> str:
        if inline.attribute:
            return f'<{inline.tag} {inline.attribute}="{escape(inline.value)}">'
        return f"<{inline.tag}>"

    def end(self, inline: Inline) -> str:
        return f"</{inline.tag}>"


def write(blocks: list[Block]) -> str:
    return Writer().write(blocks)
