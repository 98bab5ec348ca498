from django.contrib.auth.management import create_permissions
from django.db import migrations

REPORTER = {
    "article": ["add", "change", "view"],
    "byline": ["add", "change", "delete", "view"],
    "correction": ["view"],
    "mention": ["view"],
    "organisation": ["add", "change", "view"],
    "organisationname": ["add", "change", "delete", "view"],
    "person": ["add", "change", "view"],
    "personname": ["add", "change", "delete", "view"],
    "photo": ["add", "change", "view"],
    "position": ["add", "change", "delete", "view"],
    "quote": ["add", "change", "delete", "view"],
    "section": ["view"],
    "sourcetext": ["add", "view"],
    "topic": ["add", "view"],
}


def make_groups(apps, schema_editor):
    # Permissions are otherwise made after the last migration, too late for the groups.
    config = apps.get_app_config("articles")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None

    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="articles"
    )
    groups = apps.get_model("auth", "Group").objects
    reporter, _ = groups.get_or_create(name="Reporter")
    reporter.permissions.add(
        *permissions.filter(
            codename__in=[
                f"{act}_{model}" for model, acts in REPORTER.items() for act in acts
            ]
        )
    )
    editor, _ = groups.get_or_create(name="Editor")
    editor.permissions.add(*permissions)


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
