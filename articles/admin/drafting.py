"""The form of a story that somebody else may be writing too, and of one that readers
have: what is saved there is a draft beside it."""

from copy import copy

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from articles import drafts, live_changes
from articles.admin.records import TakenBack
from articles.admin.side_views import change_page, merge_page, row_page
from articles.admin.two_texts import Labels
from articles.models import Article, QuoteOverride, Revision, SourceText
from articles.publishing import Refused, note_override
from articles.revisions import (
    apply,
    content_of,
    rehearsal,
)
from articles.settling import settle
from articles.verbs import Problem, record

CARRIED = "_revision"  # what the form began from


class Drafting:
    """For the admin of stories. A page that somebody opened carries the number of the
    revision it shows; what it saves is held against the newest."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        story = object_id and self._find(object_id)
        if not story:
            return super().changeform_view(request, object_id, form_url, extra_context)
        # Read now: what the form shows is rehearsed, its revisions too.
        request.shown_number = Revision.objects.newest_number(story)
        request.draft = drafts.draft_of(story)
        request.has_live_moved = request.draft and drafts.has_live_moved(request.draft)

        def view():
            return super(Drafting, self).changeform_view(
                request, object_id, form_url, extra_context
            )

        if request.method == "POST":
            return self._save(request, story, view)
        try:
            with drafts.shown_as_draft(story):
                return _with_rows(view())
        except Refused as refused:
            for message in refused.messages:
                self.message_user(request, message, messages.ERROR)
            text = _(
                "So the pending changes cannot be shown: this is what readers have."
            )
            self.message_user(request, text, messages.WARNING)
            return view()

    def _find(self, object_id):
        key = unquote(object_id)
        return Article.objects.filter(pk=key).first() if key.isdecimal() else None

    @transaction.atomic
    def _save(self, request, story, view):
        story = Article.objects.select_for_update(of=["self"]).get(pk=story.pk)
        newest = Revision.objects.newest_number(story)
        base, is_thinned = _carried(request, story, newest)
        request.shown_number = base
        is_live = story.status == Article.Status.PUBLISHED
        held = story.revisions.held()
        is_alone = base == newest == (held.number if held else 0) and not is_thinned
        if is_alone and not is_live:
            return view()
        request.kept_beside, request.new_sources = [], 0
        request.is_rehearsed, request.saved_story = True, None
        request.is_live = is_live
        request.came_with = dict(story.sources.values_list("pk", "came_with"))
        try:
            with rehearsal():
                if not held or held.number != base:
                    apply(story, content_of(story, base), is_rehearsal=True)
                    settle(story)
                drafts.take_sources(story, base)
                response = _with_rows(view())
                # With all that was let stand: some of it may have no row to hold it.
                mine = request.saved_story and drafts.as_draft(
                    request.saved_story, set()
                )
            if mine is not None:
                note = request.POST.get("change_note", "").strip()[:300]
                saving = drafts.save_over(
                    story,
                    mine,
                    base=base,
                    by=request.user,
                    note=note,
                    is_to_be_looked_at=is_thinned,
                    has_sources=is_live and request.new_sources > 0,
                )
        except Refused as refused:  # it names a record that is no more
            request.refused_problems = refused.problems
            with rehearsal():
                return _with_rows(view())
        request.is_rehearsed = False
        if mine is None:
            return response
        self._keep_beside(request, story, saving)
        return self._saved(request, story, mine, saving, response)

    def _saved(self, request, story, mine, saving, response):
        number = saving.revision.number
        if saving.is_aside:
            record(story, request.user, _("Kept revision %d aside.") % number)
            return HttpResponseRedirect(merge_page(story, number))
        record(story, request.user, _("Saved revision %d.") % number)
        if saving.merged:
            labels = Labels(saving.merged.content, mine)
            theirs = labels.listed(saving.merged.theirs)
            self.message_user(
                request,
                _(
                    "Somebody else had saved meanwhile: %(places)s. Both are kept in "
                    "what you see now."
                )
                % {"places": theirs or _("nothing that you see here")},
                messages.WARNING,
            )
        wants_it_published = "_publish" in request.POST and not saving.merged
        is_live = story.status == Article.Status.PUBLISHED
        if wants_it_published and is_live:
            self._publish_changes(request, story)
        elif is_live:
            text = _("Saved as a draft: readers see it once it is published.")
            self.message_user(request, text, messages.SUCCESS)
        else:
            self.message_user(request, _("Saved."), messages.SUCCESS)
            if wants_it_published:
                story.refresh_from_db()
                self._publish_saved(request, story)
        if "_publish" in request.POST and saving.merged:
            text = _("Not published: look at what both made of it, then press again.")
            self.message_user(request, text, messages.WARNING)
        return response

    def _publish_changes(self, request, story):
        said = _("Published the changes: {}")
        if not Article.objects.published().filter(pk=story.pk).exists():
            said = _("The changes are in the story, which readers do not have now: {}")
        self._do(
            request,
            [story],
            live_changes.publish_changes,
            said,
            is_substantial="tells_readers" in request.POST,
            note=request.POST.get("change_note", "").strip()[:300],
        )

    def save_formset(self, request, form, formset, change):
        gone = []
        if formset.model is SourceText:
            # Read before they are deleted, which takes their keys.
            gone = [copy(form.instance) for form in formset.deleted_forms]
            gone = [row for row in gone if row.pk in getattr(request, "came_with", {})]
        super().save_formset(request, form, formset, change)
        if getattr(request, "is_rehearsed", False) and formset.model is SourceText:
            changed = [row for row, _fields in formset.changed_objects]
            for row in changed:
                row.came_with = request.came_with[row.pk]
            touched = [row for row in changed if row.came_with is None]
            touched += [row for row in gone if request.came_with[row.pk] is None]
            self._refuse_unless_readers_may_see(request, touched)
            request.new_sources = len(formset.new_objects)
            request.kept_beside += [(row, "new") for row in formset.new_objects]
            request.kept_beside += [(row, "changed") for row in changed]
            request.kept_beside += [(row, "gone") for row in gone]

    def _refuse_unless_readers_may_see(self, request, sources):
        """What a source text is called shows beside the words that were found in it,
        and waits for no draft."""
        if request.is_live and sources and not self.has_publish_permission(request):
            message = _(
                "Readers would see what you changed at “%s” at once, so only somebody "
                "who may publish can change it. Ask an editor, or put it back."
            )
            raise TakenBack([Problem("", message % sources[0])])

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        request.saved_story = form.instance

    def _keep_beside(self, request, story, saving):
        """Source texts and overrides are no part of a revision: they are kept now, new
        source texts of a live story with the number of the revision they came with.
        What was let stand in a save that is kept aside waits there, and so does what
        was let stand at a quote that has no row yet."""
        keys = set(story.quotes.values_list("pk", flat=True))
        for row, what in request.kept_beside:
            if isinstance(row, QuoteOverride):
                note_override(story, row, by=request.user)
                if row.quote_id in keys and not saving.is_aside:
                    QuoteOverride.objects.bulk_create([row], ignore_conflicts=True)
            elif what == "gone":
                SourceText.objects.filter(pk=row.pk).delete()
            elif what == "new":
                if request.is_live or saving.is_aside:
                    row.came_with = saving.revision.number
                row.save(force_insert=True)
            else:
                row.save()
        if request.kept_beside:
            settle(story, by=request.user)

    def response_change(self, request, obj):
        if getattr(request, "is_rehearsed", False):
            return self._after_rehearsal(request, obj)
        return super().response_change(request, obj)

    def _after_rehearsal(self, request, article):
        """Says nothing and publishes nothing: of the save itself nothing stands yet."""
        if "_row" in request.POST:
            return HttpResponseRedirect(row_page(article, request.POST["_row"]))
        if "_save" in request.POST:
            return HttpResponseRedirect(reverse("admin:articles_article_changelist"))
        return HttpResponseRedirect(change_page(article))

    def render_change_form(self, request, context, **kwargs):
        if story := context["original"]:
            draft = getattr(request, "draft", None)
            context |= {
                "revision_number": getattr(request, "shown_number", 0),
                "draft": draft,
                "asides": [
                    (aside, merge_page(story, aside.number))
                    for aside in story.revisions.to_merge().light()
                ],
                "live_moved_page": draft
                and request.has_live_moved
                and merge_page(story, draft.revision.number),
            }
        return super().render_change_form(request, context, **kwargs)

    # Pending changes that nobody wants

    def get_urls(self):
        return [
            path(
                "<int:pk>/discard/",
                self.admin_site.admin_view(self.discard_view),
                name="articles_article_discard",
            ),
            *super().get_urls(),
        ]

    def discard_view(self, request, pk):
        """Asks first: what is dropped may be the work of several."""
        story = self.story_to_change(request, pk)
        if request.method == "POST":
            said = _("The pending changes are dropped; they stay in the history: {}")
            self._do(request, [story], drafts.discard, said)
            return HttpResponseRedirect(change_page(story))
        if drafts.draft_of(story) is None:
            return HttpResponseRedirect(change_page(story))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Drop the pending changes"),
            "is_nav_sidebar_enabled": False,
            "note": _(
                "Readers keep what they have. What is dropped stays in the history, "
                "where it can be compared and restored; source texts that came with it "
                "are deleted."
            ),
            "articles": [story],
            "carried": self.carried_on(request, story),
            "back": change_page(story),
        }
        return TemplateResponse(request, "admin/articles/article/ask.html", context)


def _carried(request, story, newest) -> tuple[int, bool]:
    """The revision that the form began from, and whether that was thinned out since:
    then it is the nearest before it. The newest if the form says none."""
    number = request.POST.get(CARRIED, "")[:9]
    if not number.isdecimal() or int(number) == newest:
        return newest, False
    before = story.revisions.exclude(kind=Revision.Kind.ASIDE)
    base = before.filter(number__lte=number).newest_first().first()
    return (base.number, base.number != int(number)) if base else (newest, True)


def _with_rows(response):
    """The rows of the page, read while they are as they are to be shown."""
    for inline in getattr(response, "context_data", {}).get(
        "inline_admin_formsets", []
    ):
        list(inline.formset.forms)
    return response
