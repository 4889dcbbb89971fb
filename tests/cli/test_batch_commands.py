"""The commands of batches, as they are typed, and what they print."""

import json
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from api.batch_cases import Faulty, fill, ledger_of
from servers.batch_server import BatchServer
from servers.openai_server import failing
from typer.testing import CliRunner, Result

from secondcoder.cli.main import app
from secondcoder.errors import InputError
from secondcoder.store.migrations import VERSION


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a chat and a codebook, to work in."""
    monkeypatch.chdir(tmp_path)
    return fill(tmp_path)


def run(*words: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(app, words)


def submit(server: BatchServer, *words: str) -> Result:
    """Submit the chat in this folder."""
    coder = ("--coder", "openai/tiny", "--base-url", server.url)
    return run("code", "chat.csv", "-c", "codebook.yaml", *coder, "--batch", *words)


def shown(result: Result) -> str:
    """Return what was printed, however its lines were broken."""
    return " ".join(result.output.split())


def test_a_chat_goes_there_and_back(folder: Path) -> None:
    """Submit, status, collect; each says what comes next, the last writes the codings."""
    with BatchServer() as server:
        first = submit(server)
        assert "12 on their way, 0 answered, 0 failed" in shown(first)
        assert "next: secondcoder batch collect" in shown(first)
        assert "in_progress" in run("batch", "status").output
        assert "unknown" in run("batch", "status").output
        last = run("batch", "collect")
        while "on their way, 12 answered" not in shown(last):
            last = run("batch", "collect")
    assert last.exit_code == 0
    assert "-b00001  batch_" in last.output, "ids are to be copied whole"
    assert "completed, read" in last.output
    assert "coded by openai/tiny" in last.output
    assert (folder / "codings.jsonl").exists()


def test_waiting_does_it_all_in_one_command(folder: Path) -> None:
    """Batches are looked at until every post is decided."""
    with BatchServer() as server:
        done = submit(server, "--wait", "--poll", "0.01", "--json")
    assert done.exit_code == 0
    report = json.loads(done.output)
    assert report["summaries"][0]["n_quoted"] == 12
    assert (folder / "codings.jsonl").exists()


@pytest.mark.slow
def test_ctrl_c_leaves_batches_and_says_how_to_go_on(folder: Path) -> None:
    """With the exit code of every other stop; the same command submits nothing twice."""
    created = threading.Event()

    def watch(when: str, call: str) -> None:
        if (when, call.startswith("GET /batches/")) == ("after", True):
            created.set()  # it waits by now

    command = [sys.executable, "-m", "secondcoder", "code", "chat.csv", "-c", "codebook.yaml"]
    command += ["--coder", "openai/tiny", "--batch", "--wait", "--poll", "600"]
    with BatchServer(watch=watch) as server:
        process = subprocess.Popen(  # noqa: S603  # our own program
            [*command, "--base-url", server.url],
            cwd=folder,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert created.wait(120)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 130
        assert "batches that were submitted go on at the provider" in errors
        assert "Traceback" not in errors
        submit(server)
        assert len(server.batches) == 1


@pytest.mark.usefixtures("folder")
def test_failures_end_with_exit_code_1() -> None:
    """As in an ordinary run; they were not to be asked again."""
    with BatchServer(Faulty({3: lambda _: failing(500)}, times=9)) as server:
        done = submit(server, "--wait", "--poll", "0.01", "--again", "no")
    assert done.exit_code == 1
    assert "1 failed" in shown(done)


@pytest.mark.usefixtures("folder")
def test_a_batch_is_cancelled_by_its_id_and_all_without() -> None:
    """The table has ids whole, to be copied."""
    with BatchServer(ends=[("stuck", 0)] * 2) as server:
        report = json.loads(submit(server, "--requests-per-batch", "6", "--json").output)
        first, second = report["runs"][0]["batches"]
        run("batch", "collect")
        done = run("batch", "cancel", "--batch", first["id"])
        assert done.exit_code == 0
        assert done.output.count("cancelling") == 1
        assert run("batch", "cancel").output.count("cancelling") == 2
    assert second["provider_id"] in done.output


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--requests-per-batch", "0"), "write 1 to 50,000"),
        (("--requests-per-batch", "50001"), "write 1 to 50,000"),
        (("--again", "never"), "--again never"),
        (("--wait", "--poll", "0"), "--poll 0: write the seconds between two looks, more than 0"),
        (("--wait", "--poll", "-5"), "--poll -5: write the seconds"),
        (("--wait", "--poll", "nan"), "--poll nan: write the seconds"),
        (("--dry-run", "--poll", "0"), "--poll 0: write the seconds"),
        (("--samples", "3"), "--batch asks one model"),
        (("--coder", "openai/other"), "--batch asks one model"),
    ],
)
def test_what_can_t_be_meant_is_refused_before_anything_is_sent(
    words: tuple[str, ...], sentence: str
) -> None:
    """One sentence that says what to write."""
    with BatchServer() as server:
        result = submit(server, *words)
        assert server.calls == []
    assert result.exception is not None
    assert sentence in str(result.exception)


@pytest.mark.usefixtures("folder")
def test_collect_looks_at_no_batch_without_a_pause() -> None:
    """The provider is not asked once: it would be, as fast as it answers."""
    with BatchServer() as server:
        submit(server)
        n_calls = len(server.calls)
        result = run("batch", "collect", "--wait", "--poll", "0")
        assert len(server.calls) == n_calls
    assert isinstance(result.exception, InputError)
    assert "--poll 0: write the seconds between two looks" in str(result.exception)


@pytest.mark.parametrize("command", ["status", "collect", "cancel"])
def test_bringing_a_ledger_up_to_date_is_told_beside_what_is_printed(
    folder: Path, command: str
) -> None:
    """Before and after, once, on standard error; `--json` prints the report and nothing else."""
    ledger = ledger_of(folder)

    def told(*words: str) -> Result:
        with closing(sqlite3.connect(ledger)) as db:
            db.execute("PRAGMA user_version = 3")
        result = run("batch", command, *words)
        with closing(sqlite3.connect(ledger)) as db:
            assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert "up to date" not in result.stdout
        return result

    with BatchServer(ends=[("stuck", 0)] * 2) as server:
        submit(server)
        said = " ".join(told().stderr.split())
        assert said.count("is of an earlier version and is brought up to date, once") == 1
        assert said.count(f"note: the ledger {ledger.name} is up to date") == 1
        again = run("batch", command)
        assert "up to date" not in again.output
        assert "runs" in json.loads(told("--json").stdout)


def test_a_ledger_without_batches_says_so(folder: Path) -> None:
    """One that is not there is an error."""
    with BatchServer() as server:
        coder = ("--coder", "openai/tiny", "--base-url", server.url)
        run("code", "chat.csv", "-c", "codebook.yaml", *coder, "--pack", "1")
    assert "no batches in" in run("batch", "status").output
    assert "there is no ledger" in str(run("batch", "status", str(folder / "none")).exception)
