"""Ctrl-C while held-back posts are scored: what was answered is kept, and the same goes on."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from api.test_refining import CODER, PEOPLE, REPLY
from servers.openai_server import (
    ChatRequest,
    HttpReply,
    ScriptedServer,
    code_by_keyword,
    saying,
)

import secondcoder
from secondcoder.schema.refinements import Refinement
from secondcoder.store.ledger import Ledger

if sys.platform == "win32":
    pytest.skip("a process can't be sent Ctrl-C alone there", allow_module_level=True)


def is_wording(request: ChatRequest) -> bool:
    """Return whether a request asks for sharper wording, and not about a held-back post."""
    return request.user.startswith("Sharpen this theme")


def answering(request: ChatRequest) -> HttpReply:
    """Return wording, or the codings of posts by the words of the themes' names."""
    return saying(request, json.dumps(REPLY)) if is_wording(request) else code_by_keyword(request)


def start(folder: Path, server: ScriptedServer, name: str) -> subprocess.Popen[str]:
    """Return a process that refines with a model, all lines accepted, and a ledger by its name."""
    command = [sys.executable, "-m", "secondcoder", "refine", "coder.jsonl", "people.jsonl"]
    command += ["--coder", "m", "--base-url", server.url, "--accept", "all", "--by", "Ann"]
    return subprocess.Popen(  # noqa: S603  # our own program
        [*command, "-o", f"{name}.yaml", "--ledger", f"{name}.sqlite", "--json"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow  # three processes
@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
def test_ctrl_c_while_scoring_keeps_what_arrived_and_the_same_command_goes_on(
    tmp_path: Path, *, is_after: bool
) -> None:
    """Exit 130, no codebook; then no wording and no kept answer is asked for again."""
    secondcoder.write_codings(CODER, tmp_path / "coder.jsonl")
    secondcoder.write_codings(PEOPLE, tmp_path / "people.jsonl")
    with ScriptedServer(answering) as server:
        output, errors = start(tmp_path, server, "quiet").communicate(timeout=120)
        quiet = Refinement.model_validate_json(output)
        in_all = len(server.requests)
        n_wording = sum(map(is_wording, server.requests))
        server.requests.clear()
        left = 3 + (quiet.n_held_back if is_after else 0)

        def stopping(request: ChatRequest) -> HttpReply:
            nonlocal left
            left -= not is_wording(request)
            if left == 0:
                process.send_signal(signal.SIGINT)
            return answering(request)

        server.script = stopping
        process = start(tmp_path, server, "stopped")
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 130, errors
        assert "the same command goes on" in errors
        assert "Traceback" not in errors
        assert not (tmp_path / "stopped.yaml").exists()
        with Ledger(tmp_path / "stopped.sqlite") as ledger:
            n_kept = len(ledger)
        assert (quiet.n_held_back if is_after else 0) < n_kept < in_all - n_wording
        server.requests.clear()
        output, errors = start(tmp_path, server, "stopped").communicate(timeout=120)
        assert not any(map(is_wording, server.requests))
        assert len(server.requests) == in_all - n_wording - n_kept, errors
    resumed = Refinement.model_validate_json(output)
    assert resumed.usage.n_reused == n_wording + n_kept
    assert (resumed.suggestions, resumed.scores, resumed.verdict) == (
        quiet.suggestions,
        quiet.scores,
        quiet.verdict,
    )
    book = secondcoder.read_codebook(tmp_path / "stopped.yaml")
    assert book.sha256 == secondcoder.read_codebook(tmp_path / "quiet.yaml").sha256
    assert len(book.edits) == 2
