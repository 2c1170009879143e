"""A WebSocket echo in Channels, beside a consumer that answers HTTP."""

import django
from channels.generic.http import AsyncHttpConsumer
from channels.generic.websocket import AsyncWebsocketConsumer, WebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.urls import path

settings.configure(LOGGING_CONFIG=None, SECRET_KEY="for a loopback only")
django.setup(set_prefix=False)


class Hello(AsyncHttpConsumer):
    async def handle(self, body: bytes) -> None:
        await self.send_response(200, b"Hello")


class Echo(AsyncHttpConsumer):
    async def handle(self, body: bytes) -> None:
        await self.send_response(200, body)


class Stream(AsyncHttpConsumer):
    async def handle(self, body: bytes) -> None:
        await self.send_headers(status=200)
        for piece in (b"one", b"two", b"three"):
            await self.send_body(piece, more_body=True)
        await self.send_body(b"")


class Talk(AsyncWebsocketConsumer):
    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        await self.send(text_data, bytes_data)


class TalkInThreads(WebsocketConsumer):
    def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        self.send(text_data, bytes_data)


application = ProtocolTypeRouter(
    {
        "http": URLRouter(
            [
                path("", Hello.as_asgi()),
                path("echo", Echo.as_asgi()),
                path("stream", Stream.as_asgi()),
            ]
        ),
        "websocket": URLRouter(
            [
                path("talk", Talk.as_asgi()),
                path("talk-in-threads", TalkInThreads.as_asgi()),
            ]
        ),
    }
)
