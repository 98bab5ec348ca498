from django.http import HttpResponse
from django.urls import path

from newsroom.urls import handler500, urlpatterns

__all__ = ["handler500", "urlpatterns"]


def bare(request, size):
    """So many characters, which compress as text does."""
    return HttpResponse(("nothing is here, " * (size // 17 + 1))[:size])


urlpatterns = [path("bare/<int:size>/", bare), *urlpatterns]
