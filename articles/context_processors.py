from django.utils.functional import SimpleLazyObject

from articles.furniture import furniture_for


def site(request):
    """What every page prints of the site, fetched when a page first prints it."""
    furniture = SimpleLazyObject(lambda: furniture_for(request))
    return {
        "masthead": SimpleLazyObject(lambda: furniture.masthead),
        "sections": SimpleLazyObject(lambda: furniture.sections),
        "site_pages": SimpleLazyObject(lambda: furniture.pages),
        "links_set": SimpleLazyObject(lambda: furniture.links),
    }
