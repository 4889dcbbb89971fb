"""What the ledger says of a run, however it ended: its use so far, and why it stopped."""

import asyncio
import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from servers.openai_server import ChatRequest, HttpReply, ScriptedServer, code_by_keyword, failing
from typer.testing import CliRunner

import secondcoder
from secondcoder import BudgetError, ModelOptions, OutageError, Progress, Run
from secondcoder.cli.main import app
from secondcoder.coding import client
from secondcoder.coding.pricing import Price

BOOK = (
    "questions: [{id: Q1, text: 'What helps?'}]\nthemes: [{id: time, name: Time, questions: [Q1]}]"
)
N_POSTS = 30


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a codebook and a chat of one question and thirty answers."""
    rows = ["id,author,created_at,text", "0,host,2026-05-14T19:00:00Z,Q1: What helps?"]
    rows += [
        f"{n},ann{n},2026-05-14T19:{n:02}:30Z,A1 Time on day {n} helps all of us a lot."
        for n in range(1, N_POSTS + 1)
    ]
    (tmp_path / "chat.csv").write_text("\n".join(rows), "utf-8")
    (tmp_path / "codebook.yaml").write_text(BOOK, "utf-8")
    return tmp_path


def code(
    folder: Path,
    server: ScriptedServer,
    progress: Callable[[Progress], None] | None = None,
    **options: float,
) -> None:
    """Code the chat, two requests at a time."""
    secondcoder.code(
        folder / "chat.csv",
        folder / "codebook.yaml",
        coder="openai/m",
        options=ModelOptions.model_validate({
            "base_url": server.url,
            "posts_per_request": 1,
            "concurrency": 2,
            **options,
        }),
        output=folder / "codings.jsonl",
        progress=progress,
    )


def recorded(folder: Path) -> Run:
    """Return the only run in the ledger."""
    (run,) = secondcoder.show_ledger(folder / "secondcoder-ledger.sqlite").runs
    return run


def sent(server: ScriptedServer) -> int:
    """Return the tokens of all prompts the server answered or not, as it counts them."""
    return sum((len(one.system) + len(one.user)) // 4 for one in server.requests)


def test_a_run_stopped_by_its_budget_is_recorded_with_its_cost(
    folder: Path, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every request is in the record, and so is what it cost."""
    price = Price("openai", "gpt-5-mini", "test", date(2026, 1, 1))
    monkeypatch.setattr(client, "price_of", lambda *_: price)
    with pytest.raises(BudgetError):
        code(folder, server, budget_usd=0.005)
    run = recorded(folder)
    assert run.stopped == "budget"
    assert run.finished_at is not None
    assert 0 < run.usage.n_requests == len(server.requests) < N_POSTS
    assert run.usage.prompt_tokens == sent(server)
    assert run.usage.cost_usd is not None
    assert 0 < run.usage.cost_usd <= 0.005


