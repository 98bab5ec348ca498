"""The two checks of each quote of a story, made anew from the saved rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings

from articles import body, matching
from articles.matching import Check, Outcome, find, nearest, quotations
from articles.models import Article, Quote, QuoteOverride, SourceText
from articles.site import whole


@dataclass(frozen=True)
class QuoteChecks:
    """A quote, the passage that carries its mark, and how its words stand against the
    story's body, whose paragraphs these are, and against its sources; `source` is the
    one they stand in."""

    quote: Quote
    passage: body.Passage | None
    paragraphs: matching.Paragraphs
    against_body: Check
    against_sources: Check
    source: SourceText | None

    @property
    def is_exempt(self) -> bool:
        return bool(self.quote.dropped_at or self.quote.withdrawn_at)

    @cached_property
    def override(self) -> QuoteOverride | None:
        """By which somebody let this very pair of texts stand, with a reason."""
        pair = (self.quote.words, self.marked)
        overrides = self.quote.overrides.all()
        return next((o for o in overrides if pair == (o.recorded, o.marked)), None)

    @property
    def marked(self) -> str:
        """The words inside the marks, one segment a line."""
        return "\n".join(self.passage.segments) if self.passage else ""

    @cached_property
    def nearest(self) -> matching.Near | None:
        """Of words that stand nowhere in the story, the passage most like them."""
        if self.against_body.outcome != Outcome.NOT_FOUND:
            return None
        return self.paragraphs.nearest(self.quote.words)

    @property
    def is_open(self) -> bool:
        """The words are not those of the story, and nobody has let it stand."""
        return (
            self.against_body.outcome != Outcome.MATCHES
            and not self.is_exempt
            and not self.override
        )

    @property
    def is_off_source(self) -> bool:
        """Words between quotation marks that the sources do not have. What is reported
        was never word for word."""
        return (
            self.against_sources.outcome in (Outcome.DIFFERS, Outcome.NOT_FOUND)
            and not self.quote.is_indirect()
            and not self.is_exempt
        )

    @property
    def against_first(self) -> Check | None:
        """Against the quote that it repeats, of which it may leave words out with an
        ellipsis. A correction of the first may make the two differ: the story keeps
        what it printed, and the difference is shown."""
        if self.quote.repeats is None or self.is_exempt:
            return None
        is_part = self.quote.kind != Quote.Kind.DIRECT
        return matching.check_against_first(
            self.quote.words, self.quote.repeats.words, is_part=is_part
        )

    @property
    def has_another_speaker(self) -> bool:
        """Than the quote that it repeats: one of the two was corrected."""
        first = self.quote.repeats
        if first is None or self.is_exempt:
            return False
        return any(
            getattr(self.quote, name) != getattr(first, name)
            for name in ("speaker_id", "unnamed_source")
        )

    def failures(self) -> Iterator[str]:
        """What of it does not hold, in the words that the desk uses."""
        outcome = self.against_body.outcome
        if self.is_open and outcome == Outcome.NOT_FOUND:
            yield "not in the story"
        elif self.is_open:
            yield "differs from the story"
        if self.is_off_source and self.against_sources.outcome == Outcome.NOT_FOUND:
            yield "not in the source copy"
        elif self.is_off_source:
            yield "differs from the source copy"
        if self.against_first and self.against_first.outcome != Outcome.MATCHES:
            yield "differs from the quote it repeats"
        if self.has_another_speaker:
            yield "names another speaker than the quote it repeats"


@dataclass(frozen=True)
class Retold:
    """Words between quotation marks outside the body that no quote of the story has;
    `nearest` is the quote that has most of them, if one is near."""

    field: str
    words: str
    nearest: Quote | None


def retold_otherwise(article: Article) -> list[Retold]:
    """The headline is what most people read: what it, the standfirst and the captions
    put between quotation marks is held against the story's quotes."""
    texts = [("headline", article.headline), ("standfirst", article.standfirst)]
    if article.lead_photo:
        texts.append(("lead_photo", article.lead_photo.caption))
    texts += [("body", photo.caption) for photo in article.photos.all()]
    told = [(field, words) for field, text in texts for words in quotations(text)]
    if not told:
        return []
    quotes = [
        (quote, matching.Comparable(" ".join(quote.words.split())))
        for quote in article.quotes.carried().filter(withdrawn_at=None)
        if not quote.is_indirect()
    ]
    return [
        Retold(field, words, _nearest_of(quotes, words))
        for field, words in told
        if not any(find(words, text, house_policy()) for _quote, text in quotes)
    ]


def _nearest_of(quotes, words) -> Quote | None:
    """Of the quotes that resemble the words, the one that differs least."""
    near = {
        quote: matching.diff(words, text.original[place.start : place.end])
        for quote, text in quotes
        if (place := nearest(words, text))
    }

    def changed(quote):
        return sum(len(c.text) for c in near[quote] if c.kind != "same")

    return min(near, key=changed, default=None)


def archive_checks() -> Iterator[QuoteChecks]:
    """Of every quote there is, story by story, in constant memory."""
    stories = Article.objects.exclude(quotes=None).distinct().order_by("pk")
    for article in stories.iterator(chunk_size=50):
        for checks in checks_of(article, body.read(article.body)):
            checks.quote.article = article
            yield checks


def where(quote: Quote) -> str:
    """The address at which the quote stands in its story."""
    return whole(quote.get_place_url())


def house_policy() -> matching.Policy:
    return matching.Policy(
        may_leave_out=settings.QUOTES_MAY_LEAVE_OUT_WORDS,
        may_put_in=settings.QUOTES_MAY_PUT_IN_WORDS,
    )


def checks_of(
    article: Article, reading: body.Reading, quotes=None, sources=None
) -> Iterator[QuoteChecks]:
    """For each of the quotes, by default all of the story's, against the sources that
    readers are told of unless other ones are given."""
    sources = list(article.sources.in_use() if sources is None else sources)
    texts = [matching.Comparable(source.text) for source in sources]
    paragraphs = matching.Paragraphs(reading.paragraphs)
    if quotes is None:
        quotes = article.quotes.select_related("repeats").prefetch_related("overrides")
    for quote in quotes:
        passage = reading.passages.get(quote.mark)
        found = matching.check_against_sources(quote.words, texts, house_policy())
        yield QuoteChecks(
            quote=quote,
            passage=passage,
            paragraphs=paragraphs,
            against_body=matching.check_against_body(
                quote.words, passage.segments if passage else []
            ),
            against_sources=found,
            source=None if found.source is None else sources[found.source],
        )
