"""The time on the clocks of the site: settings.TIME_ZONE."""

from datetime import UTC, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _


def in_words(time: datetime) -> str:
    """With the site's zone, and the year if another one: 06:00 MSK on 14 March."""
    local = timezone.localtime(time)
    is_this_year = local.year == timezone.localdate().year
    day = date_format(local, "MONTH_DAY_FORMAT" if is_this_year else "DATE_FORMAT")
    return _("%(time)s on %(day)s") % {
        "time": f"{local:%H:%M} {zone_of(local)}",
        "day": day,
    }


def zone_of(local: datetime) -> str:
    """Its abbreviation; some zones have none but their distance from UTC."""
    name = local.tzname()
    return f"UTC{name}" if name.startswith(("+", "-")) else name


def problem_of(clock: datetime) -> str:
    """Why the clocks of the site do not show this naive time once, and what to do; ""
    if they do."""
    zone = timezone.get_current_timezone()
    first, second = (clock.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return ""
    shown = first.astimezone(UTC).astimezone(zone)
    values = {"time": f"{clock:%H:%M}", "day": date_format(clock, "DATE_FORMAT")}
    if shown.replace(tzinfo=None) != clock:
        said = _(
            "There is no %(time)s on %(day)s: the clocks go forward over it. Choose "
            "%(next)s, or an earlier time."
        )
        return said % {**values, "next": f"{shown:%H:%M} {zone_of(shown)}"}
    said = _(
        "%(time)s comes twice on %(day)s, in %(first)s and once more in %(second)s, "
        "as the clocks go back. Choose a time before or after that hour."
    )
    return said % {**values, "first": zone_of(first), "second": zone_of(second)}


def at_the_desk(time: datetime) -> str:
    """The time alone if it is of today: 12:00, or else 8 February 2016, 12:00."""
    local = timezone.localtime(time)
    if local.date() == timezone.localdate():
        return f"{local:%H:%M}"
    return f"{date_format(local, 'DATE_FORMAT')}, {local:%H:%M}"
