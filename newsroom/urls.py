from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import path, register_converter

from articles import embedding, feeds, sitemaps, views
from articles.oembed import oembed


class Year:
    """Any that a date can have, so that a story of any date has an address."""

    regex = "[0-9]{4}"

    def to_python(self, value):
        return int(value)

    def to_url(self, value):
        return f"{value:04}"


class TwoDigits(Year):
    regex = "0?[1-9]|[1-9][0-9]"

    def to_url(self, value):
        return f"{value:02}"


register_converter(Year, "year")
register_converter(TwoDigits, "nn")

# A list's feeds stand under the address of its page.
FEEDS = {
    "": feeds.front,
    "sections/<slug:slug>/": feeds.section,
    "topics/<slug:slug>/": feeds.topic,
    "people/<slug:slug>/": feeds.person,
    "organisations/<slug:slug>/": feeds.organisation,
    "quotes/": feeds.quotes,
    "corrections/": feeds.corrections,
}

urlpatterns = [
    path("", views.front, name="front"),
    path("<year:year>/", views.archive_year, name="archive_year"),
    path("<year:year>/<nn:month>/", views.archive_month, name="archive_month"),
    path("<year:year>/<nn:month>/<nn:day>/", views.archive_day, name="archive_day"),
    path(
        "<year:year>/<nn:month>/<nn:day>/<slug:slug>/",
        views.article_detail,
        name="article_detail",
    ),
    path(
        "<year:year>/<nn:month>/<nn:day>/<slug:slug>/changes/",
        views.article_changes,
        name="article_changes",
    ),
    path(
        "<year:year>/<nn:month>/<nn:day>/<slug:slug>/card-<slug:digest>.jpg",
        embedding.article_card,
        name="article_card",
    ),
    path("preview/<slug:token>/", views.article_preview, name="article_preview"),
    path("sections/<slug:slug>/", views.section_detail, name="section_detail"),
    path("topics/<slug:slug>/", views.topic_detail, name="topic_detail"),
    path("people/", views.person_list, name="person_list"),
    path("people/<slug:slug>/", views.person_detail, name="person_detail"),
    path("organisations/", views.organisation_list, name="organisation_list"),
    path(
        "organisations/<slug:slug>/",
        views.organisation_detail,
        name="organisation_detail",
    ),
    path("corrections/", views.correction_list, name="correction_list"),
    path("quotes/", views.quote_list, name="quote_list"),
    path("quotes/<uuid:pk>/", views.quote_detail, name="quote_detail"),
    path("quotes/<uuid:pk>/embed/", embedding.quote_embed, name="quote_embed"),
    path(
        "quotes/<uuid:pk>/card-<slug:digest>.jpg",
        embedding.quote_card,
        name="quote_card",
    ),
    path("oembed", oembed, name="oembed"),
    path("search/", views.search, name="search"),
    path("about/", views.page, name="about"),
    path("contact/", views.page, name="contact"),
    path("standards/", views.page, name="standards"),
    path("privacy/", views.page, name="privacy"),
    path("corrections-policy/", views.page, name="corrections_policy"),
    path("pages/<slug:slug>/", views.page, name="page"),
    *(
        path(page + file, view, {"file": file}, name=f"{view.__name__}_feed")
        for page, view in FEEDS.items()
        for file in feeds.FORMATS
    ),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("news-sitemap.xml", sitemaps.news, name="news_sitemap"),
    *(
        path(
            f"sitemaps/{kind}-<int:number>.xml",
            sitemaps.page,
            {"kind": kind},
            name=f"{kind}_sitemap",
        )
        for kind in sitemaps.KINDS
    ),
    path("robots.txt", views.robots, name="robots"),
    path("admin/", admin.site.urls),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
]

handler500 = "articles.views.broken"
