import uuid

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import ProtectedError
from django.http import HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from js_asset import Media

from articles import body, publishing
from articles.admin.acting import Acting
from articles.admin.bylines import BylineInline
from articles.admin.comparing import Comparing
from articles.admin.corrections import CorrectionInline
from articles.admin.drafting import Drafting
from articles.admin.folds import FIELDSETS, folds_of
from articles.admin.names import add_name, find_names
from articles.admin.obstacles import Obstacle
from articles.admin.presence import SayingWhoIsHere
from articles.admin.previews import Previewing
from articles.admin.quotes import QuoteInline
from articles.admin.records import DeskAdmin, RefusableForm, TakenBack
from articles.admin.side_views import change_page, row_page
from articles.admin.signing_in import SigningIn
from articles.admin.sources import SourceTextInline
from articles.admin.story_list import StoryListing
from articles.admin.times import Timing
from articles.admin.two_texts import MergingTexts
from articles.admin.unsaved import KeepingText, PutBackForm
from articles.admin.writing import WritingSurface
from articles.models import Article, Draft, Position, Quote, Revision
from articles.publishing import Problem
from articles.quote_checks import retold_otherwise

WIDGETS = {
    "headline": admin.widgets.AdminTextareaWidget(attrs={"rows": 2}),
    "standfirst": admin.widgets.AdminTextareaWidget(attrs={"rows": 3}),
    "dateline_date": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    "desk_note": admin.widgets.AdminTextareaWidget(attrs={"rows": 3}),
}
LABELS = {
    "dateline_place": _("Place"),
    "dateline_date": _("Day"),
    "source": _("From"),
}
HELP = {
    "body": _(
        "HTML: p, h2, h3, blockquote, ul, ol, li, strong, em, a, br. Words that "
        "somebody said stand in <q data-quote=q1>, what is reported in "
        "<span data-quote=q2>; the quotation marks stand outside. A name stands in "
        "<a data-person=slug> or <a data-organisation=slug>, a picture is "
        "<figure data-photo=slug>."
    ),
}
LONG_HEADLINE = 110  # characters: seven lines of a phone


class ArticleForm(PutBackForm, RefusableForm):
    tells_readers = forms.BooleanField(
        label=_("Tell readers that the story was updated"),
        required=False,
        help_text=_("For a change of substance: the page then says when, and what."),
    )
    change_note = forms.CharField(
        label=_("Why, or what changed"),
        required=False,
        max_length=300,
        widget=admin.widgets.AdminTextInputWidget,
        help_text=_("Kept with this version. Readers see it if they are told."),
    )

    def clean_headline(self):
        return " ".join(self.cleaned_data["headline"].split())

    def clean_body(self):
        return body.sanitise(self.cleaned_data["body"])


