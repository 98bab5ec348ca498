"""What the groups that the migrations make may do."""

from django.contrib.auth.management import create_permissions

GROUPS = ["Reporter", "Editor"]


def let(groups: list[str], *codenames: str, app: str = "articles"):
    """The operation of a migration that gives these groups permissions of one app."""

    def operate(apps, schema_editor):
        # Permissions are otherwise made after the last migration, too late for groups.
        config = apps.get_app_config(app)
        config.models_module = True
        create_permissions(config, apps=apps, verbosity=0)
        config.models_module = None
        permissions = apps.get_model("auth", "Permission").objects.filter(
            content_type__app_label=app, codename__in=codenames
        )
        for group in apps.get_model("auth", "Group").objects.filter(name__in=groups):
            group.permissions.add(*permissions)

    return operate


def let_view(*models: str):
    """The operation of a migration that lets both groups see rows of these models."""
    return let(GROUPS, *(f"view_{model}" for model in models))
