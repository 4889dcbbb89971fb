"""Options for workers: what fits together, and what is said where it does not."""

import sys
from pathlib import Path

import pytest

from secondcoder.cli.engine_options import chatter_aside, engine_options, refuse_workers
from secondcoder.errors import InputError
from secondcoder.schema.shards import EngineOptions


def test_without_an_engine_there_are_no_workers() -> None:
    """One process codes."""
    assert engine_options(None, None, None, None, None) is None
    refuse_workers(None)


def test_what_is_given_is_taken_and_the_rest_is_the_default() -> None:
    """Of both engines."""
    assert engine_options("processes", 4, None, Path("s"), None) == EngineOptions(
        workers=4, folder=Path("s")
    )
    assert engine_options("ray", None, 9, None, "auto") == EngineOptions(
        name="ray", shard_posts=9, ray_address="auto"
    )


@pytest.mark.parametrize(
    ("engine", "workers", "folder", "address", "message"),
    [
        (None, 2, None, None, "--workers is for --engine processes or --engine ray; name one"),
        (None, None, Path("s"), None, "--shard-folder is for --engine"),
        ("processes", None, None, "auto", "--ray-address is for --engine ray"),
        ("threads", None, None, None, "--engine threads: write processes or ray"),
        ("ray", 0, None, None, "--workers 0: "),
    ],
)
def test_what_does_not_fit_is_named(
    engine: str | None,
    workers: int | None,
    folder: Path | None,
    address: str | None,
    message: str,
) -> None:
    """The option, and what to do."""
    with pytest.raises(InputError, match=message):
        engine_options(engine, workers, None, folder, address)


def test_batches_need_no_workers() -> None:
    """The provider does the work."""
    with pytest.raises(InputError, match="drop --engine"):
        refuse_workers(EngineOptions())


def test_what_an_engine_prints_is_not_taken_for_the_result(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Ray prints on standard output when a worker dies."""
    with chatter_aside(EngineOptions(name="ray")):
        sys.stdout.write("(raylet) a worker died\n")
    with chatter_aside(None):
        sys.stdout.write("{}\n")
    assert capsys.readouterr() == ("{}\n", "(raylet) a worker died\n")
