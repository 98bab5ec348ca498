"""What is said before a person or an organisation is deleted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import embargoes
from articles.models import Article, Organisation, Person
from articles.models.articles import LEADING_TO
from tests.factories import (
    make_article,
    make_organisation,
    make_person,
    make_photo,
    make_quote,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def held():
    story = make_article(status="draft", published_at=None)
    make_quote(story)
    until = timezone.now() + timedelta(hours=5)
    embargoes.set_embargo(story, until=until, reason="Agreed", by=None)
    return story


LEADING = {
    "a byline": lambda s, p, _o: s.bylines.create(person=p),
    "words that name them": lambda s, p, _o: s.quotes.get().people.add(p),
    "a post they held": lambda s, p, _o: s.quotes.update(
        position=p.positions.create(title="Envoy")
    ),
    "a photo they took": lambda s, p, _o: s.photos.add(make_photo(photographer=p)),
    "a lead photo they took": lambda s, p, _o: Article.objects.filter(pk=s.pk).update(
        lead_photo=make_photo(photographer=p)
    ),
    "copy it supplied": lambda s, _p, o: Article.objects.filter(pk=s.pk).update(
        source=o
    ),
    "words of its": lambda s, _p, o: s.quotes.update(organisation=o),
    "words that name it": lambda s, _p, o: s.quotes.get().organisations.add(o),
    "a post it gave": lambda s, _p, o: s.quotes.update(
        position=make_person().positions.create(title="Envoy", organisation=o)
    ),
    "a photo of its": lambda s, _p, o: s.photos.add(make_photo(agency=o)),
    "a lead photo of its": lambda s, _p, o: Article.objects.filter(pk=s.pk).update(
        lead_photo=make_photo(agency=o)
    ),
}


@pytest.mark.parametrize("lead", LEADING.values(), ids=LEADING)
def test_before_a_deletion_an_embargoed_story_is_told_of_that_leads_there_by(
    desk, held, lead
):
    person, organisation = make_person(), make_organisation()
    lead(held, person, organisation)
    told = 0
    for record in (person, organisation):
        address = f"/admin/articles/{record._meta.model_name}/{record.pk}/delete/"
        told += desk.get(address).content.decode().count('<p class="embargo">')
    assert told == 1


@pytest.mark.parametrize("model", [Person, Organisation])
def test_every_relation_to_a_record_is_one_by_which_stories_may_lead_to_it(model):
    last = {path.split("__")[-1] for path in LEADING_TO[model._meta.model_name]}
    relations = {relation.field.name for relation in model._meta.related_objects}
    assert relations - {"owner", "parent"} - last <= {"person", "organisation"}
