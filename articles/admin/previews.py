"""What readers would see, shown at the desk and to those without an account."""

from datetime import timedelta

from csp.constants import NONE
from csp.decorators import csp_replace
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from articles.admin.side_views import SideViews, change_page
from articles.models import Article, PreviewLink, Revision
from articles.preview_links import make_preview_link, revoke_preview_link
from articles.site import whole
from articles.verbs import Refused
from articles.views import previewed, unlisted
from newsroom.csp import READERS

LASTS = [
    (1, gettext_lazy("1 hour")),
    (4, gettext_lazy("4 hours")),
    (24, gettext_lazy("24 hours")),
    (72, gettext_lazy("3 days")),
    (168, gettext_lazy("7 days")),
]
USUALLY = 24  # hours
MOST_LISTED = 100

# As strict as for readers: no script runs on what an editor typed.
as_for_readers = csp_replace({**READERS, "script-src": [NONE], "connect-src": [NONE]})


class PreviewLinkForm(forms.Form):
    made_for = PreviewLink._meta.get_field("made_for").formfield(
        widget=admin.widgets.AdminTextInputWidget
    )
    lasts = forms.TypedChoiceField(label=gettext_lazy("Ends after"), coerce=int)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, data=None, *, revision):
        lasts = [one for one in LASTS if one[0] <= settings.PREVIEW_LINK_HOURS]
        usual = max((hours for hours, _says in lasts if hours <= USUALLY), default=None)
        super().__init__(data, initial={"lasts": usual, "revision": revision})
        self.fields["lasts"].choices = lasts

    def save(self, article, *, by):
        """Raises what the verb raises."""
        said = self.cleaned_data
        return make_preview_link(
            article,
            by=by,
            number=said["revision"],
            lasts=timedelta(hours=said["lasts"]),
            made_for=said["made_for"],
        )


class Previewing(SideViews):
    """For the admin of stories."""

    def get_urls(self):
        guarded = self.admin_site.admin_view
        preview = guarded(as_for_readers(require_safe(unlisted(self.preview_view))))
        return [
            path("<int:pk>/preview/", preview, name="articles_article_preview"),
            path(
                "<int:pk>/preview/<int:number>/",
                preview,
                name="articles_article_preview",
            ),
            path(
                "<int:pk>/preview-links/",
                guarded(self.preview_links_view),
                name="articles_article_preview_links",
            ),
            *super().get_urls(),
        ]

    def preview_view(self, request, pk, number=None):
        article = self.story_to_view(request, pk)
        newest = Revision.objects.newest_number(article)
        revision = _revision(article, newest if number is None else number)
        if revision is None and number is not None:
            raise Http404("No such revision.")
        is_public = Article.objects.published().filter(pk=article.pk).exists()
        shown = {
            "revision": revision,
            "newest": newest,
            "is_public": is_public and revision == article.revisions.held(),
            "back": change_page(article),
            "links": _links_page(article, revision),
        }
        try:
            return previewed(request, article, revision, shown)
        except Refused as refused:
            for message in refused.messages:
                self.message_user(request, message, messages.ERROR)
            text = _("So revision %d cannot be previewed.") % revision.number
            self.message_user(request, text, messages.WARNING)
            return HttpResponseRedirect(change_page(article))

    def preview_links_view(self, request, pk):
        if request.method == "POST":
            article = self.story_to_change(request, pk)
        else:
            article = self.story_to_view(request, pk)
        if "revoke" in request.POST:
            return self._revoke(request, article)
        revision = _asked_for(article, request.GET.get("revision", ""))
        form = PreviewLinkForm(
            request.POST or None, revision=revision and revision.number
        )
        link, token = None, ""
        if form.is_valid():
            try:
                link, token = form.save(article, by=request.user)
            except Refused as refused:
                for problem in refused.problems:
                    form.add_error(problem.field or None, problem.message)
            else:
                form = PreviewLinkForm(revision=link.revision.number)
        now = timezone.now()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Preview links"),
            "is_nav_sidebar_enabled": False,
            "article": article,
            "revision": revision,
            "form": form,
            "link": link,
            "address": link and _address(token),
            "links": article.preview_links.for_lists().newest_first()[:MOST_LISTED],
            "now": now,
            "is_embargoed": Article.objects.embargoed(now)
            .filter(pk=article.pk)
            .exists(),
            "may_make": self.has_change_permission(request, article)
            and settings.PREVIEW_LINK_HOURS,
            "may_revoke": self.has_change_permission(request, article),
            "back": change_page(article),
        }
        template = "admin/articles/article/preview_links.html"
        return TemplateResponse(request, template, context)

    def _revoke(self, request, article):
        form = forms.UUIDField()
        try:
            key = form.clean(request.POST["revoke"])
        except forms.ValidationError as error:
            raise Http404("No such link.") from error
        link = get_object_or_404(article.preview_links, pk=key)
        revoke_preview_link(link, by=request.user)
        said = _("The link for %s shows nothing any more.") % link.made_for
        self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(_links_page(article))


def _revision(article, number):
    return article.revisions.select_related("saved_by").filter(number=number).first()


def _asked_for(article, number):
    newest = Revision.objects.newest_number(article)
    asked = int(number[:9]) if number.isdecimal() else newest
    return _revision(article, asked) or _revision(article, newest)


def _links_page(article, revision=None):
    page = reverse("admin:articles_article_preview_links", args=[article.pk])
    return f"{page}?revision={revision.number}" if revision else page


def _address(token):
    return whole(reverse("article_preview", args=[token]))
