from django.db import migrations

from articles.groups import let

# What is true of every site of this kind, and what only its newsroom can say. Each text
# says which is which, and invents no owner.
TO_WRITE = "<p><em>This page is the newsroom’s to write. Until then:</em></p>\n"
PAGES = {
    "/about/": (
        "About us",
        "<p>To be said here: who owns this site and who pays for it, who edits it, and "
        "what it sets out to do.</p>\n"
        "<p>Every quote on this site is a record of its own. It names who spoke, in "
        "which post and when, and whether the words stand in the text they were taken "
        "from.</p>",
    ),
    "/contact/": (
        "Contact",
        "<p>To be said here: how to reach the newsroom, and who answers.</p>",
    ),
    "/standards/": (
        "Standards",
        "<p>To be said here: how this newsroom checks what it prints, how it treats "
        "unnamed sources and conflicts of interest, and how opinion is told from news."
        "</p>\n"
        "<p>Words in quotation marks are held against our source copy. “= matches the "
        "source copy” says that they stand there word for word; it does not say that "
        "what was said is true.</p>",
    ),
    "/corrections-policy/": (
        "Corrections policy",
        "<p>To be said here: who decides on a correction, and how soon.</p>\n"
        '<p>A correction stands on the page it corrects and in the <a href='
        '"/corrections/">list of all corrections</a>, with its date, what was wrong and '
        "what is right. A quote that is withdrawn, and a story that is retracted, keep "
        "their addresses and say so.</p>",
    ),
    "/privacy/": (
        "Privacy",
        "<p>To be said here: what the server’s logs keep and for how long, and whom to "
        "ask about it.</p>\n"
        "<p>The pages of this site set no cookie, store nothing in your browser and "
        "load nothing from other sites. People we quote have pages made from our own "
        "reporting; each page says how to ask for a correction or removal.</p>",
    ),
}


def write_pages(apps, schema_editor):
    pages = apps.get_model("flatpages", "FlatPage").objects
    for url, (title, text) in PAGES.items():
        if not pages.filter(url=url).exists():
            pages.create(url=url, title=title, content=TO_WRITE + text)


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0010_site"),
        ("flatpages", "0001_initial"),
    ]
    operations = [
        migrations.RunPython(write_pages, migrations.RunPython.noop),
        migrations.RunPython(
            let(
                ["Editor"],
                "add_flatpage",
                "change_flatpage",
                "delete_flatpage",
                "view_flatpage",
                app="flatpages",
            ),
            migrations.RunPython.noop,
        ),
    ]
