"""Chapter 4: a file, with its validators. The view is sync."""

from datetime import UTC, datetime
from hashlib import sha256

from django.http import FileResponse, HttpRequest
from django.utils.http import quote_etag
from django.views.decorators.http import condition, require_safe

from asgi_compare.domain import SAMPLE
from django_app.views.http import TEXT


def _etag(request: HttpRequest) -> str:
    """Name these bytes: any other content has another name."""
    return quote_etag(sha256(SAMPLE.read_bytes()).hexdigest()[:16])


def _last_modified(request: HttpRequest) -> datetime:
    return datetime.fromtimestamp(SAMPLE.stat().st_mtime, UTC)


@require_safe
@condition(etag_func=_etag, last_modified_func=_last_modified)
def file(request: HttpRequest) -> FileResponse:
    """Answer with the file, if the client does not have it yet.

    `condition` answers 304 before this view is called, and adds the validators after.
    Django knows no ranges, so a Range field is not looked at, as RFC 9110 section 14.2
    allows. Under ASGI the file is read to its end before any of it is sent, with a
    warning: a FileResponse is an ordinary iterator (see `streams.py`).
    """
    return FileResponse(SAMPLE.open("rb"), content_type=TEXT)
