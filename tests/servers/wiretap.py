"""A wire that is listened to: bytes go on to a server, and every one that left is kept."""

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class Wiretap:
    """Stands between a client and a server; a context manager. `sent` is what the client sent."""

    def __init__(self, url: str | None = None) -> None:
        """Listen on a free port of loopback.

        Args:
            url: Base URL of the server; None: nobody answers, it is only counted who called.
        """
        self._target = urlsplit(url) if url is not None else None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._kept = bytearray()
        self._open: list[socket.socket] = []
        self.n_calls = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Return the base URL a client is given."""
        path = self._target.path if self._target is not None else ""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}{path}"

    @property
    def sent(self) -> bytes:
        """Return every byte that left so far, of all connections."""
        return bytes(self._kept)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Hang up."""
        for one in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.n_calls += 1
            self._open.append(client)
            if self._target is None:
                continue
            server = socket.create_connection((self._target.hostname, self._target.port))
            self._open.append(server)
            for source, goal, is_kept in ((client, server, True), (server, client, False)):
                threading.Thread(
                    target=self._pass_on, args=(source, goal, is_kept), daemon=True
                ).start()

    def _pass_on(self, source: socket.socket, goal: socket.socket, is_kept: bool) -> None:  # noqa: FBT001
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                if is_kept:
                    self._kept += data
                goal.sendall(data)
            goal.shutdown(socket.SHUT_WR)