@admin.register(Article)
class ArticleAdmin(
    KeepingText,
    SayingWhoIsHere,
    SigningIn,
    Acting,
    Timing,
    Comparing,
    Drafting,
    MergingTexts,
    Previewing,
    StoryListing,
    DeskAdmin,
):
    form = ArticleForm
    change_form_template = "admin/articles/article/change_form.html"
    autocomplete_fields = ["topics", "source", "lead_photo"]
    prepopulated_fields = {"slug": ["headline"]}
    save_on_top = False
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "headline",
                    "standfirst",
                    ("section", "dateline_place", "dateline_date", "source"),
                    "body",
                ]
            },
        ),
        *FIELDSETS,
    ]
    inlines = [QuoteInline, BylineInline, SourceTextInline, CorrectionInline]

    # The form

    def get_form(self, request, obj=None, **kwargs):
        story = str(obj.pk) if obj else uuid.uuid4().hex
        day = timezone.localdate(obj and obj.published_at)
        widgets = {**WIDGETS, "body": WritingSurface(story, day)}
        form = super().get_form(
            request, obj, widgets=widgets, labels=LABELS, help_texts=HELP, **kwargs
        )
        if obj is None:
            form.base_fields["headline"].widget.attrs["autofocus"] = True
        for name in {"section", "source"} & form.base_fields.keys():
            chooser = form.base_fields[name].widget
            chooser.can_add_related = chooser.can_add_related and name == "source"
            chooser.can_change_related = chooser.can_delete_related = False
            chooser.can_view_related = False
        return form

    def get_readonly_fields(self, request, obj=None):
        was_public = obj and Article.objects.ever_public().filter(pk=obj.pk).exists()
        return ["slug"] if was_public and obj.slug else []

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj and obj.slug else self.prepopulated_fields

    def view_on_site(self, article):
        if Article.objects.published().filter(pk=article.pk).exists():
            return article.get_absolute_url()
        return None

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and not (
            obj and Article.objects.ever_public().filter(pk=obj.pk).exists()
        )

    def get_deleted_objects(self, objs, request):
        """A draft takes its revisions along, which nobody deletes by themselves."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        lacking -= {Revision._meta.verbose_name, Draft._meta.verbose_name}
        return deleted, counts, lacking, protected

    def get_object(self, request, object_id, from_field=None):
        """Held for the rest of a save, so that no verb gets in between."""
        article = super().get_object(request, object_id, from_field)
        if article and request.method == "POST" and connection.in_atomic_block:
            article = Article.objects.select_for_update(of=["self"]).get(pk=article.pk)
        return article

    def render_change_form(self, request, context, **kwargs):
        inlines = context["inline_admin_formsets"]
        quotes = next((i.formset for i in inlines if i.opts.model is Quote), None)
        if quotes:
            quotes.deal_cards()
        adminform = context["adminform"]
        context |= {
            "subtitle": None,
            "is_nav_sidebar_enabled": False,
            "may_publish": self.has_publish_permission(request),
            "may_correct": self.has_correct_permission(request),
            "media": Media.from_media(context["media"], nonce=request.csp_nonce),
            "long_headline": LONG_HEADLINE,
            "quote_rows": [i for i in inlines if i.opts.model is Quote],
            "folds": list(folds_of(adminform.form.instance, adminform, inlines)),
        }
        if article := context["original"]:
            kept = Article.objects.get(pk=article.pk)
            problems = publishing.problems_before_publishing(kept)
            context |= {
                "state": kept.state(),
                "is_live": Article.objects.live().filter(pk=article.pk).exists(),
                "obstacles": [Obstacle.of(problem, quotes) for problem in problems],
                "retold": retold_otherwise(kept),
            }
        return super().render_change_form(request, context, **kwargs)

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
        reworded = [q for q, fields in formset.changed_objects if "words" in fields]
        for quote in [*formset.new_objects, *reworded]:
            if quote.mark not in marked and not quote.dropped_at:
                is_reported = quote.is_indirect()
                text = (
                    body.set_mark(
                        text, quote.words, quote.mark, is_reported=is_reported
                    )
                    or text
                )
        for quote_form in formset.initial_forms:
            text = self._settle_difference(request, quote_form.instance, text)
        for quote, fields in formset.changed_objects:
            if "kind" in fields:
                is_reported = quote.is_indirect()
                text = body.change_kind(text, quote.mark, is_reported=is_reported)
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
                    override = publishing.override_quote_check(
                        form.instance, by=request.user, reason=reason
                    )
                    if getattr(request, "is_rehearsed", False):
                        request.kept_beside.append((override, "new"))
                except publishing.Refused as refused:
                    raise TakenBack(refused.problems) from refused

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        note = form.cleaned_data.get("change_note", "")
        publishing.settle(form.instance, by=request.user, note=note)
        self._let_stand(request, formsets)

    def response_add(self, request, obj, post_url_continue=None):
        if "_publish" in request.POST:
            return self._publish_saved(request, obj)
        if "_row" in request.POST:
            return self._add_row(request, obj)
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        if getattr(request, "is_rehearsed", False):
            return super().response_change(request, obj)
        if "_publish" in request.POST:
            return self._publish_saved(request, obj)
        if "_row" in request.POST:
            return self._add_row(request, obj)
        if "_take" in request.POST or "_restore" in request.POST:
            self.message_user(request, _("Saved: the words are the same again."))
            return HttpResponseRedirect(request.path)
        return super().response_change(request, obj)

    def _publish_saved(self, request, article):
        self._do(request, [article], publishing.publish, _("Published: {}"))
        return HttpResponseRedirect(change_page(article))

    def _add_row(self, request, article):
        self.message_user(request, _("Saved. There is a row to fill in now."))
        return HttpResponseRedirect(row_page(article, request.POST["_row"]))

    def get_urls(self):
        guarded = self.admin_site.admin_view
        return [
            path("names/", guarded(self.names_view), name="articles_article_names"),
            path(
                "names/add/",
                guarded(self.add_name_view),
                name="articles_article_add_name",
            ),
            *super().get_urls(),
        ]

    def names_view(self, request):
        self._refuse_unless_writing(request)
        return find_names(request)

    def add_name_view(self, request):
        self._refuse_unless_writing(request)
        return add_name(request)

    def _refuse_unless_writing(self, request):
        may_write = self.has_change_permission(request) or self.has_add_permission(
            request
        )
        if not may_write:
            raise PermissionDenied


def _only_post(quote):
    """The post that the speaker held on the day, if there was just one."""
    if quote.speaker is None:
        return None
    posts = list(Position.objects.held_on(quote.speaker, quote.day())[:2])
    return posts[0] if len(posts) == 1 else None
