"""Forms that set a time. Their buttons say what will happen, in the words of the time
that is chosen, and a form acts only if its button has said that: otherwise the next
page says it and asks once more."""

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import embargoes, live_changes, publishing
from articles.admin.questions import ReasonField
from articles.models import Article
from articles.models.fields import in_calendar
from articles.times import in_words, problem_of


class SiteTimeWidget(forms.SplitDateTimeWidget):
    def __init__(self, attrs=None):
        super().__init__(
            attrs,
            date_format="%Y-%m-%d",
            time_format="%H:%M",
            date_attrs={"type": "date", "aria-label": gettext_lazy("Day")},
            time_attrs={"type": "time", "aria-label": gettext_lazy("Time")},
        )


class SiteTimeField(forms.SplitDateTimeField):
    """A time that the clocks of the site show, and show once."""

    widget = SiteTimeWidget
    default_validators = [in_calendar]

    def compress(self, data_list):
        is_whole = data_list and all(data_list)
        if is_whole and (problem := problem_of(datetime.combine(*data_list))):
            raise ValidationError(problem)
        return super().compress(data_list)


class TimeForm(forms.Form):
    """`says()` is what its button says, and `key()` names the times it says it of."""

    needs = "articles.change_article"
    unsaid = ""  # the button while there is no time to say

    def __init__(self, data=None, **options):
        super().__init__(data, **options)
        self.label_suffix = ""

    def times(self):
        names = [n for n, f in self.fields.items() if isinstance(f, SiteTimeField)]
        if self.is_bound:
            self.is_valid()
            return {name: self.cleaned_data.get(name) for name in names}
        return {name: self.initial.get(name) for name in names}

    def time_problems(self):
        names = self.times()
        return [text for name in names for text in self.errors.get(name, ())]

    def key(self):
        times = self.times().values()
        return " ".join(time.isoformat() if time else "-" for time in times)

    def has_said(self):
        return self.data.get(self.add_prefix("said")) == self.key()

    def button(self):
        if self.is_bound and self.time_problems():
            return self.unsaid
        return self.says(**self.times())

    def act(self, article, **who):
        """What was done, in a sentence. Raises what the verbs raise."""
        raise NotImplementedError


def said_of(time, now, later):
    return later % {"time": in_words(time)} if time else now


class ScheduleForm(TimeForm):
    at = SiteTimeField(label=gettext_lazy("Readers have it from"))
    unsaid = gettext_lazy("Schedule…")

    def says(self, at):
        return said_of(at, self.unsaid, _("Schedule for %(time)s"))


class PublishForm(TimeForm):
    needs = "articles.publish_article"
    unsaid = gettext_lazy("Publish…")
    at = SiteTimeField(
        label=gettext_lazy("Readers have it from"),
        required=False,
        help_text=gettext_lazy("Empty: from now on."),
    )
    until = SiteTimeField(
        label=gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("Usually empty: without an end."),
    )

    def says(self, at, until):
        if until:
            times = {"until": in_words(until), "at": at and in_words(at)}
            if at:
                return _("Schedule for %(at)s, until %(until)s") % times
            return _("Publish until %(until)s") % times
        return said_of(at, _("Publish now"), _("Schedule for %(time)s"))

    def act(self, article, **who):
        at, until = self.cleaned_data["at"], self.cleaned_data["until"]
        if at:
            publishing.schedule(article, at=at, until=until, **who)
        else:
            publishing.publish(article, until=until, **who)
        return article.state()


class EndForm(TimeForm):
    needs = "articles.publish_article"
    unsaid = gettext_lazy("Publish until…")
    until = SiteTimeField(
        label=gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("Empty: readers have it without an end."),
    )

    def says(self, until):
        now = _("Publish without an end") if self.initial["until"] else self.unsaid
        return said_of(until, now, _("Publish until %(time)s"))

    def act(self, article, **who):
        embargoes.set_expiry(article, at=self.cleaned_data["until"], **who)
        return article.state()


