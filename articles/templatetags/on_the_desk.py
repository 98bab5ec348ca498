from django import template
from django.utils import timezone

from articles import desk
from articles.models.desk import newest_saves

register = template.Library()
register.filter(desk.quotes_in_words)


@register.simple_tag(takes_context=True)
def the_desk(context):
    """What its first page shows; of stories nothing to those who may not view them."""
    user, now = context["request"].user, timezone.now()
    may = {name: user.has_perm(f"articles.{name}") for name in MAY}
    shown = {"heading": desk.heading(now), "may_write": may["add_article"]}
    if not (may["view_article"] or may["change_article"]):
        return shown
    saves = newest_saves()
    shown |= {
        "zone": timezone.localtime(now).tzname(),
        "may_merge": may["change_article"],
        "decisions": desk.decisions(now),
        "going_out": desk.going_out(now),
        "being_written": desk.being_written(saves),
    }
    if may["view_quote"] or may["change_quote"]:
        shown["quotes"] = desk.quotes_today(saves, now)
    return shown


MAY = ("add_article", "view_article", "change_article", "view_quote", "change_quote")
