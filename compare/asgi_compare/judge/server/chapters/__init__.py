"""The wire cases, chapter by chapter, each case a record.

    http1/       where a message ends, the head, the connection, limits, the response
    interface/   what the application is told, what becomes of what it sends; start, end
    websocket/   the handshake from both sides, frames good and bad, messages, the close
    http2/       requests, and WebSocket by extended CONNECT
    transport/   TLS, its handshake and its extension; Unix domain sockets

The instrumented application imports this table as well, and finds its script in it.
"""

from __future__ import annotations

from dataclasses import replace

from asgi_compare.judge.server.acts import Act
from asgi_compare.judge.server.case import Case
from asgi_compare.judge.server.chapters.http1 import (
    bodies,
    chunk_syntax,
    chunked,
    connections,
    content_length,
    contentless,
    fields,
    limits,
    response_syntax,
    responses,
    targets,
    transfer_codings,
    versions,
)
from asgi_compare.judge.server.chapters.http2 import requests as http2
from asgi_compare.judge.server.chapters.http2 import websocket as http2_websocket
from asgi_compare.judge.server.chapters.interface import (
    calls,
    disconnects,
    extensions,
    failing,
    lifecycles,
    scopes,
    sending,
    wsgi,
    wsgi_input,
)
from asgi_compare.judge.server.chapters.transport import (
    tls,
    tls_extension,
    tls_handshake,
    unix,
)
from asgi_compare.judge.server.chapters.websocket import answers as ws_answers
from asgi_compare.judge.server.chapters.websocket import broken as ws_broken
from asgi_compare.judge.server.chapters.websocket import close_codes, compression
from asgi_compare.judge.server.chapters.websocket import closing as ws_closing
from asgi_compare.judge.server.chapters.websocket import frames as ws_frames
from asgi_compare.judge.server.chapters.websocket import handshake as websockets
from asgi_compare.judge.server.chapters.websocket import lengths as ws_lengths
from asgi_compare.judge.server.chapters.websocket import sending as ws_sending
from asgi_compare.judge.server.chapters.wsgi_texts import ON_WSGI

CHAPTERS: dict[str, tuple[Case, ...]] = {
    "Content-Length": content_length.CASES,
    "chunks": chunked.CASES,
    "chunk syntax": chunk_syntax.CASES,
    "transfer codings": transfer_codings.CASES,
    "header fields": fields.CASES,
    "request line": targets.CASES,
    "versions and Host": versions.CASES,
    "connections": connections.CASES,
    "bodies": bodies.CASES,
    "limits and waits": limits.CASES,
    "responses": responses.CASES,
    "response syntax": response_syntax.CASES,
    "trailers and hints": extensions.CASES,
    "no content": contentless.CASES,
    "failures": failing.CASES,
    "send": sending.CASES,
    "scope and events": scopes.CASES,
    "disconnects": disconnects.CASES,
    "calls": calls.CASES,
    "WebSocket handshake": websockets.CASES,
    "WebSocket answers": ws_answers.CASES,
    "WebSocket frames": ws_frames.CASES,
    "broken WebSocket frames": ws_broken.CASES,
    "WebSocket lengths": ws_lengths.CASES,
    "WebSocket compression": compression.CASES,
    "WebSocket sending": ws_sending.CASES,
    "WebSocket close": ws_closing.CASES,
    "close codes": close_codes.CASES,
    "HTTP/2": http2.CASES,
    "WebSocket on HTTP/2": http2_websocket.CASES,
    "TLS": tls.CASES,
    "TLS handshake": tls_handshake.CASES,
    "TLS extension": tls_extension.CASES,
    "Unix domain sockets": unix.CASES,
    "WSGI input": wsgi_input.CASES,
    "WSGI output": wsgi.CASES,
    "start-up and shut-down": lifecycles.CASES,
}
CASES: dict[str, Case] = {
    case.id: replace(case, on_wsgi=ON_WSGI.get(case.name))
    for cases in CHAPTERS.values()
    for case in cases
}
"""All cases by id, in the order of the chapters."""
CHAPTER_OF: dict[str, str] = {
    case.id: chapter for chapter, cases in CHAPTERS.items() for case in cases
}
SCRIPTS: dict[str, tuple[Act, ...]] = {
    case.name: case.script for case in CASES.values()
}
"""What the application does, by the name of the case."""
