"""The transport beneath the SDK: aiohttp, whose parser is compiled, in the SDK's own terms.

The SDK's usual transport takes as much processor time for a request as all the rest of it, and more
with each connection, as it asks every one of them whether it is alive before it uses one.
`benchmarks/throughput.py` measures it; docs/decisions has the figures.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import aiohttp
import httpx2
from yarl import URL

_IDLE_S = 4.0
"""Connections are closed sooner than servers close them (uvicorn: after 5 s), so that no request
is sent into one that is closing."""

# The narrowest first. What aiohttp raises for a connection that breaks off is an OSError too.
_MEANING: Final = (
    (aiohttp.ConnectionTimeoutError, httpx2.ConnectTimeout),
    (asyncio.TimeoutError, httpx2.ReadTimeout),
    (aiohttp.ClientConnectorError, httpx2.ConnectError),
    (aiohttp.ServerFingerprintMismatch, httpx2.ConnectError),
    (aiohttp.InvalidURL, httpx2.UnsupportedProtocol),
    (aiohttp.NonHttpUrlClientError, httpx2.UnsupportedProtocol),
    (aiohttp.ServerDisconnectedError, httpx2.RemoteProtocolError),
    (aiohttp.ClientResponseError, httpx2.RemoteProtocolError),
    (aiohttp.ClientError, httpx2.ReadError),
    (OSError, httpx2.ReadError),
)


class Answered(NamedTuple):
    """A whole answer as it came. To make the SDK's of it takes as long as to read it."""

    status: int
    headers: Mapping[str, str]
    raw_headers: Sequence[tuple[bytes, bytes]]
    content: bytes
    """Compressed, if the headers say so."""

    @property
    def is_plain_success(self) -> bool:
        """Whether its content is what was asked for, and not compressed."""
        return 200 <= self.status < 300 and "content-encoding" not in self.headers  # noqa: PLR2004

    def response(self, request: httpx2.Request) -> httpx2.Response:
        """Return it in the SDK's own terms, decompressed."""
        return httpx2.Response(
            self.status, headers=self.raw_headers, content=self.content, request=request
        )


class Transport(httpx2.AsyncBaseTransport):
    """Sends requests over as many connections as there are requests in flight."""

    def __init__(self) -> None:
        """Open nothing yet: connections belong to the event loop that runs then."""
        self._session: aiohttp.ClientSession | None = None
        self._url: tuple[httpx2.URL, URL] | None = None

    # typing.override, which mypy asks for here, needs Python 3.12.
    async def handle_async_request(  # type: ignore[explicit-override]
        self, request: httpx2.Request
    ) -> httpx2.Response:
        """Return the whole response, its body included.

        If there is none, that is an error of httpx2's, of the class that says why.
        """
        content = await request.aread()
        return (await self.answer(request, request.headers.multi_items(), content)).response(
            request
        )

    async def answer(
        self, like: httpx2.Request, headers: Sequence[tuple[str, str]], body: bytes
    ) -> Answered:
        """Return the whole answer to a request like another, with headers and a body of its own.

        If there is none, that is an error of httpx2's, of the class that says why.
        """
        if self._session is None:
            self._session = _session(is_secure=like.url.scheme == "https")
        limits = like.extensions.get("timeout", {})
        try:
            async with self._session.request(
                like.method,
                self._address(like.url),
                headers=headers,
                data=body,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(
                    sock_connect=limits.get("connect"), sock_read=limits.get("read")
                ),
            ) as response:
                content = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            meaning = next(theirs for ours, theirs in _MEANING if isinstance(error, ours))
            raise meaning(str(error) or type(error).__name__, request=like) from error
        return Answered(response.status, response.headers, response.raw_headers, content)

    def _address(self, url: httpx2.URL) -> URL:
        """Return the address in aiohttp's form; nearly all requests go to the same one."""
        # The same object, not an equal one: they are compared by being written out.
        if self._url is None or self._url[0] is not url:
            self._url = (url, URL(str(url), encoded=True))
        return self._url[1]

    async def aclose(self) -> None:  # type: ignore[explicit-override]  # as above
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


def _session(*, is_secure: bool) -> aiohttp.ClientSession:
    # Loading the certificates takes as long as a hundred requests.
    certificates = httpx2.create_ssl_context() if is_secure else True
    return aiohttp.ClientSession(
        # How many requests are in flight is decided before they come here.
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_IDLE_S, ssl=certificates),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,  # httpx2 does it
    )
