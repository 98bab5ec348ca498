"""Going back to what a story was."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from articles.drafts import save_content
from articles.models import Article, Revision
from articles.revisions import complete, content_of, says_the_same
from articles.verbs import Seen, record, refused, take

ROWS = {"quotes": "quote", "bylines": "byline"}


@transaction.atomic
def restore(
    article: Article, number: int, *, by, revision: int | Seen | None = None
) -> Revision:
    """A new revision that says what revision `number` said: of a live story a draft,
    which readers do not see. The address of a story that readers have had stays."""
    story = take(article, by, "change_article", revision)
    wanted = story.revisions.filter(number=number).first()
    if wanted is None:
        raise refused(
            _("There is no revision %d: it was never made, or thinned out since.")
            % number
        )
    newest = Revision.objects.newest_number(story)
    now, content = complete(content_of(story, newest)), complete(wanted.content)
    _settle_slug(story, content, now)
    if says_the_same(content, now):
        raise refused(_("The story says what revision %d says already.") % number)
    if by is not None:
        _refuse_unless_allowed(by, now, content)
    note = _("Restored revision %d") % number
    saved = save_content(story, content, by=by, base=newest, note=note)
    record(story, by, _("Restored revision %d.") % number)
    return saved


def _settle_slug(story, content, now):
    fields = content["fields"]
    if Article.objects.ever_public().filter(pk=story.pk).exists():
        fields["slug"] = now["fields"]["slug"] or fields["slug"]
    others = Article.objects.exclude(pk=story.pk).exclude(slug="")
    if others.filter(slug=fields["slug"]).exists():
        raise refused(
            _("Another story has the slug “%s” now: give that story another one first.")
            % fields["slug"]
        )


def _refuse_unless_allowed(by, now, content):
    """What the form would ask of somebody who makes the same changes there."""
    for part, model in ROWS.items():
        was, rows = now[part], content[part]
        acts = {"add"} if rows.keys() - was.keys() else set()
        acts |= {"delete"} if was.keys() - rows.keys() else set()
        if any(was[key] != rows[key] for key in was.keys() & rows.keys()):
            acts.add("change")
        if not by.has_perms([f"articles.{act}_{model}" for act in acts]):
            raise PermissionDenied(_("You do not have the permission to do this."))
