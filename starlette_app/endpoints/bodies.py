"""Chapter 3: request bodies, forms and uploads."""

from hashlib import sha256

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response


async def echo(request: Request) -> Response:
    """Answer with the body that came."""
    kept = [piece async for piece in request.stream()]
    kind = request.headers.get("content-type", "application/octet-stream")
    # As `media_type`, a text/... would be given a charset.
    return Response(b"".join(kept), headers={"content-type": kind})


async def form(request: Request) -> JSONResponse:
    """Answer with the fields of a form, in the order in which they came."""
    async with request.form() as fields:
        return JSONResponse({"form": fields.multi_items()})


async def csrf_form(request: Request) -> JSONResponse:
    """The same; nothing here guards it against requests forged by other pages."""
    return await form(request)


async def upload(request: Request) -> JSONResponse:
    """Answer with the fields of a multipart form, and the digests of its files."""
    # Files beyond a megabyte are on disk until the context ends.
    async with request.form() as parts:
        fields, files = [], []
        for name, value in parts.multi_items():
            if isinstance(value, UploadFile):
                files.append({"name": name, **await digest(value)})
            else:
                fields.append([name, value])
        return JSONResponse({"fields": fields, "files": files})


async def digest(file: UploadFile) -> dict[str, object]:
    """Return what a file is called, and what is in it."""
    content = await file.read()
    return {
        "filename": file.filename,
        "content_type": file.content_type,
        "size": file.size,
        "sha256": sha256(content).hexdigest(),
    }
