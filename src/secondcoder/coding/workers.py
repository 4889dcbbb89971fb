"""Workers on this machine: processes that are sent a shard and send back what became of it.

Each is a fresh interpreter that speaks over its pipes, so a program that starts workers needs no
`if __name__ == "__main__"`, and a worker whose starter is gone ends at once. A key travels through
the pipe: it stands in no command line, environment or file.
"""

import asyncio
import os
import pickle
import queue
import signal
import struct
import sys
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import IO, Protocol, Self

from pydantic import SecretStr

from secondcoder.coding.monitor import Pause, Pauses, Told
from secondcoder.coding.shards import Shard, attempt
from secondcoder.errors import SecondCoderError, WorkerLostError
from secondcoder.schema.shards import ShardManifest

_HEADER = struct.Struct("<Q")
"""Each message is its length in bytes, then a pickle."""


class Workers(Protocol):
    """What runs `attempt` elsewhere, for as many shards at once as there are places."""

    async def code(self, place: int, shard: Shard, api_key: SecretStr | None) -> ShardManifest:
        """Return what became of a shard; raise the error that ended it.

        A shard whose worker dies is coded again, with what was answered; a few times, then it is a
        `WorkerLostError`.

        Args:
            place: Which worker, from 0; never one that is busy.
            shard: What to code.
            api_key: The provider's, where one is needed.
        """
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def manifest_of(found: ShardManifest | SecondCoderError) -> ShardManifest:
    """Return what a worker sent back, or raise the error it sent in its place."""
    if isinstance(found, SecondCoderError):
        raise found
    return found


def lost(shard: Shard, n_times: int) -> str:
    """Return what to say of a shard whose workers keep dying."""
    return (
        f"the worker on shard {shard.key[:12]} died {n_times} times without a word: often its "
        f"memory ran out, so try fewer --shard-posts or fewer --workers; what was answered is "
        f"kept: run the same again to go on"
    )


class ProcessWorkers:
    """Workers that are processes of this machine."""

    def __init__(self, n_workers: int, *, max_retries: int, told: Told | None = None) -> None:
        """Prepare; a worker is started when it is first needed.

        Args:
            n_workers: How many there may be.
            max_retries: How often a shard whose worker died is coded again.
            told: Told why nothing is asked when a first worker pauses, and None when none does.
        """
        self._pauses = Pauses(told)
        self._processes: list[asyncio.subprocess.Process | None] = [None] * n_workers
        self._max_retries = max_retries

    async def code(self, place: int, shard: Shard, api_key: SecretStr | None) -> ShardManifest:
        """Return what became of a shard, as `Workers.code` does.

        Raises:
            WorkerLostError: If its workers keep dying; what else ended the shard is raised, too.
        """
        for _ in range(self._max_retries + 1):
            found = await self._ask(place, pickle.dumps((shard, api_key)))
            if found is not None:
                return manifest_of(found)
        raise WorkerLostError(lost(shard, self._max_retries + 1))

    async def _ask(self, place: int, order: bytes) -> ShardManifest | SecondCoderError | None:
        """Return what a worker says; None: it died.

        Raises:
            TypeError: If it says something else than it should.
        """
        process = self._processes[place] or await self._start(place)
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018
        try:
            process.stdin.write(_HEADER.pack(len(order)) + order)
            await process.stdin.drain()
            found = await _heard(process.stdout)
            while isinstance(found, Pause):
                self._pauses.note(place, found.why)
                found = await _heard(process.stdout)
        except (asyncio.IncompleteReadError, ConnectionError):
            await process.wait()
            self._processes[place] = None
            return None
        finally:
            self._pauses.note(place, None)
        if not isinstance(found, ShardManifest | SecondCoderError):
            raise TypeError(f"a worker sent a {type(found).__name__}")
        return found

    async def _start(self, place: int) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "secondcoder.coding.workers",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self._processes[place] = process
        return process

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the workers go: one that is in the midst of a shard ends at once."""
        processes = [process for process in self._processes if process is not None]
        for process in processes:
            if process.stdin is not None:
                process.stdin.close()
        await asyncio.gather(*(process.wait() for process in processes))


async def _heard(stream: asyncio.StreamReader) -> object:
    """Return the next that a worker says."""
    (length,) = _HEADER.unpack(await stream.readexactly(_HEADER.size))
    return pickle.loads(await stream.readexactly(length))  # noqa: S301  # our own


def serve(orders: IO[bytes], answers: IO[bytes]) -> None:
    """Code shards as they are sent, until the sender is gone: a worker's life.

    Args:
        orders: Each a pickled shard and key.
        answers: Takes what became of each, and every `Pause` on the way.
    """
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def listen() -> None:
        while True:
            header = orders.read(_HEADER.size)
            if len(header) < _HEADER.size:
                # Whoever sent the shard is gone. Another may be coding it already: not twice.
                os._exit(0)
            waiting.put(orders.read(_HEADER.unpack(header)[0]))

    def say(what: object) -> None:
        message = pickle.dumps(what)
        answers.write(_HEADER.pack(len(message)) + message)
        answers.flush()

    threading.Thread(target=listen, daemon=True).start()
    while True:
        shard, api_key = pickle.loads(waiting.get())  # noqa: S301  # our own
        say(attempt(shard, api_key, lambda why: say(Pause(why))))


def main(streams: Sequence[int] = (0, 1)) -> None:
    """Serve the process that started this one over standard input and output."""
    # Ctrl-C reaches the whole group; who started the workers decides what becomes of them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    orders, answers = (os.dup(stream) for stream in streams)
    # What a library prints must not be taken for an answer.
    os.dup2(2, streams[1])
    with os.fdopen(orders, "rb") as reading, os.fdopen(answers, "wb") as writing:
        serve(reading, writing)


if __name__ == "__main__":
    main()
