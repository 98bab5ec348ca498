"""The list of stories, which is as fast over a whole archive as over one day: no query
counts or sorts more than a page can use."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, ActionForm
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from articles.admin.story_filters import (
    ChangesFilter,
    MineFilter,
    PeriodFilter,
    QuotesFilter,
    StateFilter,
)
from articles.characters import clean_text
from articles.desk import open_quotes
from articles.models.desk import desk_rows, desk_stories
from articles.times import at_the_desk
from articles.verbs import Seen, name_of, state_key

MOST_LISTED = 1000
PER_PAGE = 50
# In the order of the index that leads to the stories of that state.
ORDERINGS = {
    "scheduled": ["published_at", "id"],
    "embargoed": ["embargoed_until", "id"],
    "expired": ["-expires_at", "-id"],
    "live": ["-published_at", "-id"],
}


class BoundedPaginator(Paginator):
    """Counts no further than what it lists. A number of a page beyond is the last."""

    @cached_property
    def found(self):
        return self.object_list.order_by().values("pk")[: MOST_LISTED + 1].count()

    @property
    def count(self):
        return min(self.found, MOST_LISTED)

    @property
    def has_more(self):
        return self.found > MOST_LISTED

    def validate_number(self, number):
        return max(1, min(int(number), self.num_pages))


class StoryList(ChangeList):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.title = self.title if self.is_popup else _("Stories")

    def get_results(self, request):
        super().get_results(request)
        self.page_num = self.paginator.validate_number(self.page_num)
        self.result_list = desk_rows(
            list(self.result_list.values_list("pk", flat=True))
        )


class StoryActionForm(ActionForm):
    select_across = forms.BooleanField(
        label="",
        required=False,
        initial=0,
        widget=forms.HiddenInput({"class": "select-across"}),
    )

    def clean_select_across(self):
        """A verb is for stories that somebody has looked at: those of a page."""
        return False


class StoryListing:
    """For the admin of stories."""

    list_display = ["story", "state", "quotes_hold", "section_name", "last_saved"]
    list_filter = [
        StateFilter,
        ChangesFilter,
        QuotesFilter,
        MineFilter,
        "section",
        PeriodFilter,
        "kind",
    ]
    lookups_allowed = {
        "section__id__exact",
        "section__isnull",
        "kind__exact",
        *(f.parameter_name for f in list_filter if not isinstance(f, str)),
    }
    search_fields = ["headline", "slugline", "slug"]
    search_help_text = _(
        "Words of a headline, slugline or slug, among the last 10,000 stories; or "
        "the whole slug or address of any story."
    )
    list_per_page = list_max_show_all = PER_PAGE
    paginator = BoundedPaginator
    show_facets = admin.ShowFacets.NEVER
    action_form = StoryActionForm

    def get_changelist(self, request, **kwargs):
        return StoryList

    def get_queryset(self, request):
        stories = desk_stories()
        if request.resolver_match.url_name.endswith("_changelist"):
            stories = stories.defer("body", "body_html")
        return stories

    def get_ordering(self, request):
        if "period" in request.GET:
            return ["-published_at", "-id"]
        return ORDERINGS.get(request.GET.get("state"), ["-id"])

    def lookup_allowed(self, lookup, value, request=None):
        return lookup in self.lookups_allowed

    def get_search_results(self, request, queryset, search_term):
        words = clean_text(search_term).strip()
        return queryset.search(words) if words else queryset, False

    # The columns

    @admin.display(description=_("headline"))
    def story(self, article):
        if not article.slugline:
            return article.headline
        return format_html(
            '{} <span class="slugline">{}</span>', article.headline, article.slugline
        )

    @admin.display(description=_("state"))
    def state(self, article):
        lines = [_("Retracted") if _is_retracted(article) else article.state()]
        lines += [format_html("<strong>{}</strong>", s) for s in pending(article)]
        return format_html_join("", '<span class="line">{}</span>', zip(lines))

    @admin.display(description=_("quotes"), empty_value="")
    def quotes_hold(self, article):
        return open_quotes(article) or None

    @admin.display(description=_("section"))
    def section_name(self, article):
        return article.section

    @admin.display(description=_("last saved"))
    def last_saved(self, article):
        if article.saved is None:
            return None
        return format_html(
            '<span class="line">{}</span><span class="line quiet">{}</span>',
            at_the_desk(article.saved.saved_at),
            name_of(article.saved.saved_by),
        )

    # The verbs

    def action_checkbox(self, obj):
        draft = obj.changes
        return format_html(
            '{}<input type="hidden" name="{}" value="{}">'
            '<input type="hidden" name="{}" value="{}">',
            super().action_checkbox(obj),
            carried_as(obj),
            draft.revision.number if draft else obj.held_number or 0,
            state_carried_as(obj),
            state_key(obj, draft),
        )

    def response_action(self, request, queryset):
        """The stories that were ticked, whether or not what somebody saved meanwhile
        takes them out of the list as it was filtered."""
        ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if len(ticked) > PER_PAGE or not all(key.isdecimal() for key in ticked):
            message = _("Choose at most %d stories at a time.") % PER_PAGE
            self.message_user(request, message, messages.WARNING)
            return None
        return super().response_action(request, self.get_queryset(request))


def carried_as(article):
    return f"revision-{article.pk}"


def state_carried_as(article):
    return f"state-{article.pk}"


def seen_by(request, article):
    """What the list or the form showed of the story."""
    number = request.POST.get(carried_as(article), "")[:9]
    state = request.POST.get(state_carried_as(article))
    return Seen(int(number) if number.isdecimal() else None, state)


def pending(article):
    """Sentences on what of a row of the desk is not decided."""
    draft = article.changes
    if draft:
        yield _("Changes pending since %(time)s by %(who)s") % {
            "time": at_the_desk(draft.began_at),
            "who": name_of(draft.revision.saved_by),
        }
    if draft and draft.due_at:
        is_overdue = draft.due_at <= timezone.now()
        said = _("Overdue since %s") if is_overdue else _("Due %s")
        yield said % at_the_desk(draft.due_at)
    if article.has_text_to_merge:
        yield _("A text is kept aside, to merge")


def _is_retracted(article):
    return article.is_retracted and article.status == article.Status.PUBLISHED
