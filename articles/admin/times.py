"""The page where the times of a story are set, and what leads there."""

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import publishing
from articles.admin.story_list import seen_by, state_carried_as
from articles.admin.time_forms import ScheduleForm, forms_for
from articles.drafts import draft_of
from articles.models import Article, Revision
from articles.publishing import Refused, problems_before_publishing
from articles.verbs import state_key


class Timing:
    """For the admin of stories."""

    def get_urls(self):
        guarded = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/times/",
                guarded(self.times_view),
                name="articles_article_times",
            ),
            path(
                "<int:pk>/times/says/",
                guarded(self.times_says_view),
                name="articles_article_times_says",
            ),
            *super().get_urls(),
        ]

    def times_view(self, request, pk):
        story = self._story_to_time(request, pk)
        forms = self._time_forms(request, story)
        if request.method == "POST":
            form = forms.get(request.POST.get("do"))
            if form is None:
                text = _("That cannot be done: the story has changed, or you may not.")
                self.message_user(request, text, messages.ERROR)
                return HttpResponseRedirect(request.path)
            if form.is_valid() and form.has_said():
                try:
                    said = form.act(
                        story, by=request.user, revision=_seen(request, story)
                    )
                except Refused as refused:
                    form.add_error(None, refused.messages)
                else:
                    self.message_user(request, said, messages.SUCCESS)
                    return HttpResponseRedirect(request.path)
        return self._times_page(request, story, forms)

    def times_says_view(self, request, pk):
        """What the button of a form is to say of the times that are chosen in it."""
        story = self._story_to_time(request, pk)
        form = self._time_forms(request, story).get(request.GET.get("do"))
        if form is None:
            raise Http404("No such form.")
        problems = form.time_problems()
        key = "" if problems else form.key()
        return JsonResponse(
            {"button": form.button(), "key": key, "problem": " ".join(problems)}
        )

    def _story_to_time(self, request, pk):
        story = get_object_or_404(Article, pk=pk)
        if not self.has_change_permission(request, story):
            raise PermissionDenied
        return story

    def _time_forms(self, request, story):
        """Those that whoever asks may use; the one that was sent is bound to it."""
        sent = request.POST if request.method == "POST" else request.GET
        return {
            name: form(
                sent if name == sent.get("do") else None, prefix=name, initial=initial
            )
            for name, (form, initial) in forms_for(story, draft_of(story)).items()
            if request.user.has_perm(form.needs)
        }

    def _times_page(self, request, story, forms):
        draft = draft_of(story)
        live = Article.objects.live().filter(pk=story.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Times"),
            "is_nav_sidebar_enabled": False,
            "original": story,
            "state": story.state(),
            "draft": draft,
            "forms": forms,
            "is_live": live.exists(),
            "goes_out_if_broken": live.filter(
                published_at__lte=timezone.now()
            ).exists(),
            "has_gone_out": Article.objects.gone_out().filter(pk=story.pk).exists(),
            "problems": problems_before_publishing(story),
            "revision_number": Revision.objects.newest_number(story),
            "carried_state": (state_carried_as(story), state_key(story, draft)),
            "zone": settings.TIME_ZONE,
            "now": timezone.now(),
        }
        template = "admin/articles/article/times.html"
        return TemplateResponse(request, template, context)

    # What leads there from the form

    def response_add(self, request, obj, post_url_continue=None):
        response = super().response_add(request, obj, post_url_continue)
        if "_times" in request.POST:
            return HttpResponseRedirect(times_page(obj))
        return response

    def response_change(self, request, obj):
        response = super().response_change(request, obj)
        if "_times" in request.POST:
            return HttpResponseRedirect(times_page(obj))
        return response

    @admin.action(description=gettext_lazy("Schedule…"), permissions=["publish"])
    def schedule(self, request, queryset):
        form = ScheduleForm(request.POST if "confirmed" in request.POST else None)
        if form.is_valid() and form.has_said():
            at = form.cleaned_data["at"]
            said = _("Scheduled: {}")
            return self._do(request, queryset, publishing.schedule, said, at=at)
        return self._ask(request, queryset, form, "schedule", _("Schedule"))


def times_page(article):
    return reverse("admin:articles_article_times", args=[article.pk])


def _seen(request, story):
    number = request.POST.get("_revision", "")
    seen = seen_by(request, story)
    return seen._replace(revision=int(number[:9]) if number.isdecimal() else None)
