"""Parts of Django with one thing left out, for experiments (see LAB_REPLACE).

What a part is for shows best when it is gone. Each function here stands in for one of
Django's and does less. None of this belongs on a server.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async


def effect(*_: Any, **__: Any) -> None:
    """Do nothing, in the place of something that is done for its effect."""


def comparison(*_: Any, **__: Any) -> bool:
    """Take anything for the right one."""
    return True


def masking(secret: str) -> str:
    """Return a secret as it is."""
    return secret


def change(value: Any, *_: Any, **__: Any) -> Any:
    """Return what came, unchanged."""
    return value


def name_check(parser: Any, name: str) -> str:
    """Return the name of a file as it came."""
    return name


def patience(parser: Any) -> Any:
    """Take a multipart form apart, but only if its last boundary is there."""
    from django.http.multipartparser import MultiPartParserError

    body = parser._input_data.read()
    if b"--" + parser._boundary + b"--" not in body:
        raise MultiPartParserError("Expected a last boundary, but there is none.")
    parser._input_data = BytesIO(body)
    return parser._parse()


def unknown_length(get_response: Any) -> Any:
    """Measure each body, so that there is none of unknown length: a middleware."""

    def middleware(request: Any) -> Any:
        length = len(request.body)
        request.META["CONTENT_LENGTH"] = str(length)
        return get_response(request)

    return middleware


def whole_files(get_response: Any) -> Any:
    """Cut the part that was asked for out of a file: a middleware for one range."""
    from django.http import HttpResponse

    def middleware(request: Any) -> Any:
        response = get_response(request)
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers.get("Range", ""))
        if asked is None:
            return response
        first, last = map(int, asked.groups())
        content = response.getvalue()
        response.close()
        fields = {"Content-Range": f"bytes {first}-{last}/{len(content)}"}
        return HttpResponse(content[first : last + 1], status=206, headers=fields)

    return middleware


def disposition(as_attachment: bool, filename: str) -> str:
    """Write a Content-Disposition with the name as it came."""
    return f'attachment; filename="{filename}"'


def end_of_path(pattern: Any, path: str) -> Any:
    """Match a route as `$` would: a line break at the end is let through."""
    match = re.search(pattern.regex.pattern.replace(r"\Z", "$"), path)
    if match is None:
        return None
    found = match.groupdict()
    return (
        path[match.end() :],
        (),
        {name: pattern.converters[name].to_python(found[name]) for name in found},
    )


def head(view: Any, request: Any, *args: Any, **kwargs: Any) -> None:
    """Set a view up without `head`."""
    view.request, view.args, view.kwargs = request, args, kwargs


def field_check(
    headers: Any, value: Any, charset: str, mime_encode: bool = False
) -> str:
    """Take any text for the value of a field."""
    return value.decode(charset) if isinstance(value, bytes) else str(value)


def cookie_attributes(response: Any, key: str, value: str = "", **_: Any) -> None:
    """Set a cookie, and say nothing about it."""
    response.cookies[key] = value


def quoting(jar: Any, value: Any) -> tuple[Any, str]:
    """Write the value of a cookie as it is."""
    return value, str(value)


def answer_to_exceptions(request: Any, exc: Exception) -> Any:
    """Let an exception out, in the place of an answer to it."""
    raise exc


def cleansing(reporter: Any, key: Any, value: Any) -> Any:
    """Show a setting as it is."""
    return value


def second_thoughts(middleware: Any, request: Any, response: Any) -> Any:
    """Hand a response on, and keep nothing."""
    return response


def forgetting(middleware: Any, request: Any, response: Any) -> Any:
    """Keep messages whether they were read or not."""
    request._messages.used = False
    request._messages.added_new = True
    request._messages.update(response)
    return response


def doubt(store: Any) -> dict[str, Any]:
    """Take any key for that of a session that is there."""
    store.model.objects.get_or_create(
        session_key=store.session_key,
        expire_date=store.get_expiry_date(expiry=None),
        session_data=store.encode({}),
    )
    return {"visits": 41}


def signature(signer: Any, value: str, max_age: Any = None) -> str:
    """Cut the time and the signature off, and look at neither."""
    return value.rsplit(":", 2)[0]


def recognition(request: Any) -> Any:
    """Take everybody for a stranger."""
    from django.contrib.auth.models import AnonymousUser

    return AnonymousUser()


def permission(*_: Any, **__: Any) -> bool:
    """Allow nobody anything."""
    return False


def threads(function: Any = None, **_: Any) -> Any:
    """Call a sync function where one is, in the place of `sync_to_async`."""
    if function is None:
        return threads

    async def in_place(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return in_place


async def one_by_one(response: Any) -> AsyncIterator[bytes]:
    """Take each piece of an ordinary iterator in a thread, when it is its turn."""
    pieces = iter(response.streaming_content)
    while (piece := await sync_to_async(lambda: next(pieces, None))()) is not None:
        yield piece


async def ears(handler: Any, receive: Any) -> None:
    """Never hear that the client has left."""
    await asyncio.Event().wait()


async def ears_for_uploads(handler: Any, receive: Any) -> BytesIO:
    """Read a body, and take every event for a piece of it."""
    body, more = BytesIO(), True
    while more:
        event = await receive()
        body.write(event["body"])
        more = event.get("more_body", False)
    body.seek(0)
    return body


async def body(handler: Any, receive: Any) -> BytesIO:
    """Read nothing, and wait for nobody."""
    return BytesIO()


async def own_threads(handler: Any, scope: Any, receive: Any, send: Any) -> None:
    """Answer, and let the sync code of all requests share one thread."""
    await handler.handle(scope, receive, send)


async def scope_check(handler: Any, scope: Any, receive: Any, send: Any) -> None:
    """Answer any scope as if it were of type "http"."""
    async with ThreadSensitiveContext():
        await handler.handle(scope, receive, send)
