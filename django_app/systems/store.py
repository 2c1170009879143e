"""The database of the notices: that of the settings, with the SQL of the domain.

The tables are shared with applications that know no models; so this is `cursor()`, in
`atomic()`, as Django has it for SQL by hand.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from asgi_compare.domain.accounts import make_folder
from asgi_compare.domain.systems.notices.desk import Run


class Store:
    """Where transactions come from; each thread has a connection of its own.

    Django closes it at the end of a request, and in a thread of ours never. So this
    does, at the end of each transaction; or `keeps_open`, for a thread that has many.
    """

    def __init__(self, *, keeps_open: bool = False) -> None:
        self._keeps_open = keeps_open

    @property
    def skips_locked(self) -> bool:
        """Whether it is PostgreSQL."""
        return bool(connection.features.has_select_for_update_skip_locked)

    @contextmanager
    def transaction(self) -> Iterator[Run]:
        """Commit at the end of the block, or undo all of it if the block raises."""
        make_folder(str(connection.settings_dict["NAME"]))
        try:
            with transaction.atomic(), connection.cursor() as cursor:

                def run(sql: str, *arguments: Any) -> Sequence[Sequence[Any]]:
                    cursor.execute(sql, arguments or None)
                    return cursor.fetchall() if cursor.description else []

                yield run
        finally:
            if self._keeps_open and connection.errors_occurred:
                connection.close()
            elif not self._keeps_open:
                connection.close_if_unusable_or_obsolete()
