from django.contrib.flatpages.models import FlatPage
from django.utils.functional import SimpleLazyObject

from articles.models import Masthead, Section


def site(request):
    """What every page prints of the site. Each is read when a page first prints it, and
    anew for each request: no process shows what another has changed since."""
    return {
        "masthead": SimpleLazyObject(Masthead.objects.shown),
        "sections": SimpleLazyObject(lambda: list(Section.objects.published())),
        "site_pages": SimpleLazyObject(
            lambda: list(FlatPage.objects.only("url", "title").order_by("pk"))
        ),
    }
