"""The browser's copies of what was not saved: a form filled in with one, and the word
that a save has made one needless."""

import re
from datetime import timedelta

from django.conf import settings
from django.forms.widgets import Script
from django.urls import reverse
from js_asset import ImportMap, Media

COPY = re.compile(r"[0-9a-f]{32}")
PUT_BACK = "_put_back"
KEPT_FOR = timedelta(days=7)  # static/js/copies.js says the same
SCRIPTS = ["presence", "unsaved"]
MODULES = ImportMap(
    {f"newsroom/{name}": f"js/{name}.js" for name in ("copies", "signing-in", "tabs")}
)


class PutBackForm:
    """Filled in with a copy it shows what was typed, and is not saved by that."""

    is_put_back = False

    @property
    def media(self):
        return super().media + Media(
            importmap=MODULES,
            js=[Script(f"js/{name}.js", type="module") for name in SCRIPTS],
        )

    def is_valid(self):
        return super().is_valid() and not self.is_put_back


class KeepingText:
    """For the admin of stories."""

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.is_put_back = PUT_BACK in request.POST
        return form

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        request.is_saved = True

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        response = super().changeform_view(request, object_id, form_url, extra_context)
        copy = request.POST.get("_copy", "")
        is_saved = getattr(request, "is_saved", False) and response.status_code == 302
        if is_saved and COPY.fullmatch(copy):
            # For a script of the next page, whichever that is.
            response.set_cookie(
                f"saved-{copy}",
                "1",
                max_age=KEPT_FOR,
                path=reverse("admin:index"),
                secure=settings.SESSION_COOKIE_SECURE,
                samesite="Lax",
            )
        return response

    def render_change_form(self, request, context, **kwargs):
        form = context["adminform"].form
        context |= {"is_unsaved": form.is_bound, "is_put_back": form.is_put_back}
        return super().render_change_form(request, context, **kwargs)
