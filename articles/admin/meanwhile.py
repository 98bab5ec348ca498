"""What somebody else saved while a form lay open. A form carries a digest of each field
as it showed it, in its rows too: what only one side has changed is merged, and where
both changed a field the form comes back with both texts."""

import json
from hashlib import sha256

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_lazy as _

from articles.verbs import name_of

SHOWN = "_shown"
LOG = "the log"  # the record's newest entry there when the form was opened


SOMEBODY = _("Somebody")
BOTH = _(
    "%(who)s changed this since you opened the form. It is “%(stored)s” now; what you "
    "wrote stands here. Make one of both, and save again."
)
GONE = _(
    "%(who)s deleted this row since you opened the form. Save again to add what stands "
    "here anew, or empty the row to let it go."
)
CHANGED = _(
    "%(who)s changed a row that you delete since you opened the form: it is “%(row)s” "
    "now. Save again to delete it all the same, or take the tick out."
)


class MeanwhileForm(forms.ModelForm):
    merged = ()  # labels of the fields that others changed, and this form did not
    told = frozenset()  # the fields that came back with both texts

    @property
    def shown(self):
        before = self.carried() if self.is_bound else {}
        return json.dumps(self.digests() | {LOG: newest_entry(self.instance, before)})

    def held_against(self) -> set[str]:
        """The names of the fields that others may change meanwhile."""
        return set(self.fields)

    def digests(self):
        """Of what is shown. What somebody else has changed and this form does not show
        is not shown: the next save is held against the same once more."""
        now = {name: digest(self.initial.get(name)) for name in self.held_against()}
        before = self.carried() if self.is_bound else {}
        kept = now.keys() & before.keys() - self.told
        return now | {name: before[name] for name in kept}

    def carried(self):
        return read(self.data.get(SHOWN, ""))

    def who(self, unknown=SOMEBODY):
        return who_changed(self.instance, self.data, unknown)

    def clean(self):
        cleaned = super().clean()
        self.merged, self.told = [], set()
        shown = self.carried()
        for name in shown.keys() & set(self.changed_data) & cleaned.keys():
            if digest(self.initial.get(name)) == shown[name]:
                continue
            if digest(cleaned[name]) == shown[name]:
                cleaned[name] = getattr(self.instance, name)
                self.changed_data.remove(name)
                self.merged.append(str(self.fields[name].label))
            else:
                stored = _stored(self.instance, name)
                self.add_error(name, BOTH % {"who": self.who(), "stored": stored})
                self.told.add(name)
        return cleaned


class MeanwhileRowForm(MeanwhileForm):
    """A row of a record's form; its formset knows what was shown of it."""

    before = None  # the digests that the formset carried for it, if it is not a new one
    is_gone = is_let_go = False

    def who(self, unknown=SOMEBODY):
        return who_changed(self.record, self.data, unknown)

    def held_against(self):
        own = {self._meta.model._meta.pk.name, "DELETE"}
        own |= {
            name
            for name, field in self.fields.items()
            if isinstance(field, forms.models.InlineForeignKeyField)
        }
        return super().held_against() - own

    def carried(self):
        return {} if self.is_gone else self.before or {}

    def clean(self):
        cleaned = super().clean()
        if self.is_gone:
            before = self.before or {}
            as_shown = [digest(cleaned.get(name)) == before[name] for name in before]
            self.is_let_go = all(as_shown) and not self.errors
            if not self.is_let_go:
                self.add_error(None, GONE % {"who": self.who()})
        return cleaned


class GoneRows(forms.BaseInlineFormSet):
    """Rows of a form, some of which are no more when it comes back."""

    def posted_keys(self) -> list[str]:
        key = self.model._meta.pk.name
        total = self.total_form_count()
        return [self.data.get(f"{self.add_prefix(n)}-{key}", "") for n in range(total)]

    def take_last(self, gone: list[int], dropped: list[int] = ()) -> None:
        """Makes new rows of those that are gone, behind the others, and leaves out the
        dropped ones."""
        key = self.model._meta.pk.name
        total = self.total_form_count()
        initial = min(self.initial_form_count(), total)
        order = [n for n in range(initial) if n not in {*gone, *dropped}]
        order += [*gone, *range(initial, total)]
        data = self.data.copy()
        for n in range(total):
            for name in [x for x in data if x.startswith(f"{self.add_prefix(n)}-")]:
                del data[name]
        for place, n in enumerate(order):
            was, now = f"{self.add_prefix(n)}-", f"{self.add_prefix(place)}-"
            for name in [x for x in self.data if x.startswith(was)]:
                data[now + name.removeprefix(was)] = self.data[name]
            if n in gone:
                data[f"{now}{key}"] = ""
        data[f"{self.prefix}-INITIAL_FORMS"] = str(initial - len(gone) - len(dropped))
        data[f"{self.prefix}-TOTAL_FORMS"] = str(len(order))
        self.data = data
        del self.management_form