def test_a_cost_that_no_server_counted_is_told_as_unknown(
    folder: Path, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the screen, as JSON, in the codings, in the ledger and in the report: never as 0."""
    price = Price("openai", "gpt-5-mini", "test", date(2026, 1, 1))
    monkeypatch.setattr(client, "price_of", lambda *_: price)
    monkeypatch.chdir(folder)

    def uncounted(request: ChatRequest) -> HttpReply:
        reply = code_by_keyword(request)
        assert isinstance(reply.body, dict)
        return reply._replace(body={**reply.body, "usage": None})

    def told(words: str) -> str:
        ended = CliRunner().invoke(app, words.split())
        assert ended.exit_code == 0, ended.output
        return ended.stdout

    server.script = uncounted
    coded = f"code chat.csv -c codebook.yaml --coder openai/m --base-url {server.url} --pack 1"
    assert "30 requests, no tokens counted, cost unknown; " in " ".join(
        told(f"{coded} -o codings.jsonl").split()
    )
    assert secondcoder.read_codings(folder / "codings.jsonl").info.run.usage.cost_usd is None
    assert recorded(folder).usage.cost_usd is None
    assert "none counted  unknown" in told("ledger show secondcoder-ledger.sqlite")
    told("report codings.jsonl -o report.md")
    assert "no tokens counted, cost not known" in (folder / "report.md").read_text("utf-8")
    anew = json.loads(told(f"{coded} -o other.jsonl --ledger other.sqlite --json"))
    assert anew["run"]["usage"]["cost_usd"] is None
    # What the ledger answers costs nothing, and that is known.
    told(f"{coded} -o again.jsonl")
    assert "$0.0000" in told("ledger show secondcoder-ledger.sqlite")


def test_a_run_ended_by_an_outage_is_recorded_with_all_it_used(
    folder: Path, server: ScriptedServer
) -> None:
    """Requests without an answer are counted, too, and so are the small ones of the pause."""
    server.script = lambda request: (
        code_by_keyword(request) if len(server.requests) <= 9 else failing(503)
    )
    with pytest.raises(OutageError):
        code(folder, server, patience_s=0.2)
    run = recorded(folder)
    assert run.stopped == "provider"
    assert run.usage.n_requests == len(server.requests)
    assert run.usage.prompt_tokens > 0


def test_a_run_that_is_stopped_by_hand_is_recorded(folder: Path, server: ScriptedServer) -> None:
    """A task that is cancelled is what Ctrl-C makes of a run."""
    coding: asyncio.Task[object]

    def stop(state: Progress) -> None:
        if state.usage.n_requests == 5:
            coding.cancel()

    async def go() -> None:
        nonlocal coding
        coding = asyncio.create_task(
            secondcoder.acode(
                folder / "chat.csv",
                folder / "codebook.yaml",
                coder="openai/m",
                options=ModelOptions(base_url=server.url, posts_per_request=1, concurrency=1),
                output=folder / "codings.jsonl",
                progress=stop,
            )
        )
        await coding

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(go())
    run = recorded(folder)
    assert run.stopped == "interrupted"
    assert run.usage.n_requests >= 5


def test_a_run_that_goes_on_is_recorded_so_far(
    folder: Path, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever kills it finds what it used; at the end the record is that of all of it."""
    monkeypatch.setattr("secondcoder.api.bookkeeping._EVERY_S", 0.0)
    seen: list[Run] = []
    code(folder, server, lambda _: seen.append(recorded(folder)))
    assert {run.finished_at for run in seen} == {None}
    assert seen[-1].usage.n_requests > 20
    run = recorded(folder)
    assert run.finished_at is not None
    assert run.stopped is None
    assert run.usage.n_requests == len(server.requests) == N_POSTS


class Outage:
    """A script of a server that is down from the tenth request on, until it is told otherwise."""

    def __init__(self) -> None:
        self.n_requests = 0
        self.n_pings = 0
        self.is_over: Callable[[], bool] = lambda: False

    def __call__(self, request: ChatRequest) -> HttpReply:
        """Answer, or say that it is down."""
        self.n_requests += 1
        if self.n_requests < 10:
            return code_by_keyword(request)
        self.n_pings += not request.posts
        return code_by_keyword(request) if self.is_over() else failing(503, "maintenance")


def start(folder: Path, server: ScriptedServer, *words: str) -> subprocess.Popen[str]:
    """Start the command."""
    command = [sys.executable, "-m", "secondcoder", "code", "chat.csv", "-c", "codebook.yaml"]
    command += ["--coder", "m", "--base-url", server.url, "--pack", "1", *words]
    return subprocess.Popen(  # noqa: S603  # our own program
        command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


@pytest.mark.slow
@pytest.mark.parametrize("words", [(), ("--quiet",), ("--json",)])
def test_the_screen_says_why_nothing_is_asked_and_when_it_goes_on(
    folder: Path, server: ScriptedServer, words: tuple[str, ...]
) -> None:
    """One line for each, on standard error; a quiet run would seem to hang. No post fails."""
    outage = Outage()
    outage.is_over = lambda: outage.n_pings > 2
    server.script = outage
    process = start(folder, server, *words)
    said, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert ("0 failed" in said) is ("--json" not in words)
    assert ('"n_failed": 0' in said) is ("--json" in words)
    lines = [line for line in errors.splitlines() if not line.startswith("note:")]
    paused, back = lines
    assert paused.startswith("paused: nothing is answered (http://127.0.0.1")
    assert "503: " in paused
    assert "maintenance" in paused
    assert paused.endswith("Ctrl-C stops, and the same command goes on")
    assert back == "it is back: going on"


@pytest.mark.slow
def test_an_answer_that_was_on_its_way_does_not_end_a_pause(
    folder: Path, server: ScriptedServer
) -> None:
    """Its post is told of while the server is down, which then never is said to be back."""
    heard: list[Progress] = []
    asked_whether_it_is_back = threading.Event()

    def late(request: ChatRequest) -> HttpReply:
        day = next((int(found) for found in re.findall(r"day (\d+)", request.user)), None)
        if day is None:
            asked_whether_it_is_back.set()
        if day == 8:
            asked_whether_it_is_back.wait(30)
            server.closing.wait(0.3)  # until the pause has begun
        return code_by_keyword(request) if day is not None and day <= 8 else failing(503)

    server.script = late
    with pytest.raises(OutageError):
        code(folder, server, heard.append, concurrency=8, patience_s=2, max_attempts=1)
    first = next(place for place, state in enumerate(heard) if state.paused is not None)
    assert heard[-1].n_done > heard[first].n_done
    assert all(state.paused is not None for state in heard[first:])


@pytest.mark.slow
def test_an_outage_longer_than_the_patience_ends_the_command_and_the_same_goes_on(
    folder: Path, server: ScriptedServer
) -> None:
    """Exit code 3 and one sentence; `ledger show` says how it ended; then nothing is paid twice."""
    server.script = Outage()
    process = start(folder, server, "--patience", "0.5")
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 3, errors
    assert "error: nothing was answered for 0.5 seconds; what was answered before is kept" in errors
    assert "Traceback" not in errors
    shown = subprocess.run(
        [sys.executable, "-m", "secondcoder", "ledger", "show", "secondcoder-ledger.sqlite"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env={"COLUMNS": "40"},
    ).stdout
    assert "(provider)" in shown, "a narrow screen cuts no word"
    n_before = len(server.requests)
    server.script = code_by_keyword
    process = start(folder, server)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert len(server.requests) - n_before == N_POSTS - 9


@pytest.mark.slow
def test_ctrl_c_stops_a_pause(folder: Path, server: ScriptedServer) -> None:
    """At once, with the sentence of every other stop."""
    outage = Outage()
    server.script = outage
    process = start(folder, server)
    assert process.stderr is not None
    while not process.stderr.readline().startswith("paused"):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "the same command goes on from there" in errors
    assert "Traceback" not in errors
    assert recorded(folder).stopped == "interrupted"
