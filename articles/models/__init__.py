"""Imports run one way:
organisations <- people <- addresses, photos <- sections <- masthead, articles <-
bylines, mentions, presence, sources <- quotes <- overrides, corrections, revisions <-
previews, desk, front_page, search, freshness.
What stands further left knows nothing of what stands further right, but for the
relations that lead to it."""

from articles.models.addresses import FormerAddress
from articles.models.articles import Article
from articles.models.bylines import Byline
from articles.models.corrections import Correction
from articles.models.freshness import Listing, Touch
from articles.models.front_page import Band, FrontPage, Pin
from articles.models.masthead import Masthead, NavigationLink
from articles.models.mentions import Mention
from articles.models.organisations import Organisation, OrganisationName
from articles.models.overrides import QuoteOverride
from articles.models.people import Person, PersonName, Position
from articles.models.photos import Photo
from articles.models.presence import Presence
from articles.models.previews import PreviewLink
from articles.models.quotes import Quote
from articles.models.revisions import Draft, Publication, Revision
from articles.models.search import SearchEntry
from articles.models.sections import Section, Topic
from articles.models.sources import SourceText

__all__ = [
    "Article",
    "Band",
    "Byline",
    "Correction",
    "Draft",
    "FormerAddress",
    "FrontPage",
    "Listing",
    "Masthead",
    "Mention",
    "NavigationLink",
    "Organisation",
    "OrganisationName",
    "Person",
    "PersonName",
    "Photo",
    "Pin",
    "Position",
    "Presence",
    "PreviewLink",
    "Publication",
    "Quote",
    "QuoteOverride",
    "Revision",
    "SearchEntry",
    "Section",
    "SourceText",
    "Topic",
    "Touch",
]
