"""What the merge page says of a place that two people changed, in words."""

from collections.abc import Iterable

from django.utils.text import Truncator, get_text_list
from django.utils.translation import gettext as _

from articles import body
from articles.admin.quote_cards import word_diff
from articles.matching import diff
from articles.models import Article, Byline, Person, Quote
from articles.revisions import ATTRIBUTION, BODY, GROUPS, Content, Place, value_at
from articles.revisions.naming import Names

MODELS = {"fields": Article, "bylines": Byline, "quotes": Quote}
WORDS_OF_QUOTE = 6  # by which a label tells it from the others


class Labels:
    """Of places in these contents."""

    def __init__(self, *contents: Content):
        self.contents = contents
        self.names = Names(contents)

    def of(self, place: Place) -> str:
        if place.part == "fields":
            return str(_field_label(place.part, place.key))
        row = self._row(place)
        label = _row_label(place, row, self.names)
        return (
            f"{label}: {_field_label(place.part, place.field)}"
            if place.field
            else label
        )

    def listed(self, places: Iterable[Place]) -> str:
        return get_text_list([self.of(place) for place in places], _("and"))

    def conflict(self, place: Place, mine: Content, theirs: Content) -> dict[str, str]:
        ours, others = (
            self._in_words(place, value_at(place, content))
            for content in (mine, theirs)
        )
        return {
            "name": name_of(place),
            "label": self.of(place),
            "mine": ours,
            "theirs": others,
            "difference": word_diff(diff(ours, others)),
        }

    def _row(self, place):
        for content in self.contents:
            if row := content.get(place.part, {}).get(place.key):
                return row
        return None

    def _in_words(self, place, value) -> str:
        if value is None and not place.field and place.part != "fields":
            return _("Taken out of the story")
        if place == BODY:
            return body.plain_text(value or "")
        if place.field and place.field not in GROUPS or place.part == "fields":
            name = place.field or place.key
            return self._value(place.part, name, value) or _("Nothing")
        lines = [
            f"{_field_label(place.part, name)}: {self._value(place.part, name, one)}"
            for name, one in value.items()
            if one not in (None, "", [])
        ]
        return "\n".join(lines) or _("Nothing")

    def _value(self, part, name, value) -> str:
        return self.names.value(MODELS[part], name, value)


def name_of(place: Place) -> str:
    """Of the field of the page's form that chooses."""
    return "-".join(filter(None, place))


def _row_label(place, row, names) -> str:
    if place.part == "quotes":
        words = row and row.get("words") or place.key
        return _("quote “%s”") % Truncator(words).words(WORDS_OF_QUOTE)
    role, _space, slug = place.key.partition(" ")
    person = names.name(Person, row["person"]) if row else slug
    return _("byline of %s") % person


def _field_label(part, name):
    if name in GROUPS:
        return _("who says it") if name == ATTRIBUTION else _("what was said at first")
    return MODELS[part]._meta.get_field(name).verbose_name
