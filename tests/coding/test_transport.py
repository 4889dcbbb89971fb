"""The transport beneath the SDK: whole responses, and errors in the SDK's own terms."""

import asyncio
import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest

from secondcoder.coding.transport import Transport


@contextmanager
def answering(*pieces: bytes, times: int = 1) -> Iterator[str]:
    """Serve these bytes to each connection, whatever it asks, then close it; give the address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for _ in range(times):
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65536)
                    for piece in pieces:
                        connection.sendall(piece)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        thread.join(timeout=5)


def got(url: str, *, timeout_s: float = 5.0) -> httpx2.Response:
    """Return what the address answers to a POST."""

    async def ask() -> httpx2.Response:
        async with httpx2.AsyncClient(transport=Transport(), timeout=timeout_s) as client:
            return await client.post(url, content=b"{}")

    return asyncio.run(ask())


def test_a_body_in_chunks_is_read_whole() -> None:
    """Servers that stream say no length beforehand."""
    head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    with answering(head, b"3\r\none\r\n", b"4\r\n two\r\n0\r\n\r\n") as url:
        assert got(url).text == "one two"


def test_a_compressed_body_is_unpacked_once() -> None:
    """Providers compress their answers."""
    body = gzip.compress(b"said")
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(body)}\r\n\r\n"
    with answering(head.encode(), body) as url:
        assert got(url).text == "said"


def test_a_redirect_is_not_followed() -> None:
    """What is sent goes to the one endpoint and nowhere else."""
    head = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"
    with answering(head) as url:
        assert got(url).status_code == 302


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", httpx2.RemoteProtocolError),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", httpx2.ReadError),
        (b"no http at all\r\n\r\n", httpx2.RemoteProtocolError),
    ],
    ids=["nothing", "half a body", "no HTTP"],
)
def test_a_connection_that_breaks_off_is_no_time_out(answer: bytes, error: type[Exception]) -> None:
    """It is tried again at once, and not counted as a server that hangs."""
    with answering(answer) as url, pytest.raises(error):
        got(url)


def test_a_port_where_nobody_listens_is_a_connection_refused() -> None:
    """The message of a server that is not there hangs on this class."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(httpx2.ConnectError):
        got(f"http://127.0.0.1:{port}/")


def test_a_server_that_says_nothing_is_timed_out() -> None:
    """It takes the request and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(httpx2.ReadTimeout):
            got(f"http://127.0.0.1:{port}/", timeout_s=0.1)


def test_an_address_that_is_none_is_not_supported() -> None:
    """It is refused before anything is opened."""
    with pytest.raises(httpx2.UnsupportedProtocol):
        got("ftp://127.0.0.1/")
