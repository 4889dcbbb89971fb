"""Coding in shards on a Ray of two workers, on loopback, over real HTTP."""

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from api.sharded_chats import (
    N_ANSWERS,
    SHARD_POSTS,
    a_worker,
    days,
    down_until_told,
    killing,
    posts_of,
    write_chat,
)
from pydantic import SecretStr
from servers.openai_server import ScriptedServer, failing

import secondcoder
from secondcoder.errors import PermanentProviderError
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.progress import Listener
from secondcoder.schema.shards import EngineOptions
from secondcoder.schema.summaries import CodingsSummary

KEY = SecretStr("sk-no-one-may-read-this")
ENGINE = EngineOptions(name="ray", workers=2, shard_posts=SHARD_POSTS)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield the folder in which a Ray with two workers keeps its own files."""
    environment = pytest.MonkeyPatch()
    environment.setenv("RAY_USAGE_STATS_ENABLED", "0")
    environment.setenv("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")  # listens on loopback alone
    # Ray would make one in the home of whoever runs the tests.
    token = tmp_path_factory.mktemp("ray") / "token"
    token.write_text(secrets.token_hex(32), "ascii")
    environment.setenv("RAY_AUTH_TOKEN_PATH", str(token))
    ray = pytest.importorskip("ray", reason="Ray is an optional part: pip install '.[ray]'")
    started = ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level=40)
    assert started.address_info["node_ip_address"] == "127.0.0.1"
    environment.setenv("RAY_ADDRESS_OF_THE_TESTS", started.address_info["gcs_address"])
    yield Path(started.address_info["session_dir"])
    ray.shutdown()
    environment.undo()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a codebook and a chat of forty answers."""
    write_chat(tmp_path)
    return tmp_path


def code(
    folder: Path,
    server: ScriptedServer,
    output: str = "codings.jsonl",
    engine: EngineOptions | None = ENGINE,
    progress: Listener | None = None,
) -> CodingsSummary:
    """Code the chat with a model on the local server."""
    return secondcoder.code(
        folder / "chat.csv",
        folder / "codebook.yaml",
        coder="local",
        options=ModelOptions(base_url=server.url, concurrency=2, api_key=KEY),
        output=folder / output,
        engine=engine,
        progress=progress,
    )


def test_a_cluster_codes_what_one_process_codes(
    cluster: Path, folder: Path, server: ScriptedServer
) -> None:
    """Line for line, with as many requests; the key is in no file of ours, and in none of Ray's."""
    summary = code(folder, server)
    assert len(server.requests) == summary.run.usage.n_requests == N_ANSWERS
    headers = {request.headers["authorization"] for request in server.requests}
    assert headers == {f"Bearer {KEY.get_secret_value()}"}
    server.requests.clear()
    code(folder, server, "alone.jsonl", engine=None)
    assert server.requests == [], "the ledger has what the workers were told"
    assert posts_of(folder / "codings.jsonl") == posts_of(folder / "alone.jsonl")
    for path in [*folder.rglob("*"), *cluster.rglob("*")]:
        if path.is_file():
            assert KEY.get_secret_value().encode() not in path.read_bytes(), path


@pytest.mark.usefixtures("cluster")
def test_a_killed_worker_costs_what_was_in_flight(folder: Path, server: ScriptedServer) -> None:
    """Its shard is coded again by another; every post is coded."""
    server.script = killing(server.script, 12, lambda: a_worker(folder / "secondcoder-shards"))
    assert code(folder, server).n_failed == 0
    assert set(days(server.requests)) == set(range(1, N_ANSWERS + 1))
    # The worker had one request in flight, and one reply on its way to the disk.
    assert len(server.requests) <= N_ANSWERS + 2


def start(folder: Path, server: ScriptedServer) -> subprocess.Popen[str]:
    """Start `secondcoder code` on the cluster of the tests."""
    command = [sys.executable, "-m", "secondcoder", "code", "chat.csv", "-c", "codebook.yaml"]
    command += ["--coder", "local", "--base-url", server.url, "--concurrency", "2"]
    command += ["--engine", "ray", "--ray-address", os.environ["RAY_ADDRESS_OF_THE_TESTS"]]
    command += ["--shard-posts", str(SHARD_POSTS)]
    return subprocess.Popen(  # noqa: S603  # our own program
        command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


@pytest.mark.usefixtures("cluster")
def test_a_killed_driver_goes_on_with_what_is_done(folder: Path, server: ScriptedServer) -> None:
    """From the command line: finished shards are used again, and what was answered is not asked."""
    plain = server.script
    process = start(folder, server)
    server.script = killing(plain, 25, lambda: process.pid)
    process.communicate(timeout=300)
    assert process.returncode == -signal.SIGKILL
    server.script = plain
    printed, errors = start(folder, server).communicate(timeout=300)
    assert "42 posts: 40 quoted" in printed, errors
    assert len(list((folder / "secondcoder-shards").glob("codings-*.json"))) == 5
    assert set(days(server.requests)) == set(range(1, N_ANSWERS + 1))
    # Ray ends the tasks of a driver that is gone; each had one request in flight, and one reply on
    # its way to the disk, at most.
    assert len(server.requests) <= N_ANSWERS + 2 * 2


@pytest.mark.usefixtures("cluster")
def test_a_pause_of_tasks_is_told_where_the_run_is(folder: Path, server: ScriptedServer) -> None:
    """With the reason, and that it is over; nothing of it is left beside the shards."""
    heard, hear = down_until_told(server)
    done = code(folder, server, progress=hear)
    assert done.n_failed == 0
    assert heard
    assert set(heard[1::2]) == {None}
    assert all("answered 503" in str(why) for why in heard[::2])
    assert list((folder / "secondcoder-shards").glob("paused-*")) == []


@pytest.mark.usefixtures("cluster")
def test_a_wrong_key_ends_the_run_as_it_does_on_one_machine(
    folder: Path, server: ScriptedServer
) -> None:
    """One sentence, and nothing is written."""
    server.script = lambda _: failing(401)
    with pytest.raises(PermanentProviderError, match=r"refused the key \(401\)") as caught:
        code(folder, server)
    assert type(caught.value) is PermanentProviderError
    assert not (folder / "codings.jsonl").exists()
    assert len(server.requests) <= 2
