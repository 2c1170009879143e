"""To stop when the client has left, whatever the application is doing."""

import asyncio

from asgi_raw.events import Application, Event, Receive, Scope, Send


def stops_with_the_client(app: Application) -> Application:
    """Cancel the application when "http.disconnect" comes.

    The server tells it to whoever asks; so somebody has to ask. That is done here, in
    a task beside the application, from the end of the request on. What the application
    itself receives goes through a queue, since two cannot wait for the same event.

    After the last piece of a response a server gives "http.disconnect" as well (www,
    "Disconnect - receive event"), so what the application still does is cancelled, too.
    """

    async def stopping(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        arrived: asyncio.Queue[Event] = asyncio.Queue(maxsize=1)

        async def listen() -> None:
            while (event := await receive())["type"] != "http.disconnect":
                await arrived.put(event)

        listening = asyncio.create_task(listen())
        answering = asyncio.ensure_future(app(scope, arrived.get, send))
        both: set[asyncio.Future[None]] = {listening, answering}
        try:
            done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # which raises what the application has raised
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)

    return stopping
