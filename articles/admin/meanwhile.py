"""What somebody else saved while a form lay open. A form carries a digest of each field
as it showed it: what only one side has changed is merged, and where both changed a
field the form comes back with both texts."""

import json
from hashlib import sha256

from django import forms
from django.utils.translation import gettext_lazy as _

SHOWN = "_shown"


class MeanwhileForm(forms.ModelForm):
    merged = ()  # labels of the fields that others changed, and this form did not

    @property
    def shown(self):
        return json.dumps(
            {name: _digest(self.initial.get(name)) for name in self.fields}
        )

    def clean(self):
        cleaned = super().clean()
        self.merged = []
        shown = _read(self.data.get(SHOWN, ""))
        for name in shown.keys() & set(self.changed_data) & cleaned.keys():
            if _digest(self.initial.get(name)) == shown[name]:
                continue
            if _digest(cleaned[name]) == shown[name]:
                cleaned[name] = getattr(self.instance, name)
                self.changed_data.remove(name)
                self.merged.append(str(self.fields[name].label))
            else:
                self.add_error(name, BOTH % {"stored": _stored(self.instance, name)})
        return cleaned


BOTH = _(
    "Somebody changed this since you opened the form. It is “%(stored)s” now; what you "
    "wrote stands here. Make one of both, and save again."
)


def _read(text):
    try:
        shown = json.loads(text)
    except ValueError:
        return {}
    return shown if isinstance(shown, dict) else {}


def _digest(value):
    """Of a value as the row holds it, or as the form has cleaned it."""
    value = getattr(value, "pk", value)
    text = "" if value is None else str(value).replace("\r\n", "\n").strip()
    return sha256(text.encode()).hexdigest()[:12]


def _stored(row, name):
    in_words = getattr(row, f"get_{name}_display", None)
    value = in_words() if in_words else getattr(row, name)
    return _("nothing") if value in (None, "") else value
