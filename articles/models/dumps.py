from django.db import models


class NoRows(models.Manager):
    """What dumpdata takes of a table that settle() writes from whatever a dump
    brings."""

    def get_queryset(self):
        return super().get_queryset().none()
