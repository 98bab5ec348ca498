"""What stands in the way of publishing, and where in the form to put it right."""

from typing import NamedTuple

from articles.publishing import Problem

PLACES = {
    "body": "row-body",
    "embargoed_until": "fold-time",
    "expires_at": "fold-time",
    "bylines": "bylines-group",
    "quotes": "quotes-group",
}


class Obstacle(NamedTuple):
    """`place` is the id of what to go to; `in_short` fits beside the buttons."""

    message: str
    place: str
    in_short: str

    @classmethod
    def of(cls, problem: Problem, quotes):
        """`quotes` is the form's formset of quotes, if it has one."""
        for form in quotes.initial_forms if quotes else ():
            if problem.field == "quotes" and form.instance.mark == problem.mark:
                short = form.card.in_short if form.card.checks.is_open else ""
                return cls(problem.message, form.prefix, short or problem.message)
        place = PLACES.get(problem.field, f"id_{problem.field}")
        return cls(problem.message, place, problem.message)
