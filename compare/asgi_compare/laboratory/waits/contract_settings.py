"""The settings of `django_app`, for a project in one file that serves pages of its own.

To be called before anything of Django is imported that reads settings.
"""

from typing import Any

from django.conf import settings

from django_app import settings as of_the_contract


def configure(urls: str, **changes: Any) -> None:
    """Use them with the URLs of a module, and with changes; the first call counts."""
    if not settings.configured:
        chosen = {k: v for k, v in vars(of_the_contract).items() if k.isupper()}
        settings.configure(**chosen | {"ROOT_URLCONF": urls} | changes)
