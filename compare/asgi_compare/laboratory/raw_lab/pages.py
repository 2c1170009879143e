"""The pages, as in a tutorial: they work, and that is all that can be said of them.

They trust what they are given. Nothing here is an example to follow; what is missing is
what the other files are about. Some things one would not even try by hand (a page to
administer tables, say), and then there is nothing here.
"""

import asyncio
import hashlib
import sqlite3
from collections.abc import Awaitable, Callable
from secrets import token_hex
from urllib.parse import parse_qsl

from asgi_compare.domain import SAMPLE
from asgi_compare.domain.multipart import boundary_of, parts
from asgi_raw.events import (
    Receive,
    Scope,
    Send,
    end,
    header,
    json_object,
    piece,
    query,
    read_body,
    respond,
    start,
    text,
)

HTML = (b"content-type", b"text/html")
LONG = "All work and no play makes Jack a dull boy. " * 120
PIECES = 40
MADE: list[int] = []
CALLED: list[str] = []
FILES, FOLDER = "/lab/files/", SAMPLE.parent


def asked(scope: Scope, name: str, default: str = "") -> str:
    """Return a query parameter."""
    return dict(query(scope)).get(name, default)


async def parameters(scope: Scope, receive: Receive, send: Send) -> None:
    """Return how many query parameters there are, and what the first says."""
    found = query(scope)
    first = found[0][1] if found else ""
    await json_object(send, {"parameters": len(found), "first": first})


async def fields(scope: Scope, receive: Receive, send: Send) -> None:
    """Return how many fields and files a form has."""
    body, kind = await read_body(receive), header(scope, b"content-type") or b""
    if not kind.startswith(b"multipart/"):
        found = parse_qsl(body.decode("latin-1"), keep_blank_values=True)
        return await json_object(send, {"fields": len(found), "files": []})
    of_form = parts(body, boundary_of(kind.decode("latin-1")))
    names = [part.filename for part in of_form if part.filename is not None]
    await json_object(send, {"fields": len(of_form) - len(names), "files": names})


async def body(scope: Scope, receive: Receive, send: Send) -> None:
    """Return how long the body is."""
    await json_object(send, {"length": len(await read_body(receive))})


async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
    """Take a form, wherever it comes from."""
    await json_object(send, {"taken": scope["method"]})


