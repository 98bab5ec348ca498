"""What the writing surface asks while an editor marks a passage: whom these letters may
mean, the posts held that day, what the story calls the speaker there; which photo."""

import json

from django import forms
from django.contrib.admin.models import ADDITION
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, Prefetch, Q, Value, When
from django.http import JsonResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from articles import sentences
from articles.characters import clean_text
from articles.days import day_named
from articles.models import FormerAddress, Organisation, Person, Photo, Position
from articles.speakers import names_in, role_beside
from articles.verbs import record

KINDS = {"person": Person, "organisation": Organisation}
MOST_NAMES = 8
MOST_BYTES = 100_000


@require_POST
def find_names(request):
    """The people and organisations that the letters typed may mean or name; without
    letters those that the text around the passage names, the nearest first."""
    asked = _read(request)
    if asked is None:
        return _refused(_("The page asked in a way that the desk does not know."))
    day = _day(asked.get("day"))
    query = clean_text(str(asked.get("query", ""))).strip()[:200]
    before, passage, after = (
        clean_text(str(asked.get(key, ""))) for key in ("before", "passage", "after")
    )
    said_on = _said_on(before, passage, after, day)
    found = []
    kinds = asked.get("kinds", [*KINDS])
    if kinds == ["photo"]:
        return JsonResponse({"found": _photos(query)})
    for kind in [kind for kind in KINDS if isinstance(kinds, list) and kind in kinds]:
        records = KINDS[kind].objects.prefetch_related("other_names")
        if kind == "person":
            posts = Position.objects.covering(said_on or day).select_related(
                "organisation"
            )
            records = records.prefetch_related(Prefetch("positions", posts))
        called = _called(records, query) if query else []
        found += called or _named_in(records, query or before, "" if query else after)
    if query:
        found.sort(key=lambda one: not _is_called(one, query))
    return JsonResponse(
        {
            "found": [_shown(r, query, before, after) for r in found[:MOST_NAMES]],
            "said_on": forms.DateInput().format_value(said_on) if said_on else "",
        }
    )


@require_POST
def add_name(request):
    """A person or an organisation with this name, made without leaving the story."""
    asked = _read(request)
    model = asked and KINDS.get(str(asked.get("kind")))
    if model is None:
        return _refused(_("The page asked in a way that the desk does not know."))
    if not request.user.has_perm(f"articles.add_{model._meta.model_name}"):
        return _refused(_("You may not add records. Ask somebody who may."), 403)
    name = clean_text(" ".join(str(asked.get("name", "")).split()))
    slug = slugify(str(asked.get("slug", ""))) or slugify(name)
    if name and not slug:
        return _refused(
            _("No address can be made of this name: add the record at the desk first.")
        )
    with transaction.atomic():
        new = model(name=name, slug=_free_slug(model, slug[:90]))
        try:
            new.full_clean()
        except ValidationError as error:
            return _refused(" ".join(error.messages))
        new.save()
        record(new, request.user, _("Added while writing a story."), ADDITION)
    return JsonResponse({"found": [_shown(new, "", "", "")]})


def _read(request):
    if len(request.body) > MOST_BYTES:
        return None
    try:
        asked = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    return asked if isinstance(asked, dict) else None


def _refused(message, status=400):
    return JsonResponse({"message": message}, status=status)


def _day(text):
    """As an editor may have typed it into the form, in the language of the desk."""
    try:
        day = forms.DateField(required=False).clean(str(text or ""))
    except ValidationError:
        day = None
    return day or timezone.localdate()


def _said_on(before, passage, after, day):
    """Proposed only from a day that the sentence names around the words."""
    text = f"{before}{passage}{after}"
    place = (len(before), len(before) + len(passage))
    sentence = sentences.around(text, *place, sentences.starts(text))
    sentence = sentence.replace(passage, " ", 1)
    return day_named(sentence, day)


def _called(records, query):
    closest = Case(
        When(name__iexact=query, then=Value(0)),
        When(name__istartswith=query, then=Value(1)),
        default=Value(2),
    )
    called = records.search(query).annotate(closest=closest)
    return list(called.order_by("closest", "name", "pk")[:MOST_NAMES])


def _named_in(records, before, after):
    near = names_in(f"{before[-2000:]} | {after[:2000]}")[:400]
    named = Q(name__in=near) | Q(other_names__name__in=near)
    if records.model is Organisation:
        named |= Q(short_name__in=near)
    found = list(records.filter(named).distinct()[: 3 * MOST_NAMES])
    distance = {}
    for one in found:
        names = [name for name in one.all_names() if name]
        places = [len(before) - before.rfind(n) for n in names if n in before]
        places += [after.find(n) for n in names if n in after]
        distance[one.pk] = min(places, default=len(before) + len(after))
    return sorted(found, key=lambda one: distance[one.pk])[:MOST_NAMES]


def _is_called(one, query):
    return query.casefold() in [name.casefold() for name in one.all_names()]


def _shown(one, query, before, after):
    is_person = isinstance(one, Person)
    posts = one.positions.all() if is_person else []
    names = sorted(one.all_names(), key=lambda name: name != one.name)
    meant = (name for name in names if query.casefold() in name.casefold())
    return {
        "kind": "person" if is_person else "organisation",
        "id": one.pk,
        "slug": one.slug,
        "name": one.name,
        "meant": next(meant, None) or _name_in(names, query) or one.name,
        "posts": [{"id": str(p.pk), "title": str(p)} for p in posts],
        "role": role_beside(names, before, after) if is_person else "",
    }


def _photos(query):
    """Without letters those that came last."""
    called = (
        Q(slug__icontains=query)
        | Q(caption__icontains=query)
        | Q(credit__icontains=query)
    )
    return [
        {
            "kind": "photo",
            "id": photo.pk,
            "slug": photo.slug,
            "name": str(photo),
            "meant": photo.credit or photo.slug,
        }
        for photo in Photo.objects.filter(called).order_by("-pk")[:MOST_NAMES]
    ]


def _name_in(names, text):
    return next((n for n in sorted(names, key=len, reverse=True) if n in text), None)


def _free_slug(model, slug):
    kind = model._meta.model_name
    former = FormerAddress.objects.filter(**{f"{kind}__isnull": False})
    taken = {
        one.slug
        for records in (model.objects, former)
        for one in records.filter(slug__startswith=slug).only("slug")
    }
    number = 2
    free = slug
    while free in taken:
        free, number = f"{slug}-{number}", number + 1
    return free
