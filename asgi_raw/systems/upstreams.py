"""How the gateway speaks HTTP: by httpx2, or by aiohttp with GATEWAY_CLIENT=aiohttp.

Both are used below what most people use of them. A gateway must keep no cookies, which
would be one user's with another one's request, follow no redirects, add no fields, and
undo no content coding.
"""

import os
from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import AbstractContextManager
from typing import Any

from asgi_compare.domain.systems.gateway.loop import Asked, Client, Fields, Response


def client() -> Client:
    """Return a client for this event loop; it keeps connections."""
    return AioClient() if os.environ.get("GATEWAY_CLIENT") == "aiohttp" else XClient()


class Retries:
    """Attempts with growing pauses between them, by stamina."""

    def __init__(self) -> None:
        import stamina  # only here: most run without a gateway

        self._retry_context = stamina.retry_context

    def attempts(
        self, worth: Callable[[Exception], bool]
    ) -> AsyncIterable[AbstractContextManager[object]]:
        """Yield contexts; after an error in one that is `worth` it, another one."""
        # How often, and for how long, is said by `worth`.
        return self._retry_context(
            worth,
            attempts=None,
            timeout=None,
            wait_initial=0.05,
            wait_max=0.2,
            wait_jitter=0.05,
        )


class XClient(Retries):
    """httpx2: its transport, since its client has a cookie jar."""

    def __init__(self) -> None:
        import httpx2

        super().__init__()
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=20)
        self._transport = httpx2.AsyncHTTPTransport(trust_env=False, limits=limits)

    async def open(self, asked: Asked) -> Response:
        """Ask, and return when the answer has begun; the caller limits the time."""
        import httpx2

        request = httpx2.Request(
            asked.method,
            asked.url,
            headers=list(asked.fields),
            content=asked.body or None,
        )
        try:
            return XResponse(await self._transport.handle_async_request(request))
        except (httpx2.TransportError, httpx2.InvalidURL) as error:
            raise ConnectionError(str(error)) from error


class XResponse:
    """An answer of httpx2."""

    def __init__(self, response: Any) -> None:
        self.status: int = response.status_code
        self.fields: Fields = response.headers.raw
        self._response = response

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes, with its content coding."""
        import httpx2

        try:
            async for piece in self._response.aiter_raw():
                yield piece
        except httpx2.TransportError as error:
            raise ConnectionError(str(error)) from error

    async def close(self) -> None:
        """Give the connection back, or hang up if the body was not read."""
        await self._response.aclose()


class AioClient(Retries):
    """aiohttp."""

    def __init__(self) -> None:
        import aiohttp

        super().__init__()
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None),
            connector=aiohttp.TCPConnector(limit=0),
            skip_auto_headers=("user-agent", "accept", "accept-encoding"),
        )

    async def open(self, asked: Asked) -> Response:
        """Ask, and return when the answer has begun; the caller limits the time."""
        import aiohttp
        from yarl import URL

        try:
            return AioResponse(
                await self._session.request(
                    asked.method,
                    URL(asked.url, encoded=True),
                    headers=[
                        (k.decode(), v.decode("latin-1")) for k, v in asked.fields
                    ],
                    data=asked.body or None,
                    allow_redirects=False,
                )
            )
        except aiohttp.ClientError as error:
            raise ConnectionError(str(error)) from error


class AioResponse:
    """An answer of aiohttp."""

    def __init__(self, response: Any) -> None:
        self.status: int = response.status
        self.fields: Fields = response.raw_headers
        self._response = response

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes, with its content coding."""
        import aiohttp

        try:
            async for piece in self._response.content.iter_any():
                yield piece
        except aiohttp.ClientError as error:
            raise ConnectionError(str(error)) from error

    async def close(self) -> None:
        """Give the connection back, or hang up if the body was not read."""
        if not self._response.content.at_eof():
            self._response.close()
        self._response.release()
