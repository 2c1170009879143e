"""How the gateway speaks HTTP: by httpx2, in the thread of the request.

It is used below what most people use of it. A gateway must keep no cookies, which would
be one user's with another one's request, follow no redirects, add no fields, and undo
no content coding. aiohttp needs an event loop, and is no choice here.

A time-out of a thread is one for each read. An upstream that sends its head byte by
byte is waited for longer than the deadline says.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from asgi_compare.domain.systems.gateway.loop import Asked, Fields
from asgi_compare.domain.systems.gateway.threads import Response


class XClient:
    """The transport, since the client has a cookie jar; threads may share it."""

    def __init__(self) -> None:
        # Only here: most run without a gateway.
        import httpx2
        import stamina

        self._retry_context = stamina.retry_context
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=20)
        self._transport = httpx2.HTTPTransport(trust_env=False, limits=limits)

    def open(self, asked: Asked, seconds: float, silence: float) -> Response:
        """Ask, and return when the answer has begun, within so many seconds."""
        import httpx2

        timeout = {"connect": seconds, "read": seconds, "write": seconds}
        request = httpx2.Request(
            asked.method,
            asked.url,
            headers=list(asked.fields),
            content=asked.body or None,
            extensions={"timeout": timeout},
        )
        try:
            response = self._transport.handle_request(request)
        except httpx2.TimeoutException as error:
            raise TimeoutError(str(error)) from error
        except (httpx2.TransportError, httpx2.InvalidURL) as error:
            raise ConnectionError(str(error)) from error
        # The body is read with what stands in the same dictionary then.
        timeout["read"] = silence
        return XResponse(response)

    def attempts(
        self, worth: Callable[[Exception], bool]
    ) -> Iterable[AbstractContextManager[object]]:
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


class XResponse:
    """An answer of httpx2."""

    def __init__(self, response: Any) -> None:
        self.status: int = response.status_code
        self.fields: Fields = response.headers.raw
        self._response = response

    def pieces(self) -> Iterator[bytes]:
        """Yield the body as it comes, with its content coding."""
        import httpx2

        try:
            yield from self._response.iter_raw()
        except httpx2.TimeoutException as error:
            raise TimeoutError(str(error)) from error
        except httpx2.TransportError as error:
            raise ConnectionError(str(error)) from error

    def close(self) -> None:
        """Give the connection back, or hang up if the body was not read."""
        self._response.close()
