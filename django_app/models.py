"""The tables of `accounts`, as objects.

The four applications share these tables, so none of them owns them: Django is told that
they are not its business to make (`managed`), and there are no migrations.
"""

from typing import Any

from django.db import models


class Account(models.Model):
    """An account; `entries` are its changes."""

    owner: Any = models.CharField(primary_key=True, max_length=40)
    balance: Any = models.BigIntegerField()
    version: Any = models.BigIntegerField()
    entries: Any

    class Meta:
        """Where it is."""

        app_label = "django_app"
        db_table = "accounts"
        managed = False

    def __str__(self) -> str:
        return str(self.owner)


class Entry(models.Model):
    """One change of a balance."""

    id: Any = models.BigAutoField(primary_key=True)
    account_id: str
    account: Any = models.ForeignKey(
        Account,
        on_delete=models.DO_NOTHING,
        db_column="owner",
        db_constraint=False,
        related_name="entries",
    )
    number: Any = models.BigIntegerField()
    amount: Any = models.BigIntegerField()
    other: Any = models.CharField(max_length=40)

    class Meta:
        """Where it is, and in which order."""

        app_label = "django_app"
        db_table = "entries"
        managed = False
        ordering = ("number", "id")

    def __str__(self) -> str:
        return f"{self.account_id} {self.number}"
