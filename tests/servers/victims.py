"""Processes that are killed: forked from one that has loaded the library, so that each is quick.

with Nursery("api.batch_cases") as nursery:
    victim = nursery.start("run_to_the_end", str(folder), server.url)
    os.kill(victim, signal.SIGKILL)
    assert nursery.was_killed(victim)
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from functools import partial
from importlib import import_module
from types import TracebackType
from typing import Any, Self

from typing_extensions import override


class Nursery:
    """Where they are forked; a context manager. What they say goes to the standard error."""

    def __init__(self, module: str) -> None:
        """Start the process and load a module, whose functions are what they do."""
        command = [sys.executable, "-c", "from servers.victims import serve; serve()", module]
        path = os.pathsep.join(each for each in sys.path if each)
        self._process = subprocess.Popen(  # noqa: S603  # our own module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": path},
        )

    def start(self, function: str, *arguments: str, dies_at: int | None = None) -> int:
        """Start a function in a process of its own; return its id.

        Args:
            function: Its name in the module.
            arguments: Passed on.
            dies_at: It kills itself when it has written to SQLite so many times; None: never.
        """
        return self._say({"function": function, "arguments": arguments, "dies_at": dies_at})

    def was_killed(self, pid: int) -> bool:
        """Wait for the end of a process; return whether it was killed. Any other fault is one."""
        status = self._say({"wait": pid})
        assert status in {0, -signal.SIGKILL}, f"it ended with {status}"
        return status == -signal.SIGKILL

    def _say(self, what: object) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


def serve() -> None:
    """Fork a process for each line of the standard input, or wait for one."""
    module = import_module(sys.argv[1])
    for line in sys.stdin:
        asked = json.loads(line)
        if "wait" in asked:
            answer = os.waitstatus_to_exitcode(os.waitpid(asked["wait"], 0)[1])
        else:
            answer = os.fork()
            if not answer:
                _act(module, asked)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def _act(module: object, asked: dict[str, Any]) -> None:  # JSON
    try:
        if asked["dies_at"] is not None:
            _die_at_commit(asked["dies_at"])
        getattr(module, asked["function"])(*asked["arguments"])
    finally:
        failed = sys.exc_info()[1]
        if failed is not None:
            sys.stderr.write(f"{failed!r}\n")
            sys.stderr.flush()
        os._exit(failed is not None)


def _die_at_commit(left: int) -> None:
    """Make every connection of this process count commits, and end the process at the last."""

    class Counting(sqlite3.Connection):
        @override
        def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # as the base's
            nonlocal left
            cursor = super().execute(sql, parameters)
            left -= sql == "COMMIT"
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
            return cursor

    connect = sqlite3.connect

    sqlite3.connect = partial(connect, factory=Counting)  # type: ignore[assignment]  # has overloads
