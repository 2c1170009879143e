"""The one place where the interface shows: what kind of iterator a stream has to be.

`StreamingHttpResponse` takes both kinds. Its documentation asks for an async iterator
under ASGI and an ordinary one under WSGI. With the wrong one it still answers, but only
after it has run the iterator to its end and kept all pieces: no stream any more, and a
warning (`StreamingHttpResponse.__aiter__` and `__iter__` in django/http/response.py).

A view that serves both interfaces has to choose, and only the class of its request
tells it where it is.
"""

from collections.abc import AsyncIterator, Iterable

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse


def is_asgi(request: HttpRequest) -> bool:
    """Return whether this request came in by ASGI."""
    return isinstance(request, ASGIRequest)


def streamed(
    request: HttpRequest, pieces: Iterable[bytes], content_type: str
) -> StreamingHttpResponse:
    """Answer with `pieces`, one by one; they must be there without waiting."""
    content = _asynchronously(pieces) if is_asgi(request) else pieces
    return StreamingHttpResponse(content, content_type=content_type)


async def _asynchronously(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
