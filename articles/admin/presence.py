"""Who else has a story's form open, and whether somebody has saved it since."""

import re

from django.contrib import admin
from django.db import IntegrityError
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponseBadRequest, JsonResponse
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from articles.admin.drafting import CARRIED
from articles.admin.records import ReadInStoryAdmin
from articles.models import Presence, Revision
from articles.times import in_words

TAB = re.compile(r"[0-9a-f]{1,32}")
MOST_ROWS = 50


class SayingWhoIsHere:
    """For the admin of stories. Each tab of a browser reports that it has the form
    open; the answer is what to tell whoever writes there."""

    def get_urls(self):
        return [
            path(
                "<int:pk>/presence/",
                self.presence_view,
                name="articles_article_presence",
            ),
            *super().get_urls(),
        ]

    # Not behind the admin's own guard, which would answer a script with a page to sign
    # in on.
    @method_decorator([never_cache, require_POST, csrf_protect])
    def presence_view(self, request, pk):
        if not self.admin_site.has_permission(request):
            return JsonResponse({}, status=401)
        story = self._with_newest(request).filter(pk=pk).first()
        if story is None:
            gone = _("This story is no longer there. Copy what you want to keep.")
            return JsonResponse({"said": [gone]}, status=404)
        if not self.has_view_or_change_permission(request, story):
            return JsonResponse({}, status=403)
        tab, now = request.POST.get("tab", ""), timezone.now()
        if not TAB.fullmatch(tab):
            return HttpResponseBadRequest()
        if "leaves" in request.POST:
            Presence.objects.leave(story, request.user, tab, now)
            return JsonResponse({})
        try:
            Presence.objects.see(story, request.user, tab, now)
        except IntegrityError:  # deleted this very moment
            return JsonResponse({}, status=404)
        said = who_has_it_open(story, now, user=request.user, tab=tab)
        number = request.POST.get(CARRIED, "")
        if number.isdecimal() and story.newest_number > int(number[:9]):
            said.append(_who_saved(story, request.user))
        return JsonResponse({"said": said})

    def _with_newest(self, request):
        """Stories with the number of the revision that their form shows."""
        saved = Revision.objects.filter(article=OuterRef("pk"), kind="saved")
        held = Subquery(saved.order_by("-number").values("number")[:1])
        drafted = F("draft__revision__number")
        stories = self.get_queryset(request).only("pk", "status", "published_at")
        return stories.annotate(newest_number=Coalesce(drafted, held, 0))

    def get_deleted_objects(self, objs, request):
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        lacking.discard(Presence._meta.verbose_name)
        return deleted, counts, lacking, protected

    def render_change_form(self, request, context, **kwargs):
        if story := context["original"]:
            now = timezone.now()
            context["presence"] = who_has_it_open(story, now, user=request.user)
        return super().render_change_form(request, context, **kwargs)


def who_has_it_open(story, now, *, user, tab=None) -> list[str]:
    """A sentence for each of the others, and one for the user's other tabs; without
    `tab` those are not known from the one that asks."""
    since = {}
    for row in Presence.objects.filter(article=story).open(now)[:MOST_ROWS]:
        is_this = row.user_id == user.pk and (tab is None or row.tab == tab)
        if not is_this:
            since.setdefault(row.user, row)
    own_last = sorted(since.values(), key=lambda row: row.user_id == user.pk)
    return [_sentence(row, user) for row in own_last]


def _sentence(row, user):
    said = {"who": str(row), "when": _clock(row.opened_at)}
    if row.user_id == user.pk:
        return _("You have this story open in another tab too, since %(when)s.") % said
    return _("%(who)s has had this story open since %(when)s.") % said


def _who_saved(story, user):
    revision = story.revisions.light().get(number=story.newest_number)
    said = {"number": revision.number, "when": _clock(revision.saved_at)}
    if revision.saved_by is None:
        return (
            _(
                "Revision %(number)d was saved at %(when)s; your save will be merged "
                "with it."
            )
            % said
        )
    if revision.saved_by == user:
        return (
            _(
                "You saved revision %(number)d somewhere else at %(when)s; your save "
                "here will be merged with it."
            )
            % said
        )
    said["who"] = revision.saved_by.get_full_name() or str(revision.saved_by)
    return (
        _(
            "%(who)s saved revision %(number)d at %(when)s; your save will be merged "
            "with it."
        )
        % said
    )


def _clock(time):
    local = timezone.localtime(time)
    is_today = local.date() == timezone.localdate()
    return f"{local:%H:%M}" if is_today else in_words(time)


@admin.register(Presence)
class PresenceAdmin(ReadInStoryAdmin):
    list_display = ["__str__", "article", "embargo", "opened_at", "seen_at"]
    list_filter = ["seen_at"]
    list_select_related = ["article", "user"]
    search_fields = ["article__headline", "user__username"]

    def get_queryset(self, request):
        return (
            super().get_queryset(request).defer("article__body", "article__body_html")
        )
