"""Test clients, as text: modules of a session of its own, each with an `ask`."""

APPS = """
async def asgi(scope, receive, send):
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    await receive()
    headers = [(b"content-length", b"9")] if scope["path"] == "/bad" else []
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})

def asgi2(scope):
    async def instance(receive, send):
        await asgi(scope, receive, send)
    return instance

def wsgi(environ, start_response):
    bad = environ["PATH_INFO"] == "/bad"
    start_response("200 OK", [("Content-Length", "9")] if bad else [])
    return [b"hello"]
"""

PAGES = """
from django.conf import settings
settings.configure(ROOT_URLCONF="pages", ALLOWED_HOSTS=["*"])
import django
django.setup()
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path as route

def page(request):
    response = HttpResponse("hello")
    if request.path == "/bad":
        response["Content-Length"] = "9"
    response.set_cookie("a", "b")
    return response

def stream(request):
    return StreamingHttpResponse([b"hello"])

urlpatterns = [route("bad", page), route("good", page), route("stream", stream)]
"""

CLIENTS = {
    "starlette": """
from starlette.testclient import TestClient
import apps

def ask(path):
    TestClient(apps.asgi).get(path)
""",
    "httpx": """
import asyncio, httpx, apps

URL = "http://x"

def ask(path):
    async def once():
        transport = httpx.ASGITransport(apps.asgi)
        async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
            await client.get(path)
    asyncio.run(once())
""",
    "httpx_by_keyword": """
import httpx, apps

URL = "http://x"

def ask(path):
    transport = httpx.WSGITransport(app=apps.wsgi)
    with httpx.Client(transport=transport, base_url=URL) as client:
        client.get(path)
""",
    "httpx2": """
import asyncio, httpx2, apps

URL = "http://x"

def ask(path):
    async def once():
        transport = httpx2.ASGITransport(apps.asgi)
        async with httpx2.AsyncClient(transport=transport, base_url=URL) as client:
            await client.get(path)
    asyncio.run(once())
    transport = httpx2.WSGITransport(apps.wsgi)
    with httpx2.Client(transport=transport, base_url=URL) as client:
        client.get("/")
""",
    "asgiref": """
import asyncio, apps
from asgiref.testing import ApplicationCommunicator

def ask(path):
    async def once():
        scope = {"type": "http", "method": "GET", "path": path}
        one = ApplicationCommunicator(apps.asgi2, scope)
        await one.send_input({"type": "http.request"})
        await one.receive_output()
        await one.receive_output()
        await one.wait()
    asyncio.run(once())
""",
    "async_asgi_testclient": """
import asyncio, apps
from async_asgi_testclient import TestClient

def ask(path):
    asyncio.run(TestClient(apps.asgi).get(path))
""",
    "asgi_tools": """
import asyncio, apps
from asgi_tools.tests import ASGITestClient

def ask(path):
    asyncio.run(ASGITestClient(apps.asgi).get(path))
""",
    "webtest": """
import apps
from webtest import TestApp

def ask(path):
    TestApp(apps.wsgi, lint=False).get(path)
""",
    "werkzeug": """
import apps
from werkzeug.test import Client

def ask(path):
    assert Client(apps.wsgi).get(path).get_data()
""",
    "flask": """
from flask import Flask, Response, session

app = Flask(__name__)
app.secret_key = "x"

@app.route("/<name>")
def page(name):
    response = Response("hello")
    if name == "bad":
        response.headers["Content-Length"] = "9"
    return response

def ask(path):
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["a"] = "b"
    with client:
        assert client.get(path).data == b"hello"
""",
    "django": """
import pages
from django.test import Client

def ask(path):
    assert Client().get("/stream").getvalue() == b"hello"
    assert Client().get(path).status_code == 200
""",
    "django_async": """
import asyncio
import pages
from django.test import AsyncClient

def ask(path):
    asyncio.run(AsyncClient().get(path))
""",
}
