"""The source of applications for `check`, which has them in a process of their own."""

APPS = '''
import asyncio, os, time

def only_http(function):
    async def application(scope, receive, send):
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        await function(scope, receive, send)
    return application

START = {"type": "http.response.start", "status": 200, "headers": []}

@only_http
async def fine(scope, receive, send):
    await send(START)
    await send({"type": "http.response.body", "body": b"fine"})

@only_http
async def waits(scope, receive, send):
    await asyncio.sleep(1000)

@only_http
async def blocks(scope, receive, send):
    time.sleep(1000)

@only_http
async def leaves(scope, receive, send):
    print("last words")
    os._exit(7)

@only_http
async def stubborn(scope, receive, send):
    while True:
        try:
            await asyncio.sleep(1000)
        except asyncio.CancelledError:
            pass

@only_http
async def floods(scope, receive, send):
    await send(START)
    while True:
        await send({"type": "http.response.body", "body": b"x", "more_body": True})

@only_http
async def escapes(scope, receive, send):
    print("\\x1b[2J\\x1b]0;renamed\\x07" * 100)
    await send({**START, "headers": [(b"X-\\x1b[2J", b"[/nope]\\x9b31m")]})
    await send({"type": "http.response.body", "body": b"\\x1b[2J"})

@only_http
async def capital(scope, receive, send):
    await send({**START, "headers": [(b"X-Name", b"a")]})
    await send({"type": "http.response.body", "body": b"x"})

@only_http
async def late(scope, receive, send):
    await fine(scope, receive, send)
    await send({"type": "http.response.body", "body": b"x"})

def make():
    return fine

class Old:
    """ASGI 2."""
    def __init__(self, scope):
        self.scope = scope
    async def __call__(self, receive, send):
        await fine(self.scope, receive, send)

def wsgi(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]

def wsgi_blocks(environ, start_response):
    time.sleep(1000)

def wsgi_leaves(environ, start_response):
    os._exit(1)
'''

HELLO = """
def starlette():
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route, WebSocketRoute
    async def hello(request):
        return PlainTextResponse("hello")
    async def echo(request):
        return PlainTextResponse(await request.body())
    async def talk(socket):
        await socket.accept()
        async for text in socket.iter_text():
            await socket.send_text(text)
    return Starlette(routes=[
        Route("/", hello), Route("/echo", echo, methods=["POST"]),
        WebSocketRoute("/", talk),
    ])

def fastapi():
    from fastapi import Body, FastAPI
    app = FastAPI()
    @app.get("/")
    def hello():
        return "hello"
    @app.get("/items/{number}")
    async def item(number: int, q: str):
        return [number, q]
    @app.post("/echo")
    async def echo(body: dict):
        return body
    return app

def litestar():
    from litestar import Litestar, get
    @get("/")
    async def hello() -> str:
        return "hello"
    return Litestar([hello])

def quart():
    from quart import Quart, websocket
    app = Quart("hello")
    @app.get("/")
    async def hello():
        return "hello"
    @app.websocket("/")
    async def talk():
        while True:
            await websocket.send(await websocket.receive())
    return app

def flask():
    from flask import Flask, request
    app = Flask("hello")
    @app.get("/")
    def hello():
        return "hello"
    @app.post("/echo")
    def echo():
        return request.get_data()
    return app

def _django():
    import types
    from django.conf import settings
    from django.http import HttpResponse
    from django.urls import path
    urls = types.ModuleType("urls")
    urls.urlpatterns = [path("", lambda request: HttpResponse("hello"))]
    settings.configure(ROOT_URLCONF=urls, ALLOWED_HOSTS=["*"], SECRET_KEY="x")

def django_asgi():
    _django()
    from django.core.asgi import get_asgi_application
    return get_asgi_application()

def django_wsgi():
    _django()
    from django.core.wsgi import get_wsgi_application
    return get_wsgi_application()
"""
