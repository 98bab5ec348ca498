from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format


def in_words(time: datetime) -> str:
    """The day and the time with the site's zone: 8 February 2016, 12:00 MSK."""
    local = timezone.localtime(time)
    return f"{date_format(local, 'DATE_FORMAT')}, {local:%H:%M} {local.tzname()}"
