"""What a verb asks before it acts."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _


class ReasonField(forms.CharField):
    """A sentence, which a row keeps."""

    def __init__(self, **options):
        widget = admin.widgets.AdminTextareaWidget(attrs={"rows": 2})
        super().__init__(max_length=300, widget=widget, **options)


class KillForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        widget=admin.widgets.AdminTextareaWidget(attrs={"rows": 3}),
        help_text=_(
            "Kept in the log. Readers are told that the story is no longer available, "
            "and nothing more. A killed story does not come back."
        ),
    )
