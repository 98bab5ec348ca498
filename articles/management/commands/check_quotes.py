from collections import Counter

from django.core.management import BaseCommand, CommandError

from articles.quote_checks import archive_checks, where


class Command(BaseCommand):
    help = "Checks every quote of the archive; exits with 1 if one does not hold."

    def handle(self, **options):
        counts = Counter()
        for checks in archive_checks():
            counts["checked"] += 1
            for name in checks.failures():
                counts[name] += 1
                self.stdout.write(f"{where(checks.quote)} {name}: {checks.quote}")
            if self.stderr.isatty() and counts["checked"] % 100 == 0:
                self.stderr.write(f"\r{counts['checked']} checked", ending="")
        self.stdout.write(", ".join(f"{n} {name}" for name, n in counts.items()) or "0")
        if counts.keys() - {"checked"}:
            raise CommandError("Not every quote holds.", returncode=1)
