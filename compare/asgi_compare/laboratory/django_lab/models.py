"""One table of our own, so that the ORM has something to read and write."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar, Self

from django.db import models

from asgi_compare.laboratory.django_lab.hashing import on_a_loop


class Note(models.Model):
    """Something that was written down."""

    title: models.CharField[str, str] = models.CharField(max_length=80)

    objects: ClassVar[models.Manager[Note]] = models.Manager()

    loaded_on_a_loop: ClassVar[bool] = False
    """Whether the last row was made into an object on an event loop's thread."""

    class Meta:
        """The name by which the laboratory is known as an app."""

        app_label = "lab"

    def __str__(self) -> str:
        return self.title

    @classmethod
    def from_db(
        cls,
        db: str | None,
        field_names: Collection[str],
        values: Collection[Any],
        **kwargs: Any,
    ) -> Self:
        """Make an object of a row, and note where that happens."""
        cls.loaded_on_a_loop = on_a_loop()
        return super().from_db(db, field_names, values, **kwargs)
