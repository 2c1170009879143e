"""Chapter 3: request bodies, forms and uploads."""

from hashlib import sha256
from wsgiref.types import StartResponse

from asgi_compare.domain.multipart import MalformedMultipart, boundary_of, parts
from wsgi_app.environ import (
    Body,
    Environ,
    body_pieces,
    json_object,
    parameters,
    read_body,
    respond,
    text,
)


def echo(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with the body that came."""
    # Kept until the request is whole: a client that sends all of its body before it
    # reads would wait for us as long as we would wait for it.
    kept = list(body_pieces(environ))
    kind = environ.get("CONTENT_TYPE") or "application/octet-stream"
    return respond(start_response, b"".join(kept), headers=[("content-type", kind)])


def form(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with the fields of a form, in the order in which they came."""
    # Only a form that is whole has a meaning: half a number is another number.
    body = read_body(environ)
    return json_object(start_response, {"form": parameters(body)})


def csrf_form(environ: Environ, start_response: StartResponse) -> Body:
    """The same; nothing here guards it against requests forged by other pages."""
    return form(environ, start_response)


def upload(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with the fields of a multipart form, and the digests of its files."""
    body = read_body(environ)
    try:
        boundary = boundary_of(environ.get("CONTENT_TYPE", ""))
        found = parts(body, boundary)
    except MalformedMultipart as error:
        return text(start_response, str(error), status=400)
    return json_object(
        start_response,
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
