"""Imports run one way:
organisations <- people <- photos <- sections <- articles <- bylines, mentions,
sources <- quotes <- overrides, corrections.
What stands further left knows nothing of what stands further right, but for the
relations that lead to it."""

from articles.models.articles import Article
from articles.models.bylines import Byline
from articles.models.corrections import Correction
from articles.models.mentions import Mention
from articles.models.organisations import Organisation, OrganisationName
from articles.models.overrides import QuoteOverride
from articles.models.people import Person, PersonName, Position
from articles.models.photos import Photo
from articles.models.quotes import Quote
from articles.models.sections import Section, Topic
from articles.models.sources import SourceText

__all__ = [
    "Article",
    "Byline",
    "Correction",
    "Mention",
    "Organisation",
    "OrganisationName",
    "Person",
    "PersonName",
    "Photo",
    "Position",
    "Quote",
    "QuoteOverride",
    "Section",
    "SourceText",
    "Topic",
]
