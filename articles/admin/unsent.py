"""What was sent when the session had just ended. It waits in the session that begins
with the page to sign in, and stands in its form again for whoever wrote it."""

from django.contrib import messages
from django.core import signing
from django.http import QueryDict
from django.utils.translation import gettext as _

UNSENT = "unsent"
WRITER = "_writer"  # a form says whose it is: nobody else is shown what it held
MOST_CHARACTERS = 50_000  # for anybody with a browser can have them kept
MOST_FORMS = 3


def writer_token(user) -> str:
    """Says whose a form is, and that it came from here."""
    return signing.dumps(user.pk, salt=UNSENT)


def _is_of(token, user) -> bool:
    try:
        return signing.loads(token, salt=UNSENT) == user.pk
    except signing.BadSignature:
        return False


class KeepingUnsent:
    """For an admin. A view takes what was not sent with unsent()."""

    def keeping_unsent(self, view):
        guarded = self.admin_site.admin_view(view)

        def keep(request, *args, **kwargs):
            if request.method == "POST" and not self.admin_site.has_permission(request):
                _keep(request)
            return guarded(request, *args, **kwargs)

        return keep

    def unsent(self, request) -> QueryDict | None:
        """What to fill the form of this page with; kept until the form is sent."""
        kept = request.session.get(UNSENT, {}).get(request.path)
        if kept is None:
            return None
        if request.method == "POST" or not _is_of(kept[WRITER], request.user):
            del request.session[UNSENT][request.path]
            request.session.modified = True
            return None
        text = _(
            "Your session had ended, so nothing was sent. This is what you wrote: look "
            "at it, and send it again."
        )
        self.message_user(request, text, messages.WARNING)
        return QueryDict(kept["data"])


def _keep(request):
    data = request.POST.copy()
    data.pop("csrfmiddlewaretoken", None)
    writer, encoded = data.get(WRITER, ""), data.urlencode()
    kept = request.session.get(UNSENT, {})
    if len(encoded) <= MOST_CHARACTERS and len({*kept, request.path}) <= MOST_FORMS:
        request.session[UNSENT] = kept | {
            request.path: {WRITER: writer, "data": encoded}
        }
