"""Hiring: the workers that an engine's name stands for."""

from secondcoder.coding.monitor import Told
from secondcoder.coding.shard_files import needs_parquet
from secondcoder.coding.workers import ProcessWorkers, Workers
from secondcoder.schema.shards import EngineOptions


def workers_of(engine: EngineOptions, told: Told | None = None) -> Workers:
    """Return the workers of an engine; an optional part that is not installed is an `InputError`.

    Nothing is started yet.

    Args:
        engine: Which workers, and how many.
        told: Told why workers ask nothing while the provider is down.
    """
    needs_parquet()
    if engine.name == "ray":
        from secondcoder.coding.ray_workers import RayWorkers  # noqa: PLC0415  # rarely needed

        return RayWorkers(engine, told)
    return ProcessWorkers(engine.workers, max_retries=engine.max_retries, told=told)
