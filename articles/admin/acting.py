"""The verbs at the desk: what the list and the form ask of a story by a button."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from articles import curating, publishing
from articles.admin.corrections import CorrectionForm
from articles.admin.questions import KillForm
from articles.admin.side_views import change_page
from articles.admin.story_list import carried_as, seen_by, state_carried_as
from articles.admin.unsent import KeepingUnsent
from articles.drafts import draft_of
from articles.models import Article, Revision
from articles.verbs import state_key, take


class Acting(KeepingUnsent):
    """For the admin of stories."""

    actions = ["publish", "schedule", "pin", "unpublish", "spike", "kill"]

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_urls(self):
        return [
            path(
                "<int:pk>/correct/",
                self.keeping_unsent(self.correct_view),
                name="articles_article_correct",
            ),
            *super().get_urls(),
        ]

    def correct_view(self, request, pk):
        article = self.story_to_view(request, pk)
        if not self.has_correct_permission(request):
            raise PermissionDenied
        sent = request.POST if request.method == "POST" else self.unsent(request)
        form = CorrectionForm(sent, article=article)
        back = change_page(article)
        if request.method == "POST" and form.is_valid():
            self.unsent(request)
            try:
                correction = form.save(by=request.user)
            except publishing.Refused as refused:
                form.add_error(None, refused.messages)
                form.look_again()
            else:
                self.message_user(request, str(correction), messages.SUCCESS)
                return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Correct"),
            "form": form,
            "articles": [article],
            "back": back,
        }
        return TemplateResponse(request, "admin/articles/article/ask.html", context)

    def carried_on(self, request, article):
        """Hidden fields: what was seen of the story at first, or else what is now."""
        number, state = seen_by(request, article)
        if number is None:
            number = Revision.objects.newest_number(article)
        if state is None:
            state = state_key(article, draft_of(article))
        return [(carried_as(article), number), (state_carried_as(article), state)]

    def render_change_form(self, request, context, **kwargs):
        if story := context["original"]:
            state = seen_by(request, story).state
            if state is None:
                state = state_key(story, getattr(request, "draft", None))
            context |= {"carried_state": (state_carried_as(story), state)}
        return super().render_change_form(request, context, **kwargs)

    def delete_view(self, request, object_id, extra_context=None):
        """Whoever confirms has seen what there is to lose."""
        with transaction.atomic():
            story = self._find(object_id)
            if story is None:
                return super().delete_view(request, object_id, extra_context)
            may_delete = self.has_delete_permission(request, story)
            if request.method == "POST" and may_delete:
                seen = seen_by(request, story)
                seen = seen._replace(revision=seen.revision or 0)  # none shown
                try:
                    take(story, request.user, "delete_article", seen)
                except publishing.Refused as refused:
                    for message in refused.messages:
                        self.message_user(request, message, messages.ERROR)
                    return HttpResponseRedirect(request.path)
            carried = {"carried": self.carried_on(request, story)}
            return super().delete_view(
                request, object_id, {**carried, **(extra_context or {})}
            )

    def has_correct_permission(self, request):
        return request.user.has_perm("articles.correct_article")

    def has_publish_permission(self, request):
        return request.user.has_perm("articles.publish_article")

    def has_kill_permission(self, request):
        return request.user.has_perm("articles.kill_article")

    def _do(self, request, articles, verb, said, **details):
        """Row by row: what one story refuses does not hold up the next."""
        for article in articles:
            carried = {"revision": seen_by(request, article), **details}
            try:
                verb(article, by=request.user, **carried)
            except Article.DoesNotExist:
                text = _("It was deleted meanwhile.")
                self.message_user(request, f"{article}: {text}", messages.ERROR)
            except publishing.Refused as refused:
                for message in refused.messages:
                    self.message_user(request, f"{article}: {message}", messages.ERROR)
            except (PermissionDenied, ValidationError) as error:
                text = " ".join(getattr(error, "messages", [str(error)]))
                self.message_user(request, f"{article}: {text}", messages.ERROR)
            else:
                self.message_user(request, said.format(article), messages.SUCCESS)

    @admin.action(description=_("Publish now"), permissions=["publish"])
    def publish(self, request, queryset):
        self._do(request, queryset, publishing.publish, _("Published: {}"))

    @admin.action(description=_("Take back to draft"), permissions=["publish"])
    def unpublish(self, request, queryset):
        self._do(request, queryset, publishing.unpublish, _("Back to draft: {}"))

    @admin.action(description=_("Pin to the front page"), permissions=["publish"])
    def pin(self, request, queryset):
        self._do(request, queryset, curating.pin, _("Pinned to the front page: {}"))

    @admin.action(description=_("Spike (never published)"), permissions=["publish"])
    def spike(self, request, queryset):
        self._do(request, queryset, publishing.spike, _("Spiked: {}"))

    @admin.action(description=_("Kill (published)…"), permissions=["kill"])
    def kill(self, request, queryset):
        form = KillForm(request.POST if "confirmed" in request.POST else None)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            return self._do(
                request, queryset, publishing.kill, _("Killed: {}"), reason=reason
            )
        return self._ask(request, queryset, form, "kill", _("Kill"))

    def _ask(self, request, queryset, form, action, title):
        """One page between the list and a verb that needs more than the stories."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "action": action,
            "form": form,
            "articles": queryset,
            "carried": [
                field for a in queryset for field in self.carried_on(request, a)
            ],
            "back": reverse("admin:articles_article_changelist"),
        }
        return TemplateResponse(request, "admin/articles/article/ask.html", context)
