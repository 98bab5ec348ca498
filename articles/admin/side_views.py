"""Pages of a story beside its form."""

from django.core.exceptions import PermissionDenied
from django.http import Http404


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
