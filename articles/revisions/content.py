"""A story as plain data, and plain data as a story.

The data has this shape, which SCHEMA numbers; records go by their natural keys, so that
a slug that somebody had before leads to them still:

    {"fields": {"headline": "…", "section": ["all-news"], "topics": [["nato"]], …},
     "bylines": {"by slug": {"person": ["slug"], "role": "by", "order": 0}},
     "quotes": {"q1": {"kind": "direct", "words": "…", "speaker": ["slug"], …}},
     "mentions": [["person", "slug"], ["organisation", "slug"]],
     "keys": {"bylines": {"by slug": "uuid"}, "quotes": {"q1": "uuid"},
              "positions": [[["slug", "title", "2016-01-01"], "uuid"]]},
     "overrides": {"q2": [{"recorded": "…", "marked": "…", "reason": "…", …}]}}

The keys say nothing about the story, only which rows said it: a form that somebody
still has open finds its rows again, and a post whose title or first day was put right
since is still that post. The overrides are those of quotes that have no row
yet, being only in a draft. Both may be missing.

Data of an older schema is read as far as it goes: what it does not hold has the value
of a new row, and what no field takes any more is passed over.
"""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from articles.models import Article, Byline, Quote, QuoteOverride

SCHEMA = 1
KEYS = "keys"
OVERRIDES = "overrides"
POSITIONS = "positions"
FIELDS = (
    "headline standfirst slug slugline language kind section topics dateline "
    "dateline_place dateline_date dateline_source source lead_photo body desk_note"
).split()
BYLINE = "person role order".split()
QUOTE = (
    "kind words speaker organisation unnamed_source position role said_on "
    "occasion original_words original_language translator repeats"
).split()

Content = dict[str, Any]


def snapshot(article: Article) -> Content:
    """The saved story. A quote that it has dropped is not part of it."""
    story = Article.objects.select_related("section", "source", "lead_photo").get(
        pk=article.pk
    )
    carried = story.quotes.carried().select_related(
        "speaker", "organisation", "position__person", "repeats__article"
    )
    quotes = {row.mark: row for row in carried}
    bylines = {
        f"{row.role} {row.person.slug}": row
        for row in story.bylines.select_related("person")
    }
    mentions = story.mentions.select_related("person", "organisation")
    return {
        "fields": _values(story, FIELDS),
        "bylines": {name: _values(row, BYLINE) for name, row in bylines.items()},
        "quotes": {mark: _values(row, QUOTE) for mark, row in quotes.items()},
        "mentions": [
            ["person", m.person.slug]
            if m.person
            else ["organisation", m.organisation.slug]
            for m in mentions
        ],
        KEYS: {
            "bylines": _keys(bylines),
            "quotes": _keys(quotes),
            POSITIONS: _keys_of_positions(quotes.values()),
        },
    }


def says_the_same(one: Content, other: Content) -> bool:
    """Whichever rows say it."""
    parts = (one.keys() | other.keys()) - {KEYS, OVERRIDES}
    return all(one.get(part) == other.get(part) for part in parts)


def complete(content: Content) -> Content:
    """The content as this schema has it: what it does not hold has the value of a new
    row, and what no field takes is left out."""
    return {
        "fields": _completed(Article, FIELDS, content.get("fields", {})),
        "bylines": {
            key: _completed(Byline, BYLINE, row)
            for key, row in content.get("bylines", {}).items()
        },
        "quotes": {
            mark: _completed(Quote, QUOTE, row)
            for mark, row in content.get("quotes", {}).items()
        },
        "mentions": content.get("mentions", []),
        **{part: content[part] for part in (KEYS, OVERRIDES) if part in content},
    }


def _completed(model, names, row):
    return {
        name: row[name] if name in row else of_new_row(model, name) for name in names
    }


def _keys_of_positions(quotes) -> list:
    posts = {quote.position for quote in quotes if quote.position}
    return sorted([plain(post.natural_key()), str(post.pk)] for post in posts)


def _keys(rows) -> dict[str, str]:
    return {name: str(row.pk) for name, row in rows.items()}


def _values(row, names) -> dict[str, Any]:
    return {name: _value(row, name) for name in names}


def _value(row, name):
    field = row._meta.get_field(name)
    if field.many_to_many:
        return sorted(list(other.natural_key()) for other in getattr(row, name).all())
    value = getattr(row, name)
    if field.is_relation:
        return value and plain(value.natural_key())
    return (
        value if isinstance(value, (str, int, bool, type(None))) else plain([value])[0]
    )


def plain(values) -> list:
    encode = DjangoJSONEncoder().default
    as_it_is = (str, int, bool, type(None))
    return [value if isinstance(value, as_it_is) else encode(value) for value in values]


def overrides_of(article: Article, *, but: set[str]) -> Content:
    """A part of a content, for it to carry: what was let stand at quotes with other
    marks than those. Empty if there is none."""
    rows = QuoteOverride.objects.filter(quote__in=article.quotes.carried())
    told = {}
    for row in rows.exclude(quote__mark__in=but).select_related("quote"):
        told.setdefault(row.quote.mark, []).append(
            {
                **_values(row, ["recorded", "marked", "reason", "overridden_at"]),
                "overridden_by": row.overridden_by_id,
            }
        )
    return {OVERRIDES: told} if told else {}


def of_new_row(model, name):
    field = model._meta.get_field(name)
    return [] if field.many_to_many else field.get_default()
