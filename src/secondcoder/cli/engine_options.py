"""Options of `code` that send stretches of a chat to several workers."""

import sys
from contextlib import AbstractContextManager, nullcontext, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import secondcoder
from secondcoder.cli.parsing import one_of
from secondcoder.errors import InputError

if TYPE_CHECKING:
    from secondcoder.schema.shards import EngineOptions

Engine = Annotated[
    str | None,
    typer.Option(help="Code in shards by several workers: 'processes' of this machine, or 'ray'."),
]
Workers = Annotated[
    int | None, typer.Option(help="Shards coded at once; they share all limits. Default: 2.")
]
ShardPosts = Annotated[int | None, typer.Option(help="Posts per shard. Default: 5000.")]
ShardFolder = Annotated[
    Path | None,
    typer.Option(help="For shards; all workers must see it. Default: beside the output."),
]
RayAddress = Annotated[
    str | None,
    typer.Option(help="Ray cluster: auto, HOST:PORT or ray://…. Default: one made here."),
]


def engine_options(
    engine: str | None,
    workers: int | None,
    shard_posts: int | None,
    folder: Path | None,
    ray_address: str | None,
) -> "EngineOptions | None":
    """Return how to code in shards; None where no engine is named.

    Raises:
        InputError: If a value is out of its range, or is of no use without an engine.
    """
    from pydantic import ValidationError  # noqa: PLC0415  # --help need not load pydantic

    given = {
        "workers": workers,
        "shard_posts": shard_posts,
        "folder": folder,
        "ray_address": ray_address,
    }
    given = {name: value for name, value in given.items() if value is not None}
    name = one_of(engine, "--engine", ("processes", "ray"))
    if name is None:
        if given:
            option = _option(next(iter(given)))
            raise InputError(f"{option} is for --engine processes or --engine ray; name one")
        return None
    if ray_address is not None and name != "ray":
        raise InputError("--ray-address is for --engine ray; leave it out, or name that engine")
    try:
        return secondcoder.EngineOptions.model_validate({"name": name, **given})
    except ValidationError as error:
        problem = error.errors()[0]
        option = _option(str(problem["loc"][0]))
        raise InputError(f"{option} {problem['input']}: {problem['msg']}") from error


def refuse_workers(engine: "EngineOptions | None") -> None:
    """Refuse an engine where a provider's batches do the work.

    Raises:
        InputError: If one is named.
    """
    if engine is not None:
        raise InputError("--batch needs no workers: the provider does the work; drop --engine")


def chatter_aside(engine: "EngineOptions | None") -> AbstractContextManager[object]:
    """Return what keeps standard output for what was asked for: Ray prints its troubles there."""
    return nullcontext() if engine is None else redirect_stdout(sys.stderr)


def _option(name: str) -> str:
    return "--shard-folder" if name == "folder" else f"--{name.replace('_', '-')}"
