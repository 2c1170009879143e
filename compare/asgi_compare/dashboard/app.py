"""The dashboard's application, by hand on ASGI: files, a small API, two WebSockets.

    GET  /TOKEN/                  the page, and below it its files and the reports
    GET  /TOKEN/api/subjects      what runs, and what can be asked
    POST /TOKEN/api/ask           one request to all, or to those that are named
    POST /TOKEN/api/record        the same in workers: what crossed the interface
    POST /TOKEN/api/load          a bounded load on one
    GET  /TOKEN/api/source?...    an endpoint in the four applications
    GET  /TOKEN/api/run?...       the matrix of a stored run; evidence; what changed
    WS   /TOKEN/live              what each process uses, twice a second
    WS   /TOKEN/console           one conversation with all of them

Each answer to the API is JSON. What goes wrong is `{"error": sentence}` with 400.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from asgi_compare.contract import ENDPOINTS, SCENARIOS
from asgi_compare.contract.parse import TARGET
from asgi_compare.contract.scenario import Request
from asgi_compare.dashboard import asking, load, stored
from asgi_compare.dashboard.console import Console
from asgi_compare.dashboard.forms import FormError, form_from, path_from, request_from
from asgi_compare.dashboard.guard import (
    POLICY,
    REPORT_POLICY,
    Guard,
    protective_headers,
)
from asgi_compare.dashboard.live import EVERY, Watch
from asgi_compare.dashboard.sources import sources_of
from asgi_compare.dashboard.subjects import Subject, known
from asgi_compare.model.results import Run

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

STATIC = Path(__file__).parent / "static"
MAX_BODY = 2 << 20
"""Bytes of a request to the API."""
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}


class Dashboard:
    """The application; `runs` are those that the command line has named."""

    def __init__(
        self,
        guard: Guard,
        subjects: Mapping[str, Subject],
        runs: Sequence[Run] = (),
        reports: Sequence[Path] = (),
    ) -> None:
        self._guard = guard
        self._subjects = subjects
        self._runs = runs
        self._reports = reports
        frames = " ".join(each.running.address for each in subjects.values())
        self._policy = POLICY.format(frames=frames)
        self._api: dict[tuple[str, str], Callable[..., Awaitable[Any]]] = {
            ("GET", "subjects"): self._list,
            ("POST", "ask"): self._ask,
            ("POST", "record"): self._record,
            ("POST", "load"): self._load,
            ("GET", "source"): self._source,
            ("GET", "run"): self._run,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            raise ValueError(f"Expected http or websocket, but got {scope['type']!r}.")

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        if refusal := self._guard.refuses(scope):
            status, sentence = refusal
            await self._respond(send, status, sentence.encode(), "text/plain")
            return
        path = scope["path"].removeprefix(f"/{self._guard.token}")
        if not path.startswith("/api/"):
            await self._file(path, send)
            return
        try:
            status, answer = 200, await self._answer(scope, receive, path)
        except (FormError, stored.RunError) as error:
            status, answer = 400, {"error": str(error)}
        except NotThere as error:
            status, answer = 404, {"error": str(error)}
        body = json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace")
        await self._respond(send, status, body, "application/json")

    async def _answer(self, scope: Scope, receive: Receive, path: str) -> Any:
        function = self._api.get((scope["method"], path.removeprefix("/api/")))
        if function is None:
            raise NotThere(f"There is no {scope['method']} {path}.")
        if scope["method"] == "GET":
            query = parse_qs(scope["query_string"].decode("latin-1"))
            return await function({name: values[-1] for name, values in query.items()})
        return await function(form_from(await _body(receive)))

    async def _list(self, query: Mapping[str, str]) -> Any:
        return {
            "subjects": [
                {
                    "id": each.id,
                    "interface": each.interface,
                    "server": each.server,
                    "address": each.running.address,
                }
                for each in self._subjects.values()
            ],
            "endpoints": [
                {
                    "name": each.name,
                    "methods": each.methods,
                    "path": each.path,
                    "does": each.does,
                }
                for each in ENDPOINTS.values()
                if each.path
            ],
            "scenarios": [
                {
                    "name": name,
                    "shows": each.shows,
                    "method": each.exchange.method,
                    "target": each.exchange.target.decode("latin-1"),
                    "headers": "\n".join(
                        f"{n.decode()}: {v.decode('latin-1')}"
                        for n, v in each.exchange.headers
                    ),
                    "body": b"".join(each.exchange.body)[:10_000].decode(
                        "utf-8", "replace"
                    ),
                }
                for name, each in SCENARIOS.items()
                if isinstance(each.exchange, Request)
                and TARGET.fullmatch(each.exchange.target.decode("latin-1"))
            ],
            "runs": len(self._runs),
            "reports": [each.name for each in self._reports],
        }

    async def _ask(self, form: Mapping[str, Any]) -> Any:
        subjects = known(self._subjects, form.get("ids"))
        return await asking.answers_to(subjects, request_from(form))

    async def _record(self, form: Mapping[str, Any]) -> Any:
        subjects = known(self._subjects, form.get("ids"))
        request = request_from(form)
        return {
            "scenario": asking.scenario_name(request),
            "records": await asking.events_of(subjects, request),
        }

    async def _load(self, form: Mapping[str, Any]) -> Any:
        [subject] = known(self._subjects, [form.get("id")])
        return await load.put(subject, load.load_from(form))

    async def _source(self, query: Mapping[str, str]) -> Any:
        endpoint = query.get("endpoint", "")
        if endpoint not in ENDPOINTS:
            raise NotThere(f"There is no endpoint {endpoint!r}.")
        return {"sources": await asyncio.to_thread(sources_of, endpoint)}

    async def _run(self, query: Mapping[str, str]) -> Any:
        if not self._runs:
            raise NotThere(
                "No run was named: asgi-compare run --json run.json, and then "
                "asgi-compare serve --run run.json."
            )
        run = self._runs[-1]
        if "scenario" in query:
            cell = query.get("cell", "")
            return {"lines": stored.evidence(run, query["scenario"], cell)}
        return {**stored.matrix(run), "changed": stored.changed(self._runs)}

    async def _file(self, path: str, send: Send) -> None:
        name = path.lstrip("/") or "index.html"
        files = {each.name: each for each in STATIC.iterdir()}
        reports = {f"reports/{n}": each for n, each in enumerate(self._reports)}
        if name in reports:
            body = await asyncio.to_thread(reports[name].read_bytes)
            await self._respond(send, 200, body, "text/html", REPORT_POLICY)
        elif name in files:
            kind = TYPES[files[name].suffix]
            await self._respond(send, 200, files[name].read_bytes(), kind)
        else:
            await self._respond(send, 404, b"There is no such page.", "text/plain")

    async def _respond(
        self, send: Send, status: int, body: bytes, kind: str, policy: str = ""
    ) -> None:
        headers = [
            (b"content-type", f"{kind}; charset=utf-8".encode()),
            (b"content-length", str(len(body)).encode()),
            *protective_headers(policy or self._policy),
        ]
        await send(
            {"type": "http.response.start", "status": status, "headers": headers}
        )
        await send({"type": "http.response.body", "body": body})

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        path = scope["path"].removeprefix(f"/{self._guard.token}/")
        talks = {"live": self._watch, "console": self._converse}
        if self._guard.refuses(scope) or path not in talks:
            await send({"type": "websocket.close", "code": 1008})
            return
        await send({"type": "websocket.accept"})

        async def tell(message: Any) -> None:
            text = json.dumps(message, ensure_ascii=True)
            with suppress(OSError):  # www, "Disconnected Client"
                await send({"type": "websocket.send", "text": text})

        await talks[path](receive, tell)

    async def _watch(
        self, receive: Receive, tell: Callable[[Any], Awaitable[None]]
    ) -> None:
        watch = Watch(self._subjects)

        async def look() -> None:
            while True:
                await tell(await watch.look())
                await asyncio.sleep(EVERY)

        tasks = [
            asyncio.create_task(look()),
            asyncio.create_task(watch.count_hops()),
        ]
        try:
            while (await receive())["type"] != "websocket.disconnect":
                pass  # the page only listens
        finally:
            for task in tasks:
                task.cancel()

    async def _converse(
        self, receive: Receive, tell: Callable[[Any], Awaitable[None]]
    ) -> None:
        console: Console | None = None
        try:
            while (event := await receive())["type"] != "websocket.disconnect":
                try:
                    message = form_from(event.get("text") or "")
                    if "open" in message:
                        if console is not None:
                            await console.close()
                        console = self._console(message["open"], tell)
                        console.open()
                    elif console is not None and "say" in message:
                        await console.say(str(message["say"]))
                    elif console is not None and "close" in message:
                        await console.close()
                except FormError as error:
                    await tell({"id": "", "at": 0, "what": "error", "text": str(error)})
        finally:
            if console is not None:
                await console.close()

    def _console(self, wish: Any, tell: Callable[[Any], Awaitable[None]]) -> Console:
        if not isinstance(wish, Mapping):
            raise FormError("Expected a JSON object to open.")
        subjects = known(self._subjects, wish.get("ids"))
        path, kind = path_from(wish, "path"), wish.get("kind")
        if kind not in ("ws", "sse"):
            raise FormError(f"Expected 'ws' or 'sse', but got {kind!r}.")
        return Console(subjects, "ws" if kind == "ws" else "sse", path, tell)


class NotThere(LookupError):
    """What was asked for is not there; the message says what to do."""


async def _body(receive: Receive) -> bytes:
    body = b""
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise FormError("The page has left.")
        piece: bytes = event.get("body", b"")
        body += piece
        if len(body) > MAX_BODY:
            raise FormError(f"Expected at most {MAX_BODY:,} bytes.")
        if not event.get("more_body", False):
            return body
