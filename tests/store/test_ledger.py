"""The ledger: durable at once, shared by processes, honest about faults."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from secondcoder.errors import StoreError, StoreVersionError
from secondcoder.schema.answers import Answer, AnswerStore
from secondcoder.schema.codings import Abstention
from secondcoder.schema.runs import Coder, CoderKind, Run, Usage
from secondcoder.store.ledger import Ledger

CODER = Coder(id="openai/m", kind=CoderKind.MODEL)


def answer(number: int, raw: str = "{}") -> Answer:
    """Return an answer whose key is the number."""
    return Answer(
        key=f"{number:064x}",
        post_id=str(number),
        outcome=Abstention(note="unclear"),
        raw=raw,
        model="m",
        prompt_sha256="p",
        codebook_sha256="c",
        parameters={"temperature": 0.0},
        answered_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_answers_are_found_by_key_and_only_those_there(tmp_path: Path) -> None:
    """1,200 keys are asked for, more than one SELECT takes; the three kept ones are found."""
    with Ledger(tmp_path / "l.sqlite") as ledger:
        kept = [answer(1), answer(700, raw='{"é": "\\u2028"}'), answer(1199)]
        ledger.keep(kept)
        found = ledger.find(f"{number:064x}" for number in range(1200))
        assert found == {a.key: a for a in kept}


def test_a_ledger_is_an_answer_store(tmp_path: Path) -> None:
    """It has the methods a coder calls."""
    with Ledger(tmp_path / "l.sqlite") as ledger:
        store: AnswerStore = ledger
        assert store.find([]) == {}


def test_the_first_answer_stays(tmp_path: Path) -> None:
    """A second answer under the same key changes nothing."""
    with Ledger(tmp_path / "l.sqlite") as ledger:
        ledger.keep([answer(1, raw="first")])
        ledger.keep([answer(1, raw="second")])
        assert ledger.find([answer(1).key])[answer(1).key].raw == "first"
        assert len(ledger) == 1


def test_a_reply_shared_by_posts_is_kept_once(tmp_path: Path) -> None:
    """The raw text of a packed request is not multiplied by its posts."""
    path = tmp_path / "l.sqlite"
    with Ledger(path) as ledger:
        ledger.keep([answer(number, raw="shared") for number in range(8)])
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT count(*) FROM replies").fetchone() == (1,)


def test_answers_survive_a_killed_process(tmp_path: Path) -> None:
    """A process keeps an answer and is killed without closing: the answer is there."""
    path = tmp_path / "l.sqlite"
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from secondcoder.schema.answers import Answer; from secondcoder.store.ledger import "
        "Ledger\n"
        "Ledger(Path(sys.argv[1])).keep([Answer.model_validate_json(sys.argv[2])])\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    command = [sys.executable, "-c", script, str(path), answer(5).model_dump_json()]
    ended = subprocess.run(command, check=False)  # noqa: S603  # our own interpreter and script
    assert ended.returncode == -9
    with Ledger(path) as ledger:
        assert ledger.find([answer(5).key]) == {answer(5).key: answer(5)}


def test_two_connections_write_at_once(tmp_path: Path) -> None:
    """What one connection keeps, the other finds, in turns."""
    with Ledger(tmp_path / "l.sqlite") as one, Ledger(tmp_path / "l.sqlite") as two:
        for number in range(20):
            (one if number % 2 else two).keep([answer(number)])
        assert len(one) == len(two) == 20


def test_threads_of_one_process_write_at_once(tmp_path: Path) -> None:
    """The members of a panel share a ledger, and keep their answers in threads of their own."""
    with Ledger(tmp_path / "l.sqlite") as ledger, ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: ledger.keep([answer(number)]), range(80)))
        assert len(ledger) == 80


def test_all_answers_of_a_call_are_kept_or_none(tmp_path: Path) -> None:
    """An answer that SQLite refuses (a lone surrogate) takes its neighbours along."""
    with Ledger(tmp_path / "l.sqlite") as ledger:
        with pytest.raises(UnicodeEncodeError):
            ledger.keep([answer(1), answer(2, raw="\ud800")])
        assert len(ledger) == 0
        ledger.keep([answer(3)])
        assert len(ledger) == 1


def test_a_run_is_recorded_and_replaced_by_its_end(tmp_path: Path) -> None:
    """The same run, ended, stands once."""
    started = Run(id="r1", coder=CODER, started_at=datetime(2026, 1, 2, tzinfo=UTC))
    ended = started.model_copy(update={"usage": Usage(n_requests=3)})
    earlier = Run(id="r0", coder=CODER, started_at=datetime(2026, 1, 1, tzinfo=UTC))
    with Ledger(tmp_path / "l.sqlite") as ledger:
        for run in (started, ended, earlier):
            ledger.keep_run(run)
        assert ledger.runs() == (earlier, ended)


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    """Its tables are left alone."""
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE mine (a)")
    with pytest.raises(StoreError, match="another program"):
        Ledger(path)


def test_a_newer_ledger_is_refused(tmp_path: Path) -> None:
    """It is not touched, and the message says to upgrade."""
    path = tmp_path / "l.sqlite"
    Ledger(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreVersionError, match="version 99"):
        Ledger(path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """Its content stays."""
    path = tmp_path / "notes.txt"
    path.write_text("dear diary, " * 100)
    with pytest.raises(StoreError, match="not a database"):
        Ledger(path)
    assert path.read_text().startswith("dear diary")


def test_a_folder_that_is_missing_is_a_store_error(tmp_path: Path) -> None:
    """The path is in the message."""
    with pytest.raises(StoreError, match="none"):
        Ledger(tmp_path / "none" / "l.sqlite")


def test_a_damaged_answer_is_named(tmp_path: Path) -> None:
    """It is never taken for "no answer", which would pay for it again in silence."""
    path = tmp_path / "l.sqlite"
    with Ledger(path) as ledger:
        ledger.keep([answer(1)])
    with sqlite3.connect(path) as db:
        db.execute("UPDATE answers SET answer = '{}'")
    with Ledger(path) as ledger, pytest.raises(StoreError, match="damaged"):
        ledger.find([answer(1).key])
