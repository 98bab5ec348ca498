"""The day that a text names: "on Monday", "on December 2", "2 December 2015"."""

import re
from datetime import date, timedelta

MONTHS = (
    "january february march april may june july august september october november "
    "december"
).split()
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
ABBREVIATED = {name[:3]: name for name in [*MONTHS, *WEEKDAYS]} | {"sept": "september"}

MONTH = rf"(?:{'|'.join(MONTHS)}|(?:{'|'.join(m[:3] for m in MONTHS)}|sept)\b\.?)"
NUMBER = r"\d{1,2}(?:st|nd|rd|th)?"
DAY = re.compile(
    rf"""
      (?:\b(?P<weekday>{"|".join(WEEKDAYS)})\b,?\s*)?
      (?: \b(?P<month>{MONTH})\s(?P<day>{NUMBER})\b
        | \b(?P<day_first>{NUMBER})\s(?:of\s)?(?P<month_after>{MONTH})
      )
      (?:,?\s(?P<year>\d{{4}})\b)?
    | \bon\s(?P<weekday_alone>{"|".join(WEEKDAYS)})\b
    | \b(?P<relative>today|yesterday)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


def day_named(text: str, known_on: date) -> date | None:
    """The one day that the text names, as somebody meant it who wrote on `known_on`:
    the last fitting one up to then. None if it names no day, several, or one that does
    not exist or does not fall on the weekday that stands beside it."""
    try:
        days = {_meant(found, known_on) for found in DAY.finditer(text)}
    except OverflowError:  # the day before the first of all
        return None
    return days.pop() if len(days) == 1 else None


def _meant(found, known_on):
    if found["relative"]:
        return known_on - timedelta(days=found["relative"].lower() == "yesterday")
    if weekday := found["weekday_alone"]:
        days_ago = (known_on.weekday() - WEEKDAYS.index(weekday.lower())) % 7
        return known_on - timedelta(days=days_ago)
    name = (found["month"] or found["month_after"]).lower().rstrip(".")
    month = MONTHS.index(ABBREVIATED.get(name, name)) + 1
    number = int(re.match(r"\d+", found["day"] or found["day_first"])[0])
    years = [int(found["year"])] if found["year"] else range(known_on.year, 0, -1)
    for year in years[:9]:  # a leap day returns within eight years
        try:
            day = date(year, month, number)
        except ValueError:
            continue
        if day > known_on and not found["year"]:
            continue
        weekday = (found["weekday"] or "").lower()
        return day if weekday in ("", WEEKDAYS[day.weekday()]) else None
    return None
