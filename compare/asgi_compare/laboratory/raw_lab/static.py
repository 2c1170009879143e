"""The files of a folder, and no others.

A path from a client must never be joined to a folder: `..` leads out of it, a path that
begins with a slash replaces it, and a link leads anywhere. Whoever looks for all such
tricks forgets one. So here it is done the other way round: the files are listed once,
when the application is made, and what is not in the list is not there. WhiteNoise does
the same.
"""

import asyncio
import mimetypes
from hashlib import sha256
from pathlib import Path

from asgi_compare.laboratory.raw_lab.validators import is_known
from asgi_raw.events import Application, Receive, Scope, Send, header, respond, text


def files(app: Application, prefix: str, folder: Path) -> Application:
    """Answer for the files of `folder` below `prefix`; `app` answers for the rest."""
    listed = listing(prefix, folder)

    async def with_files(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(prefix):
            return await app(scope, receive, send)
        if scope["method"] not in ("GET", "HEAD"):
            only = [(b"allow", b"GET, HEAD")]
            return await text(send, "Method Not Allowed", 405, only)
        path = listed.get(scope["path"])
        if path is None:
            return await text(send, "Not Found", status=404)
        await answer(path, scope, send)

    return with_files


def listing(prefix: str, folder: Path) -> dict[str, Path]:
    """Return each file by its path in a URL; links that lead out of the folder are not.

    Nor is what begins with a dot: it was not put there to be read by everybody.
    """
    home = folder.resolve()
    within = {path.relative_to(home): path for path in sorted(home.rglob("*"))}
    return {
        f"{prefix}{name.as_posix()}": path
        for name, path in within.items()
        if path.is_file()
        and path.resolve().is_relative_to(home)
        and not any(part.startswith(".") for part in name.parts)
    }


async def answer(path: Path, scope: Scope, send: Send) -> None:
    """Answer with a file, or say that it is still the same."""
    # In a thread: a disk may be slow, and the event loop has others to serve.
    content = await asyncio.to_thread(path.read_bytes)
    etag = b'"%s"' % sha256(content).hexdigest()[:32].encode()
    if is_known(header(scope, b"if-none-match") or b"", etag):
        return await respond(send, b"", 304, [(b"etag", etag)])
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    fields = [
        (b"content-type", kind.encode()),
        # A browser that guesses takes a text that was uploaded for a script.
        (b"x-content-type-options", b"nosniff"),
        (b"etag", etag),
    ]
    # The server cuts the body off when the method is HEAD; its length stays.
    await respond(send, content, headers=fields)