class ChangesForm(TimeForm):
    needs = "articles.publish_article"
    unsaid = gettext_lazy("Publish the changes…")
    at = SiteTimeField(
        label=gettext_lazy("Readers have the changes from"),
        required=False,
        help_text=gettext_lazy("Empty: from now on."),
    )
    tells_readers = forms.BooleanField(
        label=gettext_lazy("Tell readers that the story was updated"), required=False
    )
    note = forms.CharField(
        label=gettext_lazy("What changed"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Kept with the version. Readers see it if told."),
    )

    def says(self, at):
        now, later = (
            _("Publish the changes now"),
            _("Schedule the changes for %(time)s"),
        )
        return said_of(at, now, later)

    def act(self, article, **who):
        said = self.cleaned_data
        details = {"is_substantial": said["tells_readers"], "note": said["note"]}
        if said["at"]:
            live_changes.schedule_changes(article, at=said["at"], **details, **who)
            return _("The changes are scheduled for %s.") % in_words(said["at"])
        live_changes.publish_changes(article, **details, **who)
        return _("Published the changes.")


class UnscheduleForm(TimeForm):
    needs = "articles.publish_article"

    def says(self):
        return _("Take the time off the changes")

    def act(self, article, **who):
        live_changes.unschedule_changes(article, **who)
        return _("The pending changes have no time any more.")


class UnpublishForm(TimeForm):
    needs = "articles.publish_article"

    def says(self):
        return _("Take back to draft")

    def act(self, article, **who):
        publishing.unpublish(article, **who)
        return _("Back to draft.")


class EmbargoForm(TimeForm):
    unsaid = gettext_lazy("Set the embargo…")
    until = SiteTimeField(label=gettext_lazy("Embargoed until"))
    reason = ReasonField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy(
            "Whose it is and on what terms. Every page that shows the story here says "
            "it; readers never see it."
        ),
    )

    def says(self, until):
        return said_of(until, self.unsaid, _("Embargo until %(time)s"))

    def act(self, article, **who):
        embargoes.set_embargo(article, **self.cleaned_data, **who)
        return _("Embargoed until %s.") % in_words(article.embargoed_until)


class BreakForm(TimeForm):
    needs = "articles.break_embargo"
    unsaid = gettext_lazy("Break the embargo…")
    until = SiteTimeField(
        label=gettext_lazy("Lift it at"),
        required=False,
        help_text=gettext_lazy("Empty: now."),
    )
    reason = ReasonField(
        label=gettext_lazy("Reason"), help_text=gettext_lazy("Kept in the log.")
    )

    def says(self, until):
        now, later = _("Break the embargo now"), _("Break the embargo at %(time)s")
        return said_of(until, now, later)

    def act(self, article, **who):
        embargoes.break_embargo(article, **self.cleaned_data, **who)
        return _("The embargo is broken. %s.") % article.state()


def forms_for(article: Article, draft) -> dict[str, tuple[type[TimeForm], dict]]:
    """What can be done with the times of a story as it is now: each form by its name,
    with what it begins from."""
    offered = {}
    if article.status in (Article.Status.KILLED, Article.Status.SPIKED):
        return {"unschedule": (UnscheduleForm, {})} if draft and draft.due_at else {}
    is_live = article.status == Article.Status.PUBLISHED
    has_gone_out = Article.objects.gone_out().filter(pk=article.pk).exists()
    is_held, end = article.is_embargoed(), article.expires_at
    if has_gone_out:
        offered["end"] = (EndForm, {"until": end})
    else:
        at = article.published_at if is_live else None
        at = article.embargoed_until if is_held and not at else at
        offered["publish"] = (PublishForm, {"at": at, "until": end})
    if draft and is_live:
        note = {"tells_readers": draft.is_substantial, "note": draft.note}
        offered["changes"] = (ChangesForm, {"at": draft.due_at, **note})
    if draft and draft.due_at:
        offered["unschedule"] = (UnscheduleForm, {})
    if is_live:
        offered["unpublish"] = (UnpublishForm, {})
    if not has_gone_out:
        kept = {"until": article.embargoed_until, "reason": article.embargo_reason}
        offered["embargo"] = (EmbargoForm, kept if is_held else {})
    if is_held:
        offered["break"] = (BreakForm, {})
    return offered
