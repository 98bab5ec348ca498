from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.db.models import Exists, OuterRef, ProtectedError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles import body, publishing
from articles.admin.bylines import BylineInline
from articles.admin.corrections import CorrectionForm, CorrectionInline
from articles.admin.quotes import QuoteInline
from articles.admin.records import (
    DeskAdmin,
    NamedDateTime,
    RefusableForm,
    TakenBack,
)
from articles.admin.sources import SourceTextInline
from articles.models import Article, Position, Quote
from articles.models.fields import in_calendar
from articles.publishing import Problem
from articles.quote_checks import retold_otherwise

WIDGETS = {
    "headline": admin.widgets.AdminTextareaWidget(attrs={"rows": 2}),
    "standfirst": admin.widgets.AdminTextareaWidget(attrs={"rows": 3}),
    "body": admin.widgets.AdminTextareaWidget(
        attrs={"rows": 24, "class": "body-html", "spellcheck": "true"}
    ),
    "desk_note": admin.widgets.AdminTextareaWidget(attrs={"rows": 3}),
}


class ArticleForm(RefusableForm):
    user = None  # who fills in the form
    tells_readers = forms.BooleanField(
        label=_("Tell readers that the story was updated"),
        required=False,
        help_text=_("For a change of substance: the page then says when."),
    )

    def clean_headline(self):
        return " ".join(self.cleaned_data["headline"].split())

    def clean_body(self):
        return body.sanitise(self.cleaned_data["body"])

    def clean_embargoed_until(self):
        until, was = self.cleaned_data["embargoed_until"], self.instance.embargoed_until
        is_broken = was and was > timezone.now() and (until is None or until < was)
        if is_broken and not self.user.has_perm("articles.break_embargo"):
            raise ValidationError(
                _("The embargo holds. You may not lift it or bring it forward.")
            )
        return until


