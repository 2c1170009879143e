"""Chapter 4: a file, with its validators and its ranges."""

from starlette.requests import Request
from starlette.responses import FileResponse

from asgi_compare.domain import SAMPLE


async def file(request: Request) -> FileResponse:
    """Answer with a file, with what makes it cacheable, or with a part of it."""
    # It gives ETag and Last-Modified, but does not look at If-None-Match and
    # If-Modified-Since: of Starlette's own only `StaticFiles` does.
    return FileResponse(SAMPLE)
