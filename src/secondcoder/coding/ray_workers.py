"""Workers of a Ray cluster: shards as tasks, on whatever machines the cluster has.

Needs the extra `ray`. Every machine needs the same version of secondcoder, sees the folder of
shards under the same path, and reaches the model's server.
"""

import asyncio
import logging
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from pydantic import SecretStr

from secondcoder.coding.answer_log import NAME_DIGITS
from secondcoder.coding.monitor import Pauses, Told
from secondcoder.coding.shards import Shard, attempt
from secondcoder.coding.workers import lost, manifest_of
from secondcoder.errors import InputError, MissingExtraError, SecondCoderError, WorkerLostError
from secondcoder.schema.shards import EngineOptions, ShardManifest

if TYPE_CHECKING:
    from ray import ObjectRef
    from ray.remote_function import RemoteFunction

_PATIENCE_S = 10.0
"""For a first sign of the cluster."""
_LOOK_EVERY_S = 2.0
"""So often it is seen whether a worker pauses."""


class RayWorkers:
    """Workers that are tasks of a Ray cluster."""

    def __init__(self, engine: EngineOptions, told: Told | None = None) -> None:
        """Prepare; nothing is started yet.

        Args:
            engine: How many tasks at once, on which cluster, and how often each is tried.
            told: Told why nothing is asked when a first worker pauses, and None when none does.

        Raises:
            MissingExtraError: If Ray is not installed.
        """
        if "ray" not in sys.modules:
            # Read when Ray is imported: no statistics of the user's machine go to its makers, and
            # a Ray of our own, which nobody else needs, listens on loopback and nowhere else.
            os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
            if engine.ray_address is None:
                os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
        try:
            import ray  # noqa: PLC0415  # an optional part
        except ImportError as error:
            raise MissingExtraError("ray", "coding on a Ray cluster") from error
        self._ray = ray
        self._engine = engine
        self._pauses = Pauses(told)
        self._is_ours = False
        self._task: RemoteFunction | None = None

    async def code(
        self,
        place: int,  # Ray finds another
        shard: Shard,
        api_key: SecretStr | None,
    ) -> ShardManifest:
        """Return what became of a shard, as `Workers.code` does.

        Raises:
            WorkerLostError: If its workers keep dying; what else ended the shard is raised, too.
            CancelledError: If the run was stopped; the task then is, too.
        """
        assert self._task is not None  # noqa: S101  # as a context manager it is made first
        # The key is an argument of its own: small ones travel with the task and are never spilled
        # to a disk, as large ones may be.
        coding = self._task.remote(shard, api_key)
        done = asyncio.ensure_future(_result(coding))
        try:
            while not (await asyncio.wait([done], timeout=_LOOK_EVERY_S))[0]:
                self._pauses.note(place, pause_of(shard))
            return manifest_of(done.result())
        except self._ray.exceptions.RayError as error:
            raise WorkerLostError(lost(shard, self._engine.max_retries + 1)) from error
        except asyncio.CancelledError:
            self._ray.cancel(coding, force=True)
            raise
        finally:
            done.cancel()
            self._pauses.note(place, None)

    async def __aenter__(self) -> Self:
        """Connect to the cluster, or start one here; one that is connected to is used as it is.

        Raises:
            InputError: If there is no cluster at that address.
        """
        if not self._ray.is_initialized():
            address = self._engine.ray_address
            _check_answers(address)
            own = {"num_cpus": self._engine.workers, "include_dashboard": False}
            try:
                self._ray.init(
                    address=address,
                    log_to_driver=False,
                    logging_level=logging.ERROR,
                    **(own if address is None else {}),
                )
            except (OSError, ValueError, RuntimeError, self._ray.exceptions.RayError) as error:
                where = f"--ray-address {address}" if address else "a Ray of this machine"
                raise InputError(
                    f"{where} can't be used: {_first_line(error)}; start a cluster with 'ray start "
                    f"--head', or leave --ray-address out for one of this machine alone"
                ) from error
            self._is_ours = True
        self._task = self._ray.remote(num_cpus=1, max_retries=self._engine.max_retries)(
            telling_attempt
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the cluster; one that was started here ends."""
        if self._is_ours:
            self._ray.shutdown()


def telling_attempt(shard: Shard, api_key: SecretStr | None) -> ShardManifest | SecondCoderError:
    """Return what `attempt` does; while nothing is asked, a file beside the shard says why.

    A task has no other way to say anything before it ends.
    """

    def tell(why: str | None) -> None:
        with suppress(OSError):  # a disk that is full says so when there is an answer to keep
            if why is None:
                _paused_path(shard).unlink(missing_ok=True)
            else:
                _paused_path(shard).write_text(why, "utf-8")

    tell(None)  # what a worker that was killed said holds no longer
    try:
        return attempt(shard, api_key, tell)
    finally:
        tell(None)


def pause_of(shard: Shard) -> str | None:
    """Return why the worker on a shard asks nothing; None where it does."""
    try:
        return _paused_path(shard).read_text("utf-8") or None
    except OSError:
        return None


def _paused_path(shard: Shard) -> Path:
    return shard.folder / f"paused-{shard.key[:NAME_DIGITS]}.txt"


async def _result(coding: "ObjectRef[object]") -> ShardManifest | SecondCoderError:
    """Return what a task comes to.

    Raises:
        TypeError: If that is something else than it should be.
    """
    found = await coding
    if not isinstance(found, ShardManifest | SecondCoderError):
        raise TypeError(f"a worker sent a {type(found).__name__}")
    return found


def _check_answers(address: str | None) -> None:
    """Refuse an address where nothing listens: Ray itself would try for many minutes.

    Raises:
        InputError: Naming the address.
    """
    host, colon, port = (address or "").removeprefix("ray://").rpartition(":")
    if not colon or not port.isdigit():  # `auto`, or none
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE_S).close()
    except (OSError, OverflowError) as error:
        raise InputError(
            f"--ray-address {address}: nothing answers there ({error}); check it, or start a "
            f"cluster with 'ray start --head'"
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
