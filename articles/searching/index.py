"""The index, written in the transaction of whatever changes what it says.

Each entry has three texts, of words as `words` makes them: what it is called, what
stands above the text, and the text. A fourth holds its kind. On SQLite they are the
columns of an FTS5 table, on PostgreSQL the weights of one tsvector; the tables are made
by a migration, and `manage.py rebuild_search` writes all of it anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from itertools import chain, islice
from typing import NamedTuple

from django.db import connection, models
from django.db.models import Prefetch, prefetch_related_objects

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
AT_ONCE = 500  # rows, when all is written anew
LAST_PLACE = 16_383  # of a word in a tsvector
TIMES = 256  # that a tsvector notes a word


class Entry(NamedTuple):
    kind: str
    thing: models.Model
    texts: tuple[str, str, str]
    time: datetime | None = None  # of publication

    def digest(self) -> str:
        return sha256("\0".join(self.texts).encode()).hexdigest()[:32]

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
    mine = SearchEntry.objects.filter(
        models.Q(story=article) | models.Q(quote__article=article)
    )
    entries = []
    if article.status == Article.Status.PUBLISHED:
        entries = list(_of_stories([article]))
    _write(mine, entries)
    index_records(told_of)


def add_stories(articles: Iterable[Article], quotes: Iterable[Quote]) -> None:
    """Many at once, of which the index has none yet."""
    entries = [*map(_of_story, articles), *map(_of_quote, quotes)]
    _write(SearchEntry.objects.none(), entries)


def _of_stories(articles) -> Iterator[Entry]:
    """Each story with its quotes, their names fetched for all at once."""
    quotes = Quote.objects.carried().filter(withdrawn_at=None)
    quotes = quotes.prefetch_related(
        "speaker__other_names", "organisation__other_names"
    )
    prefetch_related_objects(articles, Prefetch("quotes", quotes, to_attr="found"))
    for article in articles:
        yield _of_story(article)
        for quote in article.found:
            quote.article = article
            yield _of_quote(quote)


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
        for records in _in_parts(rows):
            index_records(records)
            done += len(records)
            yield done
    for articles in _in_parts(Article.objects.live().order_by("pk")):
        _write(SearchEntry.objects.none(), list(_of_stories(articles)))
        done += len(articles)
        yield done


def _in_parts(rows) -> Iterator[list]:
    rows = rows.iterator(chunk_size=AT_ONCE)
    while part := list(islice(rows, AT_ONCE)):
        yield part


def _of_story(article):
    texts = (
        article.headline,
        article.standfirst,
        body.plain_text(article.body),
    )
    return Entry(Kind.STORY, article, texts, article.published_at)


def _of_quote(quote):
    names = chain.from_iterable(
        who.all_names() for who in (quote.speaker, quote.organisation) if who
    )
    said_by = [*names, quote.role, quote.unnamed_source]
    if quote.speaker and not quote.speaker.is_public:
        said_by = [quote.role]
    texts = (quote.words, _each_apart(said_by), quote.sentence)
    return Entry(Kind.QUOTE, quote, texts, quote.article.published_at)


def _of_record(record):
    kind = Kind.PERSON if isinstance(record, Person) else Kind.ORGANISATION
    about = record.biography if kind == Kind.PERSON else record.background
    return Entry(kind, record, (_each_apart(record.all_names()), "", about))


def _each_apart(names) -> str:
    return " ".join(f"{BEGIN} {name} {END}" for name in names if name)


def _write(old, entries):
    """These take the place of the old ones; what says the same is left alone."""
    known = {(row.kind, row.thing_key()): row for row in old}
    keys, changed, same = {}, [], set()
    for entry in entries:
        row = known.get(entry.place())
        if row is None or row.pk >> BITS != entry.key() >> BITS:
            continue
        keys[entry.place()] = row.pk
        if row.digest == entry.digest():
            same.add(entry.place())
        else:
            row.digest = entry.digest()
            changed.append(row)
    gone = {row.pk for row in known.values()} - set(keys.values())
    new = [entry for entry in entries if entry.place() not in keys]
    if gone:
        SearchEntry.objects.filter(pk__in=gone).delete()
    if changed:
        SearchEntry.objects.bulk_update(changed, ["digest"])
    if new:
        wanted = [entry.key() for entry in new]
        taken = SearchEntry.objects.filter(pk__in=wanted)
        taken = set(taken.values_list("pk", flat=True))
        for entry in new:
            keys[entry.place()] = key = _free(entry.key(), taken)
            taken.add(key)
        SearchEntry.objects.bulk_create(
            SearchEntry(
                pk=keys[entry.place()],
                kind=entry.kind,
                digest=entry.digest(),
                **{entry.kind: entry.thing},
            )
            for entry in new
        )
    written = [entry for entry in entries if entry.place() not in same]
    _write_texts(gone, {keys[entry.place()]: entry for entry in written})


def _free(key, taken) -> int:
    """The nearest that nothing has: two may be published in one second."""
    while key in taken:
        key += 1
        if SearchEntry.objects.filter(pk=key).exists():
            taken.add(key)
    return key


def _write_texts(gone, entries):
    stemmed = {
        key: (KIND_WORDS[entry.kind], *map(stems, entry.texts))
        for key, entry in entries.items()
    }
    with connection.cursor() as cursor:
        if gone:
            marks = ", ".join(["%s"] * len(gone))
            cursor.execute(f"DELETE FROM {TABLE} WHERE rowid IN ({marks})", [*gone])
        if not stemmed:
            return
        if connection.vendor == "postgresql":
            cursor.executemany(
                f"INSERT INTO {TABLE} (rowid, vector) VALUES (%s, %s::tsvector) "
                "ON CONFLICT (rowid) DO UPDATE SET vector = excluded.vector",
                [(key, _vector(*texts)) for key, texts in stemmed.items()],
            )
        else:
            cursor.executemany(
                f"INSERT OR REPLACE INTO {TABLE} (rowid, {', '.join(COLUMNS)}) "
                "VALUES (%s, %s, %s, %s, %s)",
                [
                    (key, *map(" ".join, texts), kind)
                    for key, (kind, *texts) in stemmed.items()
                ],
            )


def _vector(kind, *texts) -> str:
    """A tsvector as PostgreSQL reads it."""
    places = defaultdict(list)
    at = 0
    for column, text in zip("ABC", texts, strict=True):
        for stem in text:
            at += 1
            if at <= LAST_PLACE and len(places[stem]) < TIMES:
                places[stem].append(f"{at}{column}")
        at += GAP
    places[kind] = ["1D"]
    return " ".join(f"'{stem}':{','.join(at)}" for stem, at in places.items() if at)
