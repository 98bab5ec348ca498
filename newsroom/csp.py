from csp.constants import NONCE, NONE, SELF
from csp.middleware import CSPMiddleware
from django.urls import reverse

READERS = {
    "default-src": [NONE],
    "style-src": [SELF],
    "img-src": [SELF],
    "font-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}
DESK = {
    **READERS,
    "script-src": [SELF, NONCE],
    "style-src": [SELF, NONCE],
    "img-src": [SELF, "data:"],
    "connect-src": [SELF],
}


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """Readers' pages run no script at all; the admin runs its own files only."""

    def get_policy_parts(self, request, response, report_only=False):
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and request.path.startswith(reverse("admin:index")):
            parts.replace = {**DESK, **(parts.replace or {})}
        return parts
