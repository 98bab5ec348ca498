"""The writing surface: the widget of a body, and what its scripts are told."""

import json

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.forms.widgets import Script
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django_prose_editor.widgets import prose_editor_base_media
from js_asset import ImportMap, Media

from articles import body
from articles.models import Quote

MODULES = ImportMap(
    {
        f"newsroom/{name}": f"js/writing/{name}.js"
        for name in (
            "chooser",
            "keeping",
            "marking",
            "marks",
            "paste",
            "passages",
            "rows",
        )
    }
)
WORDS = {
    "body": _("Body"),
    "toolbar": _("Marks and formatting"),
    "quote": _("Quote"),
    "reported": _("Reported"),
    "person": _("Person"),
    "organisation": _("Organisation"),
    "join": _("Add to the quote before"),
    "join_face": _("Join"),
    "unmark": _("Remove the mark"),
    "unmark_face": _("Unmark"),
    "bold": _("Bold"),
    "italic": _("Italic"),
    "link": _("Link"),
    "heading": _("Heading"),
    "subheading": _("Smaller heading"),
    "bullets": _("List"),
    "numbers": _("Numbered list"),
    "blockquote": _("Block quote"),
    "photo": _("Photo"),
    "which_photo": _("Which photo stands here?"),
    "name_photo": _("Its caption, credit or slug"),
    "is_photo": _("photo"),
    "none_photo": _("No photo has these letters. Add it under Photos first."),
    "accept_photo": _("Insert"),
    "inserted": _("The photo stands below."),
    "who_says": _("Who says this?"),
    "who_reported": _("Whose words are reported?"),
    "which_person": _("Which person is this?"),
    "which_organisation": _("Which organisation is this?"),
    "where_to": _("Where does the link lead?"),
    "speaker": _("Speaker"),
    "name": _("Name"),
    "address": _("Address"),
    "kind": _("Kind"),
    "post": _("Post on that day"),
    "no_post": _("None of the recorded posts"),
    "role": _("Role as printed"),
    "said_on": _("Said on, if the sentence names the day"),
    "accept": _("Mark"),
    "cancel": _("Cancel"),
    "unnamed": _("Unnamed source: “{}”"),
    "new_person": _("New person: “{}”"),
    "new_organisation": _("New organisation: “{}”"),
    "is_person": _("person"),
    "is_organisation": _("organisation"),
    "choose_speaker": _("Choose who speaks, or describe an unnamed source."),
    "nobody": _("Nobody found by these letters."),
    "no_answer": _("The desk does not answer. Check the connection and try again."),
    "select_words": _("Select the words first."),
    "taken": _("These words belong to a quote already. Remove its mark first."),
    "one_block": _("Select a name inside one paragraph."),
    "no_quote_before": _("No quote stands before these words."),
    "no_mark_here": _("No mark stands here."),
    "marked": _("Marked."),
    "unmarked": _("The mark is removed."),
    "gone": _("Its words are no longer marked in the story."),
    "remove_row": _("Remove the quote too"),
    "keep_row": _("Keep the quote"),
    "to_be_removed": _("Will be removed when the story is saved."),
    "changed": _("Its words in the story have changed: checked when saved."),
}


class WritingSurface(forms.Textarea):
    """A text area of HTML, which scripts turn into a page to write on."""

    def __init__(self, story, day, attrs=None):
        """`story` tells this story's clipboard from another's; `day` is its day."""
        super().__init__({"rows": 24, "class": "body-html", **(attrs or {})})
        self.story, self.day = story, day

    @property
    def media(self):
        return prose_editor_base_media + Media(
            importmap=MODULES,
            css={"all": ["css/writing-surface.css"]},
            js=["admin/js/urlify.js", Script("js/writing/surface.js", type="module")],
        )

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["data-writing-surface"] = json.dumps(
            {
                "story": self.story,
                "day": forms.DateInput().format_value(self.day),
                "marks": {name: mark._asdict() for name, mark in body.MARKS.items()},
                "kinds": Quote.Kind.choices,
                "addresses": {
                    "find": reverse_lazy("admin:articles_article_names"),
                    "add": reverse_lazy("admin:articles_article_add_name"),
                },
                "words": WORDS,
            },
            cls=DjangoJSONEncoder,
        )
        return context
