"""Words between quotation marks, in a text without any marks of ours."""

import re

from articles.matching.text import fold

# In folded text. A single mark may be an apostrophe: it opens only before a word and
# closes only behind one.
QUOTATION = re.compile(r'"([^"\n]{1,1000})"|(?<!\w)\'(?=\w)([^\n]{1,1000}?)\'(?!\w)')


def quotations(text: str) -> list[str]:
    """What stands between quotation marks, as the text has it."""
    found = []
    for match in QUOTATION.finditer(fold(text)):
        start, end = match.span(1) if match[1] is not None else match.span(2)
        found.append(text[start:end])
    return found
