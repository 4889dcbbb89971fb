"""A Ray cluster that is not there is said so at once."""

import asyncio
import sys

import pytest

from secondcoder.coding.hiring import workers_of
from secondcoder.coding.ray_workers import RayWorkers
from secondcoder.errors import InputError, MissingExtraError
from secondcoder.schema.shards import EngineOptions


def test_an_address_where_nothing_listens_is_named() -> None:
    """Ray itself would try for many minutes."""
    pytest.importorskip("ray", reason="Ray is an optional part: pip install '.[ray]'")

    async def enter(address: str) -> None:
        async with workers_of(EngineOptions(name="ray", ray_address=address)):
            pass

    for address in ("127.0.0.1:1", "ray://127.0.0.1:1", "127.0.0.1:99999"):
        with pytest.raises(InputError, match=f"--ray-address {address}: nothing answers there"):
            asyncio.run(enter(address))


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that installs it."""
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'secondcoder\[ray\]'"):
        RayWorkers(EngineOptions(name="ray"))


def test_without_pyarrow_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shards are Parquet."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'secondcoder\[parquet\]'"):
        workers_of(EngineOptions())
