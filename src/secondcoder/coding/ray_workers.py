"""Workers of a Ray cluster: shards as tasks, on whatever machines the cluster has.

Needs the extra `ray`. Every machine needs the same version of secondcoder, sees the folder of
shards under the same path, and reaches the model's server.
"""

import asyncio
import logging
import os
import socket
import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from pydantic import SecretStr

from secondcoder.coding.shards import Shard, attempt
from secondcoder.coding.workers import lost, manifest_of
from secondcoder.errors import InputError, MissingExtraError, WorkerLostError
from secondcoder.schema.shards import EngineOptions, ShardManifest

if TYPE_CHECKING:
    from ray.remote_function import RemoteFunction

_PATIENCE_S = 10.0
"""For a first sign of the cluster."""


class RayWorkers:
    """Workers that are tasks of a Ray cluster."""

    def __init__(self, engine: EngineOptions) -> None:
        """Prepare; nothing is started yet.

        Args:
            engine: How many tasks at once, on which cluster, and how often each is tried.

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
        self._is_ours = False
        self._task: RemoteFunction | None = None

    async def code(
        self,
        place: int,  # noqa: ARG002  # Ray finds a place
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
        try:
            return manifest_of(await coding)
        except self._ray.exceptions.RayError as error:
            raise WorkerLostError(lost(shard, self._engine.max_retries + 1)) from error
        except asyncio.CancelledError:
            self._ray.cancel(coding, force=True)
            raise

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
        self._task = self._ray.remote(num_cpus=1, max_retries=self._engine.max_retries)(attempt)
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
