from base64 import b64encode
from hashlib import sha256

from csp.constants import NONCE, NONE, SELF
from csp.middleware import CSPMiddleware
from django.urls import reverse

READERS = {
    "default-src": [NONE],
    "style-src": [SELF],
    "img-src": [SELF],
    "font-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}
# Of what other sites may show in a frame: words and their style, nothing else.
FRAMED = {
    **READERS,
    "img-src": [NONE],
    "connect-src": [NONE],
    "form-action": [NONE],
    "frame-ancestors": ["*"],
}
DESK = {
    **READERS,
    "script-src": [SELF, NONCE],
    "style-src": [SELF, NONCE],
    "img-src": [SELF, "data:"],
}


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """Readers' pages run no script at all; the admin runs its own files only."""

    def get_policy_parts(self, request, response, report_only=False):
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and request.path.startswith(reverse("admin:index")):
            parts.replace = {**DESK, **(parts.replace or {})}
        if not report_only and (allowed := getattr(request, "allowed_styles", None)):
            parts.update = {**(parts.update or {}), "style-src": allowed}
        return parts


def allow_style(request, style):
    """Lets the answer to this request carry that <style>: by its hash, which unlike a
    nonce is the same for every reader, so that a cache may keep the page."""
    digest = b64encode(sha256(style.encode()).digest()).decode()
    request.allowed_styles = [f"'sha256-{digest}'"]
