"""What holds for every test: no network but loopback, and nothing from the user's environment."""

import signal
import socket
from collections.abc import Iterator

import pytest
from servers.openai_server import ScriptedServer

_LOOPBACK = ("localhost", "127.", "::1", "0.0.0.0")  # noqa: S104 # compared with, never bound
_GUARD = pytest.MonkeyPatch()
_ENVIRONMENT = (
    "ALL_PROXY",
    "ANTHROPIC_BASE_URL",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
)


def pytest_configure() -> None:
    """Refuse every connection that leaves the machine, and every look-up of a name.

    What starts the tests in the background may have Ctrl-C ignored by all that comes of it, and
    tests that press it would wait for ever.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def check(host: object) -> None:
        name = host.decode() if isinstance(host, bytes) else host
        if isinstance(name, str) and not name.startswith(_LOOPBACK):
            # Not an OSError, which code under test would take for an unreachable server.
            pytest.fail(f"a test tried to reach {name}; only loopback is allowed")

    def guarded_connect(self: socket.socket, address: tuple[object, ...] | str | bytes) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            check(address[0])
        connect(self, address)

    def guarded_look_up(host: str | bytes | None, *args: object, **kwargs: object) -> object:
        check(host)
        return look_up(host, *args, **kwargs)  # type: ignore[arg-type] # passed on as they came

    _GUARD.setattr(socket.socket, "connect", guarded_connect)
    _GUARD.setattr(socket, "getaddrinfo", guarded_look_up)


def pytest_unconfigure() -> None:
    """Give the sockets back."""
    _GUARD.undo()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what asks a real model, unless `-m live` asks for it."""
    if "live" in str(config.getoption("markexpr")):
        return
    reason = "asks a real model, made by `python evals/local_model.py`: run with pytest -m live"
    for item in items:
        if "live" in item.keywords:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """Yield a model server on loopback that codes posts by keyword, until it is told otherwise."""
    with ScriptedServer() as running:
        yield running
