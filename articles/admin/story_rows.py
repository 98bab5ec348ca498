"""The rows of a story's form: quotes, bylines, source texts."""

from articles.admin.meanwhile import GoneRows


class StoryRows(GoneRows):
    """A row that somebody took out and put back has another key than the form knows: it
    is found again by what it says. One that nothing says any more becomes a new row, so
    that what was typed there is kept."""

    says = ()  # the fields by which a row is found again
    needs = ""  # a field without which it is let go

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.is_bound and self.management_form.is_valid():
            self._find_again()

    def _find_again(self):
        rows = {str(row.pk): row for row in self.get_queryset()}
        posted = self.posted_keys()
        initial = min(self.initial_form_count(), len(posted))
        unknown = [n for n in range(initial) if posted[n] not in rows]
        if not unknown:
            return
        free = {
            tuple(str(row.serializable_value(name)) for name in self.says): key
            for key, row in rows.items()
            if key not in posted and self.says
        }
        self.data = self.data.copy()
        gone = []
        for n in unknown:
            key = free.pop(tuple(self._posted(n, name) for name in self.says), None)
            if key:
                self.data[f"{self.add_prefix(n)}-{self.model._meta.pk.name}"] = key
            else:
                gone.append(n)
        dropped = [n for n in gone if self.needs and not self._posted(n, self.needs)]
        self.take_last([n for n in gone if n not in dropped], dropped)

    def _posted(self, n, name) -> str:
        return self.data.get(f"{self.add_prefix(n)}-{name}", "")
