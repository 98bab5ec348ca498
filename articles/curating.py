"""The verb that puts a story on the front page; its form arranges what stands there."""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from articles.models import Article, FrontPage, Pin
from articles.models.front_page import MOST_PINS
from articles.verbs import Seen, record, refused, take


@transaction.atomic
def pin(article: Article, *, by, revision: int | Seen | None = None) -> Pin:
    """Below what is pinned already. One that is scheduled shows once it is out."""
    story = take(article, by, "publish_article", revision)
    if not Article.objects.live().filter(pk=story.pk).exists():
        raise refused(_("Readers are not to have it yet: publish or schedule it."))
    page, _is_new = FrontPage.objects.get_or_create()
    # Held, so that two editors do not count the same pins.
    pins = FrontPage.objects.select_for_update().get(pk=page.pk).pins
    if pins.filter(article=story).exists():
        raise refused(_("It is pinned already: arrange the front page to move it."))
    if pins.count() >= MOST_PINS:
        message = _("%d stories are pinned. Take one out on the front page’s form.")
        raise refused(message % MOST_PINS)
    last = pins.aggregate(last=Max("order"))["last"] or 0
    pinned = pins.create(article=story, order=last + 1)
    record(page, by, _("Pinned “%s”.") % story)
    return pinned
