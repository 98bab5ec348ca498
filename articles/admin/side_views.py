"""Pages of a story beside its form."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils.http import urlencode


class SideViews:
    """For the admin of stories. Every page beside the form asks for its story here: it
    is shown to whom the form is shown, and written by whom the form lets write."""

    def story_to_view(self, request, pk):
        return self._story_to(self.has_view_or_change_permission, request, pk)

    def story_to_change(self, request, pk):
        return self._story_to(self.has_change_permission, request, pk)

    def _story_to(self, may, request, pk):
        story = self.get_queryset(request).filter(pk=pk).first()
        if not may(request, story):
            raise PermissionDenied
        if story is None:
            raise Http404("No such story.")
        return story


def change_page(article):
    return reverse("admin:articles_article_change", args=[article.pk])


def row_page(article, model_name):
    """The form with an empty row of that model, for browsers without scripts."""
    query = urlencode({"row": model_name, "plain": "yes"})
    return f"{change_page(article)}?{query}"


def merge_page(story, number):
    return reverse("admin:articles_article_merge", args=[story.pk, number])
