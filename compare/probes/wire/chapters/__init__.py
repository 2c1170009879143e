"""The wire cases, chapter by chapter, each case a record.

    content_length, chunked, transfer_codings
                              where a message ends
    fields, targets, versions the head: header fields, the request line, Host
    connections, bodies       keep-alive, pipelining, Expect, what nobody reads
    limits                    sizes and waits that are reported
    responses, extensions, contentless, failing
                              what becomes of a response, and of none
    sending                   does `send` refuse what is no event?
    scopes, disconnects       what the application is told, at the start and at the end
    websockets, ws_answers    the handshake, from both sides
    ws_frames, ws_broken      what comes after it: frames, good and bad,
    ws_sending, ws_closing    what the application sends, and the end
    http2                     where it is spoken without TLS
    http2_websocket           there, and where it offers extended CONNECT
    tls, tls_handshake, tls_extension
                              over TLS: what differs, what is chosen, what is told
    unix                      on a Unix domain socket
    wsgi, wsgi_input          what only WSGI has
    lifecycles                start-up and shut-down; with servers of their own

The instrumented application imports this table as well, and finds its script in it.
"""

from __future__ import annotations

from compare.probes.wire.acts import Act
from compare.probes.wire.case import Case
from compare.probes.wire.chapters import (
    bodies,
    chunked,
    connections,
    content_length,
    contentless,
    disconnects,
    extensions,
    failing,
    fields,
    http2,
    http2_websocket,
    lifecycles,
    limits,
    responses,
    scopes,
    sending,
    targets,
    tls,
    tls_extension,
    tls_handshake,
    transfer_codings,
    unix,
    versions,
    websockets,
    ws_answers,
    ws_broken,
    ws_closing,
    ws_frames,
    ws_sending,
    wsgi,
    wsgi_input,
)

CHAPTERS: dict[str, tuple[Case, ...]] = {
    "Content-Length": content_length.CASES,
    "chunks": chunked.CASES,
    "transfer codings": transfer_codings.CASES,
    "header fields": fields.CASES,
    "request line": targets.CASES,
    "versions and Host": versions.CASES,
    "connections": connections.CASES,
    "bodies": bodies.CASES,
    "limits and waits": limits.CASES,
    "responses": responses.CASES,
    "trailers and hints": extensions.CASES,
    "no content": contentless.CASES,
    "failures": failing.CASES,
    "send": sending.CASES,
    "scope and events": scopes.CASES,
    "disconnects": disconnects.CASES,
    "WebSocket handshake": websockets.CASES,
    "WebSocket answers": ws_answers.CASES,
    "WebSocket frames": ws_frames.CASES,
    "broken WebSocket frames": ws_broken.CASES,
    "WebSocket sending": ws_sending.CASES,
    "WebSocket close": ws_closing.CASES,
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
    case.id: case for cases in CHAPTERS.values() for case in cases
}
"""All cases by id, in the order of the chapters."""
CHAPTER_OF: dict[str, str] = {
    case.id: chapter for chapter, cases in CHAPTERS.items() for case in cases
}
SCRIPTS: dict[str, tuple[Act, ...]] = {
    case.name: case.script for case in CASES.values()
}
"""What the application does, by the name of the case."""
