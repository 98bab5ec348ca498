"""The index, written in the transaction of whatever changes what it says.

Each entry has three texts, of words as `words` makes them: what it is called, what
stands above the text, and the text. A fourth holds its kind. On SQLite they are the
columns of an FTS5 table, on PostgreSQL the weights of one tsvector; the tables are made
by a migration, and `manage.py rebuild_search` writes all of it anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import NamedTuple

from django.db import connection, models

from articles import body
from articles.models import Article, Organisation, Person, Quote, SearchEntry
from articles.searching.words import stems

Kind = SearchEntry.Kind
TABLE = "articles_searchtext"
COLUMNS = "abcd"  # called, above, text, kind
KIND_WORDS = {kind: f"kind{kind}" for kind in Kind.values}
BEGIN, END = "0begin", "0end"  # around each whole name
BITS = 24  # of a key that tell apart what was published in one second
ORDER_BITS = 6  # of these, for the place of a quote in its story
LAST = (1 << ORDER_BITS) - 1
GAP = 10  # places between two texts, so that no phrase runs over both
LAST_PLACE = 16_383  # of a word in a tsvector
TIMES = 256  # that a tsvector notes a word


class Entry(NamedTuple):
    kind: str
    thing: models.Model
    texts: tuple[list[str], list[str], list[str]]
    time: datetime | None = None  # of publication

    def place(self) -> tuple:
        return (self.kind, self.thing.pk)

    def key(self) -> int:
        """Of a quote behind that of its story, in the order of the story."""
        if self.time is None:
            return self.thing.pk * 2 + (self.kind == Kind.PERSON)
        since = self.time - datetime(1, 1, 1, tzinfo=UTC)
        story, order = self.thing, 0
        if self.kind == Kind.QUOTE:
            story, order = self.thing.article, max(1, min(self.thing.order, LAST))
        number = (story.pk << ORDER_BITS | LAST - order) % (1 << BITS)
        return int(since.total_seconds()) << BITS | number


def index_story(article: Article, told_of: Iterable[Person | Organisation]) -> None:
    """The story, its quotes, and whom it names; nothing of one that was taken back."""
    quotes = list(
        article.quotes.carried()
        .filter(withdrawn_at=None)
        .select_related("speaker", "organisation")
    )
    mine = SearchEntry.objects.filter(
        models.Q(story=article) | models.Q(quote__article=article)
    )
    entries = []
    if article.status == Article.Status.PUBLISHED:
        for quote in quotes:
            quote.article = article
        entries = [_of_story(article), *map(_of_quote, quotes)]
    _write(mine, entries)
    index_records(told_of)


def add_stories(articles: Iterable[Article], quotes: Iterable[Quote]) -> None:
    """Many at once, of which the index has none yet."""
    entries = [*map(_of_story, articles), *map(_of_quote, quotes)]
    _write(SearchEntry.objects.none(), entries)


def index_records(records: Iterable[Person | Organisation]) -> None:
    records = list(dict.fromkeys(records))
    if not records:
        return
    _write(_entries_of(records), [_of_record(record) for record in records])


def _entries_of(records):
    people = [record for record in records if isinstance(record, Person)]
    organisations = [r for r in records if isinstance(r, Organisation)]
    return SearchEntry.objects.filter(
        models.Q(person__in=people) | models.Q(organisation__in=organisations)
    )


def leave_out(record: Person | Organisation) -> None:
    """One that is to be no more."""
    _write(_entries_of([record]), [])


def everything() -> Iterator[int]:
    """Writes the whole index anew; says after each step how many are done."""
    done = 0
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE}")
    SearchEntry.objects.all().delete()
    for model in (Person, Organisation):
        rows = model.objects.prefetch_related("other_names").order_by("pk")
        for record in rows.iterator(chunk_size=500):
            index_records([record])
            done += 1
            yield done
    for article in Article.objects.live().order_by("pk").iterator(chunk_size=100):
        index_story(article, [])
        done += 1
        yield done


def _of_story(article):
    texts = (
        stems(article.headline),
        stems(article.standfirst),
        stems(body.plain_text(article.body)),
    )
    return Entry(Kind.STORY, article, texts, article.published_at)


def _of_quote(quote):
    names = chain.from_iterable(
        who.all_names() for who in (quote.speaker, quote.organisation) if who
    )
    said_by = [*names, quote.role, quote.unnamed_source]
    if quote.speaker and not quote.speaker.is_public:
        said_by = [quote.role]
    texts = (stems(quote.words), _each_apart(said_by), stems(quote.sentence))
    return Entry(Kind.QUOTE, quote, texts, quote.article.published_at)


def _of_record(record):
    kind = Kind.PERSON if isinstance(record, Person) else Kind.ORGANISATION
    about = record.biography if kind == Kind.PERSON else record.background
    return Entry(kind, record, (_each_apart(record.all_names()), [], stems(about)))


def _each_apart(names) -> list[str]:
    return [stem for name in names if name for stem in (BEGIN, *stems(name), END)]


def _write(old, entries):
    """These take the place of the old ones."""
    known = {(entry.kind, entry.thing_key()): entry.pk for entry in old}
    keys = {}
    for entry in entries:
        was = known.get(entry.place())
        if was is not None and was >> BITS == entry.key() >> BITS:
            keys[entry.place()] = was
    gone = set(known.values()) - set(keys.values())
    new = [entry for entry in entries if entry.place() not in keys]
    if gone:
        SearchEntry.objects.filter(pk__in=gone).delete()
    wanted = [entry.key() for entry in new]
    taken = set(SearchEntry.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    for entry in new:
        keys[entry.place()] = key = _free(entry.key(), taken)
        taken.add(key)
    SearchEntry.objects.bulk_create(
        SearchEntry(pk=keys[e.place()], kind=e.kind, **{e.kind: e.thing}) for e in new
    )
    _write_texts(gone, {keys[entry.place()]: entry for entry in entries})


def _free(key, taken) -> int:
    """The nearest that nothing has: two may be published in one second."""
    while key in taken:
        key += 1
        if SearchEntry.objects.filter(pk=key).exists():
            taken.add(key)
    return key


def _write_texts(gone, entries):
    with connection.cursor() as cursor:
        if gone:
            marks = ", ".join(["%s"] * len(gone))
            cursor.execute(f"DELETE FROM {TABLE} WHERE rowid IN ({marks})", [*gone])
        if connection.vendor == "postgresql":
            cursor.executemany(
                f"INSERT INTO {TABLE} (rowid, vector) VALUES (%s, %s::tsvector) "
                "ON CONFLICT (rowid) DO UPDATE SET vector = excluded.vector",
                [(key, _vector(entry)) for key, entry in entries.items()],
            )
        else:
            cursor.executemany(
                f"INSERT OR REPLACE INTO {TABLE} (rowid, {', '.join(COLUMNS)}) "
                "VALUES (%s, %s, %s, %s, %s)",
                [
                    (key, *map(" ".join, entry.texts), KIND_WORDS[entry.kind])
                    for key, entry in entries.items()
                ],
            )


def _vector(entry) -> str:
    """A tsvector as PostgreSQL reads it."""
    places = defaultdict(list)
    at = 0
    for column, text in zip("ABC", entry.texts, strict=True):
        for stem in text:
            at += 1
            if at <= LAST_PLACE and len(places[stem]) < TIMES:
                places[stem].append(f"{at}{column}")
        at += GAP
    places[KIND_WORDS[entry.kind]] = ["1D"]
    return " ".join(f"'{stem}':{','.join(at)}" for stem, at in places.items() if at)
