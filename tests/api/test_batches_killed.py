"""Batches survive: killed with SIGKILL between every two steps, nothing is submitted twice."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from api.batch_cases import N_VICTIMS, asked, collect, fill, outcomes
from servers.batch_server import BatchServer
from servers.victims import Nursery

pytestmark = pytest.mark.slow
N_MESSAGES = 16
"""Before and after each: four to submit, two looks as it goes on, one at its end, its results."""
N_WRITES = 21
"""Transactions of the ledger, from the first table to the codings."""


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """Yield where processes are forked."""
    with Nursery("api.batch_cases") as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a codebook and a chat of three answers."""
    return fill(tmp_path, N_VICTIMS)


def assert_all_is_well(folder: Path, server: BatchServer) -> None:
    """Check that every post was asked about once, in one batch, and is coded."""
    counts = asked(server)
    assert [counts[n] for n in range(1, N_VICTIMS + 1)] == [1] * N_VICTIMS
    assert len(server.batches) == 1
    found = outcomes(folder / "codings.jsonl").values()
    assert sum(each.kind == "quoted" for each in found) == N_VICTIMS


@pytest.mark.parametrize("step", range(N_MESSAGES))
def test_killed_at_a_message_to_the_server(folder: Path, nursery: Nursery, step: int) -> None:
    """Before or after each upload, each batch made, each look and each download."""
    left = step

    def watch(_when: str, _call: str) -> None:
        nonlocal left
        left -= 1
        if left == -1:
            os.kill(victim, signal.SIGKILL)

    with BatchServer(watch=watch) as server:
        victim = nursery.start("run_to_the_end", str(folder), server.url)
        assert nursery.was_killed(victim)
        assert not nursery.was_killed(nursery.start("run_to_the_end", str(folder), server.url))
        assert_all_is_well(folder, server)


def test_those_are_all_the_steps_there_are(folder: Path, nursery: Nursery) -> None:
    """So no step is left out above."""
    heard: list[str] = []
    with BatchServer(watch=lambda when, call: heard.append(f"{when} {call}")) as server:
        arguments = ("run_to_the_end", str(folder), server.url)
        victim = nursery.start(*arguments, dies_at=N_WRITES + 1)
        assert not nursery.was_killed(victim)
        assert_all_is_well(folder, server)
    assert len(heard) == N_MESSAGES


@pytest.mark.parametrize("step", range(1, N_WRITES + 1))
def test_killed_at_a_write_to_the_ledger(folder: Path, nursery: Nursery, step: int) -> None:
    """Just after each transaction."""
    with BatchServer() as server:
        victim = nursery.start("run_to_the_end", str(folder), server.url, dies_at=step)
        assert nursery.was_killed(victim)
        assert not nursery.was_killed(nursery.start("run_to_the_end", str(folder), server.url))
        assert_all_is_well(folder, server)


def test_two_submissions_at_once_ask_about_each_post_once(folder: Path, nursery: Nursery) -> None:
    """One waits for the other, and has nothing left to submit; both get their codings."""
    with BatchServer() as server:
        pair = [
            nursery.start("submit_to", str(folder), server.url, f"{n}.jsonl", "2") for n in range(2)
        ]
        assert [nursery.was_killed(each) for each in pair] == [False, False]
        assert len(server.batches) == 2
        collect(folder)
        assert len(server.executed) == N_VICTIMS
    assert outcomes(folder / "0.jsonl") == outcomes(folder / "1.jsonl")
