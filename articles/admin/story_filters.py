"""What the list of stories can be narrowed by. None of them counts anything, and an
index leads to what each finds."""

from datetime import timedelta

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Draft


class StoryFilter(admin.SimpleListFilter):
    choices_offered = ()

    def lookups(self, request, model_admin):
        return self.choices_offered

    def queryset(self, request, queryset):
        if self.value() not in dict(self.choices_offered):
            return queryset
        return self.narrow(queryset, self.value(), request.user)


class StateFilter(StoryFilter):
    title = _("state")
    parameter_name = "state"
    choices_offered = [
        ("draft", _("Draft")),
        ("scheduled", _("Scheduled")),
        ("embargoed", _("Embargoed")),
        ("live", _("Live")),
        ("expired", _("Expired")),
        ("retracted", _("Retracted")),
        ("spiked", _("Spiked")),
        ("killed", _("Killed")),
    ]

    def narrow(self, stories, value, user):
        return stories.in_state(value)


class ChangesFilter(StoryFilter):
    title = _("pending changes")
    parameter_name = "changes"
    choices_offered = [
        ("pending", _("Pending")),
        ("scheduled", _("With a time")),
        ("overdue", _("Overdue")),
        ("aside", _("Text kept aside, to merge")),
    ]

    def narrow(self, stories, value, user):
        now = timezone.now()
        match value:
            case "scheduled":
                return stories.with_changes(Draft.objects.due_after(now))
            case "overdue":
                return stories.with_changes(Draft.objects.due(now))
            case "aside":
                return stories.with_texts_to_merge()
        return stories.with_changes()


class QuotesFilter(StoryFilter):
    title = _("quotes")
    parameter_name = "quotes"
    choices_offered = [
        ("open", _("Open: not all hold")),
        ("corrected", _("Repeats one that was corrected")),
    ]

    def narrow(self, stories, value, user):
        if value == "corrected":
            return stories.with_corrected_repeats()
        return stories.with_open_quotes()


class MineFilter(StoryFilter):
    title = _("who saved it")
    parameter_name = "mine"
    choices_offered = [("yes", _("I did, of late"))]

    def narrow(self, stories, value, user):
        return stories.saved_by(user)


class PeriodFilter(StoryFilter):
    """In place of a date hierarchy, which reads the day of every story."""

    title = _("published")
    parameter_name = "period"
    choices_offered = [
        ("today", _("Today")),
        ("week", _("In the past 7 days")),
        ("month", _("In the past 30 days")),
        ("year", _("This year")),
        ("last-year", _("Last year")),
        ("earlier", _("Earlier")),
    ]

    def narrow(self, stories, value, user):
        midnight = timezone.localtime().replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        tomorrow = midnight + timedelta(days=1)
        new_year = midnight.replace(month=1, day=1)
        year_before = new_year.replace(year=new_year.year - 1)
        match value:
            case "today":
                return stories.within(midnight, tomorrow)
            case "week":
                return stories.within(midnight - timedelta(days=6), tomorrow)
            case "month":
                return stories.within(midnight - timedelta(days=29), tomorrow)
            case "year":
                return stories.within(new_year, tomorrow)
            case "last-year":
                return stories.within(year_before, new_year)
        return stories.before(year_before)