class MeanwhileFormSet(GoneRows):
    """Rows that others deleted become new ones: what was typed there can be kept."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.before, self.gone = {}, {}
        if self.is_bound and self.management_form.is_valid():
            before = read(self.data.get(self.shown_name, ""))
            self.before = {k: v for k, v in before.items() if isinstance(v, dict)}
            self.rows_now = {str(row.pk): row for row in self.get_queryset()}
            self._take_gone_rows_last()

    @property
    def shown_name(self):
        return f"{SHOWN}-{self.prefix}"

    @property
    def shown(self):
        rows = [form for form in self.initial_forms if form.instance.pk]
        return json.dumps({str(form.instance.pk): form.digests() for form in rows})

    def _take_gone_rows_last(self):
        pks = self.posted_keys()
        initial = min(self.initial_form_count(), len(pks))
        gone = [n for n in range(initial) if pks[n] and pks[n] not in self.rows_now]
        if gone:
            self.gone = {
                place: self.before.get(pks[n], {})
                for place, n in enumerate(gone, initial - len(gone))
            }
            self.take_last(gone)

    def _construct_form(self, i, **kwargs):
        form = super()._construct_form(i, **kwargs)
        form.record = self.instance
        form.is_gone = i in self.gone
        pk = str(form.instance.pk)
        form.before = self.gone[i] if form.is_gone else self.before.get(pk)
        return form

    def _should_delete_form(self, form):
        return super()._should_delete_form(form) or getattr(form, "is_let_go", False)

    def clean(self):
        super().clean()
        for form in self.initial_forms:
            now = {name: digest(form.initial.get(name)) for name in form.before or {}}
            if super()._should_delete_form(form) and now != (form.before or {}):
                form.told = set(now)
                values = {
                    "who": form.who(),
                    "row": self.rows_now[str(form.instance.pk)],
                }
                raise forms.ValidationError(CHANGED % values)

    @property
    def merged(self):
        """What others made of the rows, and is kept."""
        said = [
            f"{form.instance} ({label})"
            for form in self.initial_forms
            for label in form.merged
        ]
        let_go = [form for form in self.extra_forms if form.is_let_go]
        said += [_("%s, deleted") % form.instance for form in let_go]
        if self.shown_name in self.data:
            added = [row for pk, row in self.rows_now.items() if pk not in self.before]
            said += [_("%s, new") % row for row in added]
        return said


def newest_entry(record, before) -> int:
    """The number in the log to go by: that which a form carried, or the newest."""
    carried = before.get(LOG)
    if isinstance(carried, int) or record.pk is None:
        return carried or 0
    return _entries(record).values_list("pk", flat=True).first() or 0


def who_changed(record, data, unknown) -> str:
    """Whom the log names last since the form was opened."""
    since = read(data.get(SHOWN, "")).get(LOG)
    entries = _entries(record).filter(pk__gt=since if isinstance(since, int) else 0)
    entry = entries.select_related("user").first()
    return name_of(entry.user) if entry else unknown


def _entries(record):
    kind = ContentType.objects.get_for_model(record)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(record.pk))
    return entries.order_by("-pk")


def read(text) -> dict:
    try:
        shown = json.loads(text)
    except ValueError:
        return {}
    return shown if isinstance(shown, dict) else {}


def digest(value) -> str:
    """Of a value as the row holds it, or as the form has cleaned it."""
    value = getattr(value, "pk", value)
    text = "" if value is None else str(value).replace("\r\n", "\n").strip()
    return sha256(text.encode()).hexdigest()[:12]


def _stored(row, name):
    in_words = getattr(row, f"get_{name}_display", None)
    value = in_words() if in_words else getattr(row, name)
    return _("nothing") if value in (None, "") else value
