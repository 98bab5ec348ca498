"""What a form asks before it sends what somebody wrote: does the desk still know who
writes there, and with which token?"""

from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.urls import path
from django.views.decorators.cache import never_cache


class SigningIn:
    """For the admin of stories."""

    def get_urls(self):
        return [
            path(
                "signed-in/",
                never_cache(self.signed_in_view),
                name="articles_article_signed_in",
            ),
            *super().get_urls(),
        ]

    def signed_in_view(self, request):
        """For everybody, and about nobody but who asks."""
        may_enter = self.admin_site.has_permission(request)
        return JsonResponse(
            {
                "user": request.user.pk if may_enter else None,
                "name": request.user.get_username() if may_enter else "",
                "token": get_token(request),
            }
        )
