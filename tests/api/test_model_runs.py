"""Runs with a model, from the command line over real HTTP: killed, stopped, resumed, refused."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from servers.openai_server import HttpReply, ScriptedServer, failing

import secondcoder
from secondcoder.errors import CodebookError, StoreError
from secondcoder.schema.codings import Failure
from secondcoder.store.ledger import Ledger

BOOK = """
questions:
  - id: Q1
    text: What would help?
themes:
  - id: time
    name: Protected time
    questions: [Q1]
  - id: people
    name: Colleagues who listen
    questions: [Q1]
"""
N_POSTS = 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a codebook and a chat of one question and forty answers."""
    rows = ["id,author,created_at,text", "0,host,2026-05-14T19:00:00Z,Q1: What would help?"]
    rows += [
        f"{n},ann{n},2026-05-14T19:{n:02}:30Z,A1 Protected time on day {n} helps all of us."
        for n in range(1, N_POSTS + 1)
    ]
    (tmp_path / "chat.csv").write_text("\n".join(rows), "utf-8")
    (tmp_path / "codebook.yaml").write_text(BOOK, "utf-8")
    return tmp_path


def start(folder: Path, server: ScriptedServer, *words: str) -> subprocess.Popen[str]:
    """Start `secondcoder code` with a model on the local server."""
    command = [sys.executable, "-m", "secondcoder", "code", "chat.csv", "-c", "codebook.yaml"]
    command += ["--coder", "local-model", "--base-url", server.url, *words]
    return subprocess.Popen(  # noqa: S603  # our own program
        command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def asked(server: ScriptedServer) -> Counter[str]:
    """Return how often each day was asked about; the day is in the post's own words."""
    days: Counter[str] = Counter()
    for request in server.requests:
        for n in range(1, N_POSTS + 1):
            days[str(n)] += f"day {n} helps" in request.user
    return days


def test_a_proposed_codebook_goes_to_a_model_as_it_is(folder: Path, server: ScriptedServer) -> None:
    """`propose`, `codebook rename`, then `code` with a model; no proposal replaces an edit."""
    chat, book = folder / "chat.csv", folder / "proposed.yaml"
    found = secondcoder.propose(chat, output=book)
    (theme_id,) = {theme.theme_id for theme in found.themes}
    with pytest.raises(CodebookError, match="no white space"):
        secondcoder.rename_codebook(book, theme_id, to="the hours", reason="shorter", output=book)
    secondcoder.rename_codebook(book, theme_id, to="hours", reason="shorter", output=book)
    with pytest.raises(StoreError, match=r"1 of people's edits .* --codebook"):
        secondcoder.propose(chat, output=book)
    options = secondcoder.ModelOptions(base_url=server.url, posts_per_request=1)
    summary = secondcoder.code(
        chat, book, coder="m", options=options, output=folder / "codings.jsonl"
    )
    assert (summary.n_failed, len(server.requests)) == (0, N_POSTS)
    longer = secondcoder.propose(chat, codebook=book, output=book)
    assert [edit.kind for edit in longer.codebook.edits][:2] == ["propose", "rename"]


class Killer:
    """A script that lets a process be killed after so many replies have been sent."""

    def __init__(self, server: ScriptedServer, after: int) -> None:
        self._script = server.script
        self._left = after
        self.process: subprocess.Popen[str] | None = None

    def __call__(self, request: object) -> HttpReply:
        """Reply as the server would, and kill the process when its time has come."""
        self._left -= 1
        if self._left == 0 and self.process is not None:
            self.process.send_signal(signal.SIGKILL)
        return self._script(request)  # type: ignore[arg-type]  # handed on as it came


def test_a_run_killed_again_and_again_asks_nothing_twice(
    folder: Path, server: ScriptedServer
) -> None:
    """Three kills, then a run to the end: no kept answer is asked for again, all are used."""
    plain = server.script
    for kill in range(3):
        with Ledger(folder / "secondcoder-ledger.sqlite") as ledger:
            kept = len(ledger)
        server.requests.clear()
        killer = Killer(server, after=6)
        server.script = killer
        killer.process = start(folder, server, "--concurrency", "2")
        killer.process.communicate(timeout=60)
        assert killer.process.returncode == -signal.SIGKILL
        server.script = plain
        with Ledger(folder / "secondcoder-ledger.sqlite") as ledger:
            assert len(ledger) > kept, f"kill {kill}: the answers before it are not there"
    with Ledger(folder / "secondcoder-ledger.sqlite") as ledger:
        kept = len(ledger)
    server.requests.clear()
    process = start(folder, server, "--concurrency", "2", "--json")
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    usage = json.loads(output)["run"]["usage"]
    assert usage["n_reused"] == kept
    assert len(server.requests) == N_POSTS - kept
    assert set(asked(server).values()) <= {0, 1}
    resumed = secondcoder.read_codings(folder / "codings.jsonl")
    quiet = start(folder, server, "--ledger", "other.sqlite", "-o", "quiet.jsonl")
    quiet.communicate(timeout=60)
    again = secondcoder.read_codings(folder / "quiet.jsonl")
    assert [(c.post, c.attribution, _decided(c)) for c in resumed.posts] == [
        (c.post, c.attribution, _decided(c)) for c in again.posts
    ]


def _decided(coded: secondcoder.PostCodings) -> list[tuple[str, tuple[str, ...]]] | str:
    return [(c.quote.text, c.theme_ids) for c in coded.codings] or coded.outcome.kind


def test_ctrl_c_keeps_what_arrived_and_the_same_command_goes_on(
    folder: Path, server: ScriptedServer
) -> None:
    """Stopped after a few replies: exit 130, one sentence; then the rest is asked, once."""
    plain = server.script
    left = 5

    def stopping(request: object) -> HttpReply:
        nonlocal left
        left -= 1
        if left == 0:
            process.send_signal(signal.SIGINT)
        return plain(request)  # type: ignore[arg-type]  # handed on as it came

    server.script = stopping
    process = start(folder, server, "--concurrency", "1")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the same command goes on" in errors
    assert "Traceback" not in errors
    with Ledger(folder / "secondcoder-ledger.sqlite") as ledger:
        kept = len(ledger)
    assert kept > 0
    server.requests.clear()
    process = start(folder, server)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert len(server.requests) == N_POSTS - kept


def test_an_edited_theme_is_asked_again_and_an_untouched_chat_is_not(
    folder: Path, server: ScriptedServer
) -> None:
    """The second run costs nothing; a new definition costs every answer it can touch."""
    for _ in range(2):
        start(folder, server).communicate(timeout=60)
    assert len(server.requests) == N_POSTS
    book = (folder / "codebook.yaml").read_text("utf-8")
    (folder / "codebook.yaml").write_text(
        book.replace("name: Protected time", "name: Protected time\n    definition: Hours set."),
        "utf-8",
    )
    start(folder, server).communicate(timeout=60)
    assert len(server.requests) == 2 * N_POSTS


def test_a_post_that_never_gets_an_answer_fails_alone(folder: Path, server: ScriptedServer) -> None:
    """Exit code 1, the post named on the screen and in the file, the others quoted."""
    plain = server.script
    server.script = lambda request: (
        failing(500) if "day 7 helps" in request.user else plain(request)
    )
    process = start(folder, server, "--concurrency", "2")
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "1 failed" in output
    codings = secondcoder.read_codings(folder / "codings.jsonl")
    failed = [coded.post.id for coded in codings.posts if isinstance(coded.outcome, Failure)]
    assert failed == ["7"]
    assert sum(bool(coded.codings) for coded in codings.posts) == N_POSTS - 1


@pytest.mark.parametrize(("status", "message"), [(401, "key"), (403, "key"), (404, "local-model")])
def test_a_refusal_of_the_provider_is_one_sentence_and_exit_code_3(
    folder: Path, server: ScriptedServer, status: int, message: str
) -> None:
    """One request is enough to know; nothing is written but the ledger."""
    server.script = lambda _: failing(status)
    process = start(folder, server)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 3
    assert errors.startswith("error: ")
    assert message in errors
    assert "Traceback" not in errors
    assert len(server.requests) == 1
    assert not (folder / "codings.jsonl").exists()


def test_an_unreachable_server_is_one_sentence_and_exit_code_3(
    folder: Path, server: ScriptedServer
) -> None:
    """The address is named."""
    server.close()
    process = start(folder, server)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 3
    assert server.url in errors


def test_an_address_without_a_scheme_is_one_sentence_and_exit_code_2(
    folder: Path, server: ScriptedServer
) -> None:
    """Nothing is read or sent."""
    process = start(folder, server, "--base-url", "localhost:1")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert errors == "error: --base-url localhost:1: start it with http:// or https://\n"
    assert server.requests == []


def test_a_server_that_is_no_model_is_one_sentence_and_exit_code_3(
    folder: Path, server: ScriptedServer
) -> None:
    """A page with status 200 for every request: a few posts, not all forty."""
    server.script = lambda _: HttpReply(200, "<html>hello</html>")
    process = start(folder, server)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 3
    assert f"local-model at {server.url} never gave a usable reply" in errors
    assert "Traceback" not in errors
    assert len(server.requests) <= 27


def test_words_go_to_the_server_that_was_named_and_no_other(
    folder: Path, server: ScriptedServer
) -> None:
    """A base URL in the environment does not redirect them, and handles are not among them."""
    with ScriptedServer() as other:
        environment = os.environ | {"OPENAI_BASE_URL": other.url, "OPENAI_API_BASE": other.url}
        command = [sys.executable, "-m", "secondcoder", "code", "chat.csv", "-c", "codebook.yaml"]
        command += ["--coder", "m", "--base-url", server.url]
        ran = subprocess.run(  # noqa: S603  # our own program
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stderr
        assert other.requests == []
    assert len(server.requests) == N_POSTS
    assert not any("ann1" in json.dumps(request.body) for request in server.requests)


def test_the_example_of_a_model_runs_and_resumes(tmp_path: Path, server: ScriptedServer) -> None:
    """The second run asks nothing."""
    script = Path(__file__).parents[2] / "examples" / "ask_a_model.py"
    command = [sys.executable, str(script), "local-model", server.url, str(tmp_path)]
    printed = [
        subprocess.run(  # noqa: S603  # our own script
            command, capture_output=True, text=True, check=True, cwd=tmp_path
        ).stdout
        for _ in range(2)
    ]
    n_requests = len(server.requests)
    assert f"{n_requests} requests; 0 answers were in the ledger already" in printed[0]
    assert f"0 requests; {n_requests} answers were in the ledger already" in printed[1]