async def any_method(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer whatever comes."""
    await json_object(send, {"method": scope["method"]})


async def address(scope: Scope, receive: Receive, send: Send) -> None:
    """Return where the client thinks it is, and whether the way there is safe."""
    host = (header(scope, b"host") or b"").decode("latin-1")
    url = f"{scope['scheme']}://{host}/here"
    client = (scope.get("client") or ("",))[0]
    secure = scope["scheme"] == "https"
    await json_object(send, {"url": url, "secure": secure, "client": client})


async def order(scope: Scope, receive: Receive, send: Send) -> None:
    """Take an order; whoever forgets to look, sells minus three pieces."""
    form = dict(parse_qsl((await read_body(receive)).decode("latin-1")))
    await json_object(send, {"ordered": int(form["pieces"])})


async def field(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with a header field whose value came from the query."""
    value = asked(scope, "value").encode("latin-1")
    await respond(send, b"ok", headers=[(b"x-value", value)])


async def go(scope: Scope, receive: Receive, send: Send) -> None:
    """Redirect to where the query says."""
    to = asked(scope, "to", "/").encode()
    await respond(send, b"", 302, [(b"location", to)])


async def cookie(scope: Scope, receive: Receive, send: Send) -> None:
    """Set a cookie to what the query says."""
    value = asked(scope, "value", "1").encode("latin-1")
    await respond(send, b"ok", headers=[(b"set-cookie", b"pref=" + value)])


async def page(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with a page; a start and a body, and nothing else."""
    await start(send, 200, [])
    await send({"type": "http.response.body", "body": b"<h1>a page</h1>"})


async def slash(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer under a path that ends with a slash."""
    await text(send, "under a slash")


async def long(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with 5,280 bytes that say the same again and again."""
    await text(send, LONG)


async def greeting(scope: Scope, receive: Receive, send: Send) -> None:
    """Put a name from the query into a page."""
    await respond(send, f"<h1>{asked(scope, 'name')}</h1>".encode(), headers=[HTML])


async def made(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with something that is another one with each call."""
    await json_object(send, {"made": token_hex()})


async def fail(scope: Scope, receive: Receive, send: Send) -> None:
    """Raise."""
    raise RuntimeError("this page always fails")


async def rows(scope: Scope, receive: Receive, send: Send) -> None:
    """Return whether a row has this title; the title is pasted into the query."""
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE note (title)")
        database.execute("INSERT INTO note VALUES ('the first note')")
        title = asked(scope, "title")
        found = database.execute(f"SELECT count(*) FROM note WHERE title = '{title}'")
        await json_object(send, {"found": found.fetchone()[0] > 0})
    database.close()


async def place(scope: Scope, receive: Receive, send: Send) -> None:
    """Return where this runs: everything by hand runs on the event loop."""
    await json_object(send, {"on_the_loop": True})


async def password(scope: Scope, receive: Receive, send: Send) -> None:
    """Check a password; meanwhile the event loop does nothing else."""
    hashlib.pbkdf2_hmac("sha256", b"lovelace", b"salt", 1000)
    await json_object(send, {"good": True, "hashes": 1, "on_the_loop": True})


async def long_stream(scope: Scope, receive: Receive, send: Send) -> None:
    """Send forty pieces, and do not ask whether anybody is there to hear them."""
    MADE.clear()
    await start(send, 200, [])
    for number in range(PIECES):
        MADE.append(number)
        await piece(send, b"%d\n" % number)
        await asyncio.sleep(0.01)
    await end(send)


async def all_made(scope: Scope, receive: Receive, send: Send) -> None:
    """Return whether all pieces of the last stream were made."""
    await json_object(send, {"all_made": len(MADE) == PIECES})


async def swallow(scope: Scope, receive: Receive, send: Send) -> None:
    """Read an upload to its end, taking each event for a piece of the body."""
    length, more = 0, True
    while more:
        event = await receive()
        length += len(event["body"])
        more = event.get("more_body", False)
    await json_object(send, {"length": length})


async def early(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer at once, whatever is still to come of the body."""
    CALLED.append(scope["path"])
    await text(send, "no, thank you")


async def was_called(scope: Scope, receive: Receive, send: Send) -> None:
    """Return whether `early` was called."""
    await json_object(send, {"called": bool(CALLED)})
    CALLED.clear()


async def task(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer, and go on with what the visitor need not wait for."""
    done: list[str] = []
    await json_object(send, {"done_before_the_answer": bool(done)})
    done.append("work")


async def download(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with a file of a folder, wherever the path leads from there."""
    name = scope["path"].removeprefix(FILES)
    await respond(send, await asyncio.to_thread((FOLDER / name).read_bytes))


async def attachment(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with a file to be kept, under a name from the query."""
    disposition = f'attachment; filename="{asked(scope, "name")}"'
    fields = [(b"content-disposition", disposition.encode("latin-1"))]
    await respond(send, b"kept", headers=fields)


async def visits(scope: Scope, receive: Receive, send: Send) -> None:
    """Count the visits of this visitor, in a session if there is one."""
    session = scope.get("session", {})
    session["visits"] = session.get("visits", 0) + 1
    await json_object(send, {"visits": session["visits"]})


PAGES: dict[str, Callable[[Scope, Receive, Send], Awaitable[None]]] = {
    "/lab/parameters": parameters,
    "/lab/fields": fields,
    "/lab/body": body,
    "/lab/guarded": guarded,
    "/lab/only-get": any_method,
    "/lab/any": any_method,
    "/lab/shelf": any_method,
    "/lab/address": address,
    "/lab/order": order,
    "/lab/field": field,
    "/lab/go": go,
    "/lab/go-safely": go,
    "/lab/cookie": cookie,
    "/lab/page": page,
    "/lab/slash/": slash,
    "/lab/long": long,
    "/lab/greeting": greeting,
    "/lab/cached": made,
    "/lab/fail": fail,
    "/lab/rows": rows,
    "/lab/sync-place": place,
    "/lab/async-place": place,
    "/lab/hash-async": password,
    "/lab/hash-sync": password,
    "/lab/async-stream": long_stream,
    "/lab/sync-stream": long_stream,
    "/lab/all-made": all_made,
    "/lab/swallow": swallow,
    "/lab/early": early,
    "/lab/task": task,
    "/lab/was-called": was_called,
    "/lab/attachment": attachment,
    "/lab/visits": visits,
}