@admin.register(Article)
class ArticleAdmin(DeskAdmin):
    form = ArticleForm
    change_form_template = "admin/articles/article/change_form.html"
    list_display = ["headline", "section", "state", "quotes_hold"]
    list_filter = ["status", "section", "kind"]
    list_select_related = ["section"]
    search_fields = ["headline", "slug", "slugline"]
    autocomplete_fields = ["section", "topics", "source", "lead_photo"]
    prepopulated_fields = {"slug": ["headline"]}
    save_on_top = False
    fieldsets = [
        (None, {"fields": ["headline", "standfirst", "body"]}),
        (
            _("Placing and address"),
            {"fields": ["section", "topics", "kind", "slug", "language", "source"]},
        ),
        (
            _("Photo and dateline"),
            {
                "fields": [
                    "lead_photo",
                    "dateline",
                    ("dateline_place", "dateline_date", "dateline_source"),
                ]
            },
        ),
        (
            _("Time"),
            {"fields": ["embargoed_until", "expires_at", "tells_readers"]},
        ),
        (_("Desk"), {"fields": ["slugline", "desk_note"]}),
    ]
    inlines = [QuoteInline, BylineInline, SourceTextInline, CorrectionInline]
    actions = ["publish", "schedule", "unpublish", "spike", "kill"]

    def get_queryset(self, request):
        articles = super().get_queryset(request)
        if request.resolver_match.url_name.endswith("_changelist"):
            unsettled = Quote.objects.that_do_not_hold().filter(article=OuterRef("pk"))
            articles = articles.defer("body", "body_html").annotate(
                has_open_quotes=Exists(unsettled)
            )
        return articles

    @admin.display(description=_("state"), ordering="published_at")
    def state(self, article):
        return article.state()

    @admin.display(description=_("quotes"))
    def quotes_hold(self, article):
        return _("≠ not all hold") if article.has_open_quotes else ""

    # The form

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, widgets=WIDGETS, **kwargs)
        form.user = request.user
        return form

    def get_readonly_fields(self, request, obj=None):
        was_public = obj and Article.objects.ever_public().filter(pk=obj.pk).exists()
        return ["slug"] if was_public and obj.slug else []

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj and obj.slug else self.prepopulated_fields

    def view_on_site(self, article):
        if Article.objects.published().filter(pk=article.pk).exists():
            return article.get_absolute_url()
        return reverse("article_preview", args=[article.pk])

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and not (
            obj and Article.objects.ever_public().filter(pk=obj.pk).exists()
        )

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_object(self, request, object_id, from_field=None):
        """Held for the rest of a save, so that no verb gets in between."""
        article = super().get_object(request, object_id, from_field)
        if article and request.method == "POST" and connection.in_atomic_block:
            article = Article.objects.select_for_update(of=["self"]).get(pk=article.pk)
        return article

    def render_change_form(self, request, context, **kwargs):
        context |= {
            "may_publish": self.has_publish_permission(request),
            "may_correct": self.has_correct_permission(request),
        }
        if article := context["original"]:
            kept = Article.objects.get(pk=article.pk)
            context |= {
                "state": kept.state(),
                "is_live": Article.objects.live().filter(pk=article.pk).exists(),
                "problems": publishing.problems_before_publishing(kept),
                "retold": retold_otherwise(kept),
            }
        return super().render_change_form(request, context, **kwargs)

    def save_model(self, request, obj, form, change):
        if form.cleaned_data.get("tells_readers"):
            obj.updated_at = timezone.now()
        super().save_model(request, obj, form, change)

    def save_formset(self, request, form, formset, change):
        if formset.model is not Quote:
            super().save_formset(request, form, formset, change)
            return
        article = form.instance
        formset.save(commit=False)
        was_public = Article.objects.ever_public().filter(pk=article.pk).exists()
        text = article.body
        for quote in formset.deleted_objects:
            text = body.remove_mark(text, quote.mark)
            try:
                is_gone = not was_public and quote.delete()
            except ProtectedError:
                is_gone = False
            if not is_gone:
                quote.dropped_at = timezone.now()
                quote.save()
        marked = body.read(text).passages
        for quote in formset.new_objects:
            if quote.mark not in marked:
                is_reported = quote.is_indirect()
                text = (
                    body.set_mark(
                        text, quote.words, quote.mark, is_reported=is_reported
                    )
                    or text
                )
        for quote_form in formset.initial_forms:
            text = self._settle_difference(request, quote_form.instance, text)
        for quote in formset.new_objects:
            quote.position = quote.position or _only_post(quote)
        changed = [quote for quote, _fields in formset.changed_objects]
        for quote in [*formset.new_objects, *changed]:
            quote.save()
        if text != article.body:
            article.body = text
            article.save(update_fields=["body"])

    def _settle_difference(self, request, quote, text):
        """Does what the button at a quote was pressed for; returns the body."""
        if request.POST.get("_take") == quote.mark:
            passage = body.read(text).passages.get(quote.mark)
            if passage:
                quote.words = "\n".join(passage.segments)
                quote.save()
        elif request.POST.get("_restore") == quote.mark:
            restored = body.restore_words(text, quote.mark, quote.words)
            if restored is None:
                message = _(
                    "The story splits quote %s into other parts than were recorded: "
                    "restore its words by hand, or take the story’s words."
                )
                raise TakenBack([Problem("", message % quote.mark)])
            return restored
        return text

    def _let_stand(self, request, formsets):
        for formset in formsets:
            for form in formset.forms:
                reason = form.cleaned_data.get("lets_stand")
                if not (reason and form.instance.pk):
                    continue
                try:
                    publishing.override_quote_check(
                        form.instance, by=request.user, reason=reason
                    )
                except publishing.Refused as refused:
                    raise TakenBack(refused.problems) from refused

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        publishing.settle(form.instance)
        self._let_stand(request, formsets)
        problems = publishing.problems_with_live_change(form.instance, by=request.user)
        if problems:
            raise TakenBack(problems)

    def response_add(self, request, obj, post_url_continue=None):
        if "_publish" in request.POST:
            return self._publish_saved(request, obj)
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        if "_publish" in request.POST:
            return self._publish_saved(request, obj)
        if "_take" in request.POST or "_restore" in request.POST:
            self.message_user(request, _("Saved: the words are the same again."))
            return HttpResponseRedirect(request.path)
        return super().response_change(request, obj)

    def _publish_saved(self, request, article):
        self._do(request, [article], publishing.publish, _("Published: {}"))
        return HttpResponseRedirect(
            reverse("admin:articles_article_change", args=[article.pk])
        )

    # The verbs

    def get_urls(self):
        view = self.admin_site.admin_view(self.correct_view)
        address = path("<int:pk>/correct/", view, name="articles_article_correct")
        return [address, *super().get_urls()]

    def correct_view(self, request, pk):
        if not self.has_correct_permission(request):
            raise PermissionDenied
        article = get_object_or_404(Article, pk=pk)
        form = CorrectionForm(request.POST or None, article=article)
        back = reverse("admin:articles_article_change", args=[pk])
        if form.is_valid():
            try:
                correction = form.save(by=request.user)
            except publishing.Refused as refused:
                form.add_error(None, refused.messages)
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

    def has_correct_permission(self, request):
        return request.user.has_perm("articles.correct_article")

    def has_publish_permission(self, request):
        return request.user.has_perm("articles.publish_article")

    def has_kill_permission(self, request):
        return request.user.has_perm("articles.kill_article")

    def _do(self, request, articles, verb, said, **details):
        """Row by row: what one story refuses does not hold up the next."""
        for article in articles:
            try:
                verb(article, by=request.user, **details)
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

    @admin.action(description=_("Spike (never published)"), permissions=["publish"])
    def spike(self, request, queryset):
        self._do(request, queryset, publishing.spike, _("Spiked: {}"))

    @admin.action(description=_("Schedule…"), permissions=["publish"])
    def schedule(self, request, queryset):
        form = ScheduleForm(request.POST if "confirmed" in request.POST else None)
        if form.is_valid():
            at = form.cleaned_data["at"]
            said = _("Scheduled: {}")
            return self._do(request, queryset, publishing.schedule, said, at=at)
        return self._ask(request, queryset, form, "schedule", _("Schedule"))

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
            "back": reverse("admin:articles_article_changelist"),
        }
        return TemplateResponse(request, "admin/articles/article/ask.html", context)


def _only_post(quote):
    """The post that the speaker held on the day, if there was just one."""
    if quote.speaker is None:
        return None
    posts = list(Position.objects.held_on(quote.speaker, quote.day())[:2])
    return posts[0] if len(posts) == 1 else None


class KillForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        widget=admin.widgets.AdminTextareaWidget(attrs={"rows": 3}),
        help_text=_(
            "Kept in the log. Readers are told that the story is no longer available, "
            "and nothing more. A killed story does not come back."
        ),
    )


class ScheduleForm(forms.Form):
    at = forms.SplitDateTimeField(
        label=_("Readers have it from"),
        validators=[in_calendar],
        widget=NamedDateTime,
    )
