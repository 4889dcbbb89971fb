"""Coding in shards by processes of this machine, from the command line over real HTTP."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from api.sharded_chats import (
    N_ANSWERS,
    a_worker,
    days,
    down_until_told,
    killing,
    posts_of,
    write_chat,
)
from servers.openai_server import ChatRequest, HttpReply, ScriptedServer

import secondcoder
from secondcoder import EngineOptions, ModelOptions
from secondcoder.coding.monitor import Pauses
from secondcoder.coding.workers import ProcessWorkers

KEY = "sk-no-one-may-read-this"
ENGINE = ("--engine", "processes", "--workers", "2", "--shard-posts", "20")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a codebook and a chat of forty answers."""
    write_chat(tmp_path)
    return tmp_path


def start(folder: Path, server: ScriptedServer, *words: str) -> subprocess.Popen[str]:
    """Start `secondcoder code` with a model on the local server."""
    command = [sys.executable, "-m", "secondcoder", "code", "chat.csv", "-c", "codebook.yaml"]
    command += ["--coder", "local", "--base-url", server.url, "--concurrency", "2", *words]
    return subprocess.Popen(  # noqa: S603  # our own program
        command,
        cwd=folder,
        env=os.environ | {"OPENAI_API_KEY": KEY},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.slow
def test_a_killed_worker_costs_what_was_in_flight(folder: Path, server: ScriptedServer) -> None:
    """Its shard is coded again; the codings are those of one process, the key is in no file."""
    plain = server.script
    server.script = killing(plain, 7, lambda: a_worker(folder / "secondcoder-shards"))
    process = start(folder, server, *ENGINE, "--json")
    printed, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    assert json.loads(printed)["n_failed"] == 0
    assert set(days(server.requests)) == set(range(1, N_ANSWERS + 1))
    # The worker had one request in flight, and one reply on its way to the disk.
    assert len(server.requests) <= N_ANSWERS + 2, "no more was asked twice than could not be kept"
    assert {request.headers["authorization"] for request in server.requests} == {f"Bearer {KEY}"}
    for path in folder.rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes(), path
    server.requests.clear()
    process = start(folder, server, "-o", "alone.jsonl")
    process.communicate(timeout=60)
    assert server.requests == [], "the ledger has what the workers were told"
    assert posts_of(folder / "codings.jsonl") == posts_of(folder / "alone.jsonl")


@pytest.mark.slow
def test_a_killed_driver_takes_its_workers_along_and_goes_on(
    folder: Path, server: ScriptedServer
) -> None:
    """The same command again asks what was not answered, and what was in flight."""
    plain = server.script
    process = start(folder, server, *ENGINE)
    killed = killing(plain, 15, lambda: process.pid)
    server.script = killed
    process.communicate(timeout=300)
    assert process.returncode == -signal.SIGKILL
    server.script = plain
    n_before = len(server.requests)
    process = start(folder, server, *ENGINE)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    assert set(days(server.requests)) == set(range(1, N_ANSWERS + 1))
    assert n_before < N_ANSWERS
    # Each of the two workers had one request in flight, and one reply on its way to the disk.
    assert len(server.requests) <= N_ANSWERS + 2 * 2


@pytest.mark.slow
def test_a_shard_that_kills_every_worker_ends_the_run(folder: Path, server: ScriptedServer) -> None:
    """Four times, then a sentence and exit code 3."""
    plain = server.script
    killed = set[int]()

    def deadly(request: ChatRequest) -> HttpReply:
        for log in (folder / "secondcoder-shards").glob("answers-*.*.*.jsonl"):
            worker = int(log.name.split(".")[1])
            if worker not in killed:
                killed.add(worker)
                os.kill(worker, signal.SIGKILL)
        return plain(request)

    server.script = deadly
    process = start(folder, server, "--engine", "processes", "--workers", "1")
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 3
    assert "died 4 times without a word" in errors
    assert "Traceback" not in errors


@pytest.mark.slow
def test_a_pause_of_workers_is_told_where_the_command_runs(
    folder: Path, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once for all of them, with the reason; and once that it is over."""
    monkeypatch.chdir(folder)
    heard, hear = down_until_told(server)
    done = secondcoder.code(
        "chat.csv",
        "codebook.yaml",
        coder="local",
        options=ModelOptions(base_url=server.url, posts_per_request=2, patience_s=120),
        output="codings.jsonl",
        engine=EngineOptions(workers=2, shard_posts=20),
        progress=hear,
    )
    assert done.n_failed == 0
    assert len(heard) % 2 == 0
    assert set(heard[1::2]) == {None}
    assert all("answered 503" in str(why) for why in heard[::2])
    assert heard
    assert done.run.usage.n_requests == len(server.requests), "the small ones of the pause, too"


def test_a_pause_lasts_as_long_as_one_of_the_workers_pauses() -> None:
    """One that dies pauses no more."""
    heard = list[str | None]()
    pauses = Pauses(heard.append)
    for place, why in ((0, None), (0, "down"), (1, "down"), (0, None), (1, None), (1, None)):
        pauses.note(place, why)
    assert heard == ["down", None]


def test_workers_that_never_worked_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is started before it is needed."""
    started: list[object] = []

    async def starting(*command: object, **_: object) -> None:
        started.append(command)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", starting)

    async def nothing() -> None:
        async with ProcessWorkers(2, max_retries=0):
            pass

    asyncio.run(nothing())
    assert started == []
