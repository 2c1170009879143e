"""The source of applications that misbehave, and of modules that cannot be loaded."""

APPS = """
import asyncio, os, stat, subprocess, sys, threading, time
from pathlib import Path

HERE = Path(__file__).parent
count = 0

async def answer(send, body=b"fine"):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})

def tell_pid():
    (HERE / "new").write_text(str(os.getpid()))
    os.replace(HERE / "new", HERE / "pid")

def sockets():
    for number in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                yield number
        except OSError:
            pass

async def application(scope, receive, send):
    await globals()[scope["path"][1:]](send)

async def fine(send):
    await answer(send)

async def pid(send):
    await answer(send, b"%d" % os.getpid())

async def leave(send):
    print("last words", end="")
    os._exit(7)

async def crash(send):
    import ctypes
    ctypes.string_at(0)

async def spin(send):
    while True:
        pass

async def sleep(send):
    time.sleep(1000)

async def wait(send):
    tell_pid()
    await asyncio.sleep(1000)

async def stubborn(send):
    while True:
        try:
            await asyncio.sleep(1000)
        except asyncio.CancelledError:
            pass

async def flood(send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while True:
        await send({"type": "http.response.body", "body": b"x", "more_body": True})

async def torrent(send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    body = bytes(10 << 20)
    while True:
        await send({"type": "http.response.body", "body": body, "more_body": True})

async def shout(send):
    for _ in range(10):
        print("\\x1b[2J" * (256 << 10))
    await answer(send)

async def shout_and_leave(send):
    print("\\x1b[2J")
    print("x" * (10 << 20))
    os._exit(1)

async def close_outputs(send):
    os.close(1)
    os.close(2)
    await answer(send)

async def close_everything(send):
    os.closerange(0, 64)
    await answer(send)

async def have_children(send):
    subprocess.Popen(["sleep", "1000"])
    if os.fork() == 0:
        time.sleep(1000)
    await answer(send)

async def leave_children(send):
    subprocess.Popen(["sleep", "1000"])
    os._exit(3)

async def leave_later(send):
    await answer(send)
    threading.Timer(0.05, os._exit, [9]).start()

async def babble(send):
    for number in sockets():
        os.write(number, b"\\0\\0\\0\\x02[]")
    await asyncio.sleep(1000)

async def boast(send):
    for number in sockets():
        os.write(number, b"\\xff" * 100)
    await asyncio.sleep(1000)

async def forge(send):
    text = b'{"transcript": {}}'
    for number in sockets():
        os.write(number, len(text).to_bytes(4, "big") + text)
    await asyncio.sleep(1000)

async def excuse(send):
    text = b'{"no target": "there is nothing here"}'
    for number in sockets():
        os.write(number, len(text).to_bytes(4, "big") + text)
    await asyncio.sleep(1000)

async def counting(send):
    global count
    count += 1
    await answer(send, b"%d" % count)

async def environment(send):
    await answer(send, os.environ["GREETING"].encode())

async def other(scope, receive, send):
    await answer(send, b"other")

def wsgi(environ, start_response):
    if environ["PATH_INFO"] == "/sleep":
        time.sleep(1000)
    if environ["PATH_INFO"] == "/leave":
        os._exit(7)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"fine"]

def asgi2(scope):
    async def instance(receive, send):
        await answer(send, b"older")
    return instance

def make():
    return application

not_callable = 5
"""


BAD = {
    "leaving": "import os; print('so long', flush=True); os._exit(3)",
    "hanging": "import time; time.sleep(1000)",
    "raising": "1 / 0",
    "forging": 'import os\nos.write(FD, b\'\\0\\0\\0\\x0e{"ready": "x"}\')',
}
