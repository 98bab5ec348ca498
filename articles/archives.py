"""The stories of a year, a month or a day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.urls import reverse
from django.utils import formats, timezone


@dataclass(frozen=True)
class Period:
    """Local time; `end` is exclusive. An impossible date is a ValueError."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self):
        try:
            self.start().astimezone(UTC), self.end().astimezone(UTC)
        except OverflowError as error:
            raise ValueError("Beyond the calendar.") from error

    def first_day(self) -> date:
        return date(self.year, self.month or 1, self.day or 1)

    def start(self) -> datetime:
        return _midnight(self.first_day())

    def end(self) -> datetime:
        first = self.first_day()
        if self.day:
            return _midnight(first + timedelta(days=1))
        if self.month:
            return _midnight((first + timedelta(days=31)).replace(day=1))
        return _midnight(date(self.year + 1, 1, 1))

    def parts_with(self, articles) -> "list[Period]":
        """The months of a year, or the days of a month, that hold one of them."""
        if self.day:
            return []
        times = articles.datetimes("published_at", "day" if self.month else "month")
        return [
            Period(time.year, time.month, self.month and time.day) for time in times
        ]

    def around(self, at: datetime | None) -> "Period | None":
        """The period of this length that the time falls in."""
        if at is None:
            return None
        day = timezone.localdate(at)
        return Period(day.year, self.month and day.month, self.day and day.day)

    def wider(self) -> "Period | None":
        if self.day:
            return Period(self.year, self.month)
        return Period(self.year) if self.month else None

    def short(self) -> str:
        """Its name inside the wider period."""
        return formats.date_format(self.first_day(), "j" if self.day else "F")

    def __str__(self):
        pattern = "j F Y" if self.day else "F Y" if self.month else "Y"
        return formats.date_format(self.first_day(), pattern)

    def get_absolute_url(self) -> str:
        parts = [part for part in (self.year, self.month, self.day) if part]
        return reverse(
            f"archive_{('year', 'month', 'day')[len(parts) - 1]}", args=parts
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())
