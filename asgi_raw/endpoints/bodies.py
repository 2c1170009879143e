"""Chapter 3: request bodies, forms and uploads."""

from hashlib import sha256

from asgi_compare.domain.multipart import MalformedMultipart, boundary_of, parts
from asgi_raw.events import (
    Receive,
    Scope,
    Send,
    body_pieces,
    header,
    json_object,
    parameters,
    read_body,
    respond,
    text,
)


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the body that came."""
    # Kept until the request is whole (www, "Request"). If pieces went back at once, a
    # client that sends all of its body before it reads would block us, and we it.
    kept = [piece async for piece in body_pieces(receive)]
    kind = header(scope, b"content-type") or b"application/octet-stream"
    await respond(send, b"".join(kept), headers=[(b"content-type", kind)])


async def form(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the fields of a form, in the order in which they came."""
    # Only a form that is whole has a meaning: half a number is another number (www,
    # "Request").
    body = await read_body(receive)
    await json_object(send, {"form": parameters(body)})


async def csrf_form(scope: Scope, receive: Receive, send: Send) -> None:
    """The same; nothing here guards it against requests forged by other pages."""
    await form(scope, receive, send)


async def upload(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the fields of a multipart form, and the digests of its files."""
    body = await read_body(receive)
    content_type = header(scope, b"content-type") or b""
    try:
        boundary = boundary_of(content_type.decode("latin-1"))
        found = parts(body, boundary)
    except MalformedMultipart as error:
        return await text(send, str(error), status=400)
    await json_object(
        send,
        {
            "fields": [
                (part.name, part.content.decode("utf-8", "replace"))
                for part in found
                if part.filename is None
            ],
            "files": [
                {
                    "name": part.name,
                    "filename": part.filename,
                    "content_type": part.content_type,
                    "size": len(part.content),
                    "sha256": sha256(part.content).hexdigest(),
                }
                for part in found
                if part.filename is not None
            ],
        },
    )
