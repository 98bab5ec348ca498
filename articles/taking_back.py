"""What was pending when a story was taken back from its readers: there is nothing left
for it to wait beside, so it becomes the story."""

from django.db import transaction
from django.utils.translation import gettext as _

from articles.drafts import content_to_publish, draft_of, take_sources
from articles.models import Article, Revision
from articles.revisions import apply, keep
from articles.settling import settle
from articles.verbs import Refused


def take_in_pending(story: Article, *, by) -> str:
    """What became of it, in a sentence for the log; empty if nothing was pending. What
    does not fit is kept aside, to be merged by hand: it never holds a story back from
    being taken from its readers. A time that was set for it is over."""
    draft = draft_of(story)
    if draft is None:
        return ""
    take_sources(story, draft.revision.number)
    draft.delete()
    pending = draft.revision
    try:
        with transaction.atomic():
            apply(story, content_to_publish(draft, pending, draft.over))
            settle(story, by=by)
    except Refused:
        base = draft.over.number
        aside = keep(story, pending.content, Revision.Kind.ASIDE, by=by, base=base)
        said = _("Its pending changes do not fit and are kept aside, as revision %d.")
        return said % aside.number
    finally:
        story.refresh_from_db()
    return _("It says now what was pending, revision %d.") % pending.number
