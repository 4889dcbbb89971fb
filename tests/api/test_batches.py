"""Batches, over real HTTP: submitted, collected, split, joined, asked again, counted."""

import json
from pathlib import Path

import pytest
from api.batch_cases import N_POSTS, collect, fill, outcomes, submit
from servers.batch_server import BatchServer

import secondcoder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a codebook and a chat of twelve answers."""
    return fill(tmp_path)


def ordinary(folder: Path, server: BatchServer, **options: str | float | None) -> Path:
    """Code the chat with ordinary requests and a ledger of their own; return the codings."""
    given = {"base_url": server.url, **options}
    output = folder / "ordinary.jsonl"
    secondcoder.code(
        folder / "chat.csv",
        folder / "codebook.yaml",
        coder="openai/tiny",
        options=secondcoder.ModelOptions.model_validate(given),
        output=output,
        ledger=folder / "other.sqlite",
    )
    return output


@pytest.mark.parametrize("pack", [1, 5])
def test_codings_of_a_batch_are_those_of_ordinary_requests(folder: Path, pack: int) -> None:
    """The same posts, quotes, themes and keys; the same bodies were sent, however the lines lie."""
    with BatchServer() as server:
        submitted = submit(folder, server, posts_per_request=pack)
        assert submitted.n_open == N_POSTS
        assert not (folder / "codings.jsonl").exists()
        report = collect(folder)
        quiet = ordinary(folder, server, posts_per_request=pack)
        bodies = [json.dumps(request.body, sort_keys=True) for request in server.executed]
        assert sorted(bodies) == sorted(
            json.dumps(request.body, sort_keys=True) for request in server.requests
        )
    assert report.summaries[0].n_quoted == N_POSTS
    assert outcomes(folder / "codings.jsonl") == outcomes(quiet)


def test_code_afterwards_finds_the_answers_and_asks_nothing(folder: Path) -> None:
    """They lie under the keys that ordinary requests would have; so does a second submission."""
    with BatchServer() as server:
        submit(folder, server)
        collect(folder)
        options = secondcoder.ModelOptions(base_url=server.url)
        summary = secondcoder.code(
            folder / "chat.csv",
            folder / "codebook.yaml",
            coder="openai/tiny",
            options=options,
            output=folder / "again.jsonl",
        )
        again = submit(folder, server, output="third.jsonl")
        assert server.requests == []
        assert len(server.batches) == 1
    assert summary.run.usage.n_reused == N_POSTS
    assert again.summaries[0].n_quoted == N_POSTS
    assert outcomes(folder / "again.jsonl") == outcomes(folder / "third.jsonl")
