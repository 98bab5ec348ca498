from django.utils.functional import SimpleLazyObject

from articles.models import Section


def site(request):
    """The sections in the navigation: one query, and only on pages that print it."""
    return {"sections": SimpleLazyObject(lambda: list(Section.objects.published()))}
