"""The views of the chat: the page, the token, and a connection made of requests.

Under ASGI the connection is a WebSocket (`consumers/chat.py`), and these views say so.
Under WSGI it is what `wsgi_app/systems/chat.py` describes. A view that streams under
WSGI is an ordinary generator, and holds a thread for as long as its client listens.
"""

import json
from collections.abc import Iterator
from time import time

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.urls import path, re_path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from asgi_compare.domain.systems import sse
from asgi_compare.domain.systems.chat.entrance import (
    ALLOWED_ORIGINS,
    LONGEST_BODY,
    sign_in,
    token_in,
)
from asgi_compare.domain.systems.chat.hub import AWAY
from asgi_compare.domain.systems.chat.threads import Client, ThreadHub
from asgi_compare.domain.systems.pages import CHAT, HEADERS
from asgi_compare.domain.systems.tokens import origin_allowed
from asgi_compare.domain.systems.untrusted import Refused
from django_app.streams import is_asgi
from django_app.systems.ports import broker
from django_app.views.streaming import number

HUB = ThreadHub(broker())
LONGEST_WAIT = 20.0
"""Seconds that a long poll may take; a proxy gives up after 30 or 60."""
PULSE = 0.5
"""Seconds after which a stream with nothing to say sends a comment: only who writes
hears that the client has left."""


@require_safe
def chat_page(request: HttpRequest) -> HttpResponseBase:
    """Answer with the page."""
    return HttpResponse(CHAT.read_bytes(), headers=HEADERS)


# A token needs no cookie, so nobody can be made to ask for one against their will.
@csrf_exempt
@require_POST
@never_cache
def chat_token(request: HttpRequest) -> JsonResponse:
    """Answer with a token, which opens one connection."""
    token = sign_in(request.read(LONGEST_BODY + 1), time())
    if isinstance(token, Refused):
        return refuse(token, 400)
    return JsonResponse({"token": token})


@csrf_exempt
@require_POST
def chat_connections(request: HttpRequest) -> JsonResponse:
    """Make a connection for who has a good token, and comes from a page of ours."""
    if is_asgi(request):
        return refuse(Refused("websocket", "Open the WebSocket at ws instead."), 404)
    if not origin_allowed(request.headers.get("Origin"), ALLOWED_ORIGINS):
        return refuse(Refused("origin", "The Origin is not ours."), 403)
    token = token_in([("token", request.GET.get("token", ""))], time())
    if isinstance(token, Refused):
        return refuse(token, 403)
    try:
        if not HUB.first(token.nonce, token.expires, time()):
            used = Refused("used-token", "The token has been used; fetch a new one.")
            return refuse(used, 403)
    except ConnectionError:
        return refuse(AWAY, 503)
    client = HUB.connect(token.user)
    if isinstance(client, Refused):
        return refuse(client, 403)
    return JsonResponse({"connection": client.name}, status=201)


@csrf_exempt
@require_http_methods(["GET", "POST", "DELETE"])
@never_cache
def chat_connection(request: HttpRequest, name: str) -> HttpResponseBase:
    """Say something on a connection, listen to it, or leave."""
    client = HUB.find(name)
    if client is None:
        gone = Refused("not-connected", "The connection has expired; come back.")
        return refuse(gone, 404)
    if request.method == "POST":
        HUB.receive(client, request.read(LONGEST_BODY + 1))
    elif request.method == "DELETE":
        HUB.disconnect(client)
    elif sse.CONTENT_TYPE in request.headers.get("Accept", ""):
        return StreamingHttpResponse(stream_of(client), content_type=sse.CONTENT_TYPE)
    else:
        texts = HUB.take(client, min(number(request, "timeout", 20), LONGEST_WAIT))
        content: dict[str, object] = {"messages": [json.loads(text) for text in texts]}
        if client.ended and not texts:
            content["ended"] = list(client.ended)
            HUB.disconnect(client)
        return JsonResponse(content)
    return HttpResponse(status=204)


def stream_of(client: Client) -> Iterator[bytes]:
    """Return what comes for a client as events, until it has to come back."""
    yield sse.format_comment("connected").encode()
    while True:
        texts = HUB.take(client, PULSE)
        yield "".join(map(sse.format_event, texts)).encode() or b": \n\n"
        if client.ended and not texts:
            break
    code, reason = client.ended
    ended = json.dumps({"code": code, "reason": reason})
    yield sse.format_event(ended, event="ended").encode()
    HUB.disconnect(client)


def refuse(why: Refused, status: int) -> JsonResponse:
    """Answer with the reason."""
    return JsonResponse({"error": why.sentence}, status=status)


urlpatterns = [
    path("systems/chat/", chat_page),
    path("systems/chat/token", chat_token),
    path("systems/chat/connections", chat_connections),
    re_path(r"^systems/chat/connections/(?P<name>[\w-]{1,64})$", chat_connection),
]
