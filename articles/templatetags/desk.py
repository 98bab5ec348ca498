"""What only pages of the desk print."""

from django import template

from articles import times
from articles.admin import unsent
from articles.models import Article
from articles.verbs import name_of

register = template.Library()

MOST_BANNERS = 20


@register.simple_tag(takes_context=True)
def writer_token(context):
    """For a form whose text is kept where its session has ended."""
    return unsent.writer_token(context["request"].user)


@register.filter
def in_words(time):
    return times.in_words(time) if time else ""


@register.simple_tag(takes_context=True)
def embargoed_stories(context):
    """The stories under embargo that the page shows: itself, that of a record, or those
    that a page which asks before a deletion tells of."""
    for name in ("article", "original", "object"):
        shown = context.get(name)
        story = getattr(shown, "article", shown)
        if isinstance(story, Article) and story.is_embargoed():
            return [story]
    told_of = getattr(context.get("request"), "stories_told_of", None)
    return [] if told_of is None else told_of.embargoed()[:MOST_BANNERS]


register.filter("who", name_of)
