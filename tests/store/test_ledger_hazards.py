"""What happens to a ledger: two processes, a full disk, a read-only folder, damage of every kind.

Each time: one sentence that says what to do, nothing lost, and the file as it was.
"""

import hashlib
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

import secondcoder
from secondcoder.errors import StoreError, StoreVersionError
from secondcoder.schema.answers import Answer
from secondcoder.schema.codings import Abstention
from secondcoder.schema.runs import Coder, CoderKind, Run
from secondcoder.store.ledger import Ledger
from secondcoder.store.migrations import APPLICATION_ID, MIGRATIONS, VERSION

PREAMBLE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from secondcoder.errors import StoreError
from secondcoder.schema.answers import Answer
from secondcoder.schema.codings import Abstention
from secondcoder.store.ledger import Ledger

def answer(number, raw="{}"):
    return Answer(
        key=f"{number:064x}", post_id=str(number), outcome=Abstention(note="unclear"), raw=raw,
        model="m", prompt_sha256="p", codebook_sha256="c",
        answered_at=datetime(2026, 1, 1, tzinfo=UTC),
    )

path = Path(sys.argv[1])
"""
WRITER = """
first = int(sys.argv[2])
sys.stdin.readline()  # both start at one word
with Ledger(path) as ledger:
    for number in range(first, first + 200, 2):
        ledger.keep([answer(number), answer(10_000 + number // 2, raw=f"of {first}")])
print(len(Ledger(path)))
"""
FULL_DISK = """
import resource
with Ledger(path) as ledger:
    ledger.keep([answer(1)])
    room = (path.stat().st_size + 200_000, resource.RLIM_INFINITY)
    resource.setrlimit(resource.RLIMIT_FSIZE, room)
    kept = 1
    try:
        for number in range(2, 100):
            ledger.keep([answer(number, raw=str(number) * 10_000)])
            kept = number
    except StoreError as error:
        print(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    print(kept, len(ledger))
    ledger.keep([answer(number, raw=str(number) * 10_000)])
    print(len(ledger))
"""
# Root may write anywhere until it gives that up: PR_CAPBSET_DROP is 24, CAP_DAC_OVERRIDE 1
# (linux/prctl.h, linux/capability.h); what is started next lacks it.
WITHOUT_OVERRIDE = """
import ctypes, os, sys
if os.getuid() == 0 and ctypes.CDLL(None).prctl(24, 1, 0, 0, 0) != 0:
    sys.exit(77)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
BROUGHT_UP_IN_VAIN = """
import os, resource, signal
bring_up = Ledger._bring_up

def killed(ledger, version):
    bring_up(ledger, version)
    assert ledger._db.execute("PRAGMA user_version").fetchone() > (version,)
    os.kill(os.getpid(), signal.SIGKILL)

if sys.argv[2] == "killed":
    Ledger._bring_up = killed
else:
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
try:
    Ledger(path)
except StoreError as error:
    print(error)
"""
READ_ONLY = """
try:
    with Ledger(path) as ledger:
        ledger.keep([answer(2)])
except StoreError as error:
    print(error)
"""


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
        answered_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """Return a ledger of 500 answers, closed: one file of many pages."""
    path = tmp_path / "l.sqlite"
    with Ledger(path) as ledger:
        ledger.keep([answer(number, raw=f"{number} " * 100) for number in range(500)])
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    return path


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """Return a ledger of version 3 that holds 500 answers."""
    path = tmp_path / "older.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for migration in MIGRATIONS[:3]:
            db.executescript(migration)
        rows = [answer(number, raw=f"{number} " * 100) for number in range(500)]
        digests = [hashlib.sha256(row.raw.encode()).hexdigest() for row in rows]
        pairs = list(zip(rows, digests, strict=True))
        db.execute("BEGIN")
        db.executemany("INSERT INTO replies VALUES (?, ?)", [(d, row.raw) for row, d in pairs])
        db.executemany(
            "INSERT INTO answers VALUES (?, ?, ?)",
            [(row.key, d, row.model_dump_json(exclude={"raw"})) for row, d in pairs],
        )
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute("PRAGMA user_version = 3")
        db.execute("COMMIT")
    return path


def run(script: str, *words: str | Path) -> list[str]:
    """Return the lines a script of its own process printed."""
    command = [sys.executable, "-c", PREAMBLE + script, *map(str, words)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  # ours
    return done.stdout.splitlines()


def test_two_processes_make_and_fill_one_ledger_at_once(tmp_path: Path) -> None:
    """Both open a file that is not there; each keeps 100 answers and both the same other 100."""
    path = tmp_path / "l.sqlite"
    command = [sys.executable, "-c", PREAMBLE + WRITER, str(path)]
    writers = [
        subprocess.Popen(  # noqa: S603  # our own interpreter and script
            [*command, first],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for first in "01"
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        _, said = writer.communicate()
        assert writer.returncode == 0, said
    keys = [answer(number).key for number in (*range(200), *range(10_000, 10_100))]
    with Ledger(path) as ledger:
        assert len(ledger) == 300
        assert set(ledger.find(keys)) == set(keys)


def test_a_ledger_that_was_closed_can_be_copied_without_its_log(tmp_path: Path) -> None:
    """Also while another process has it open, so that the log stays."""
    path = tmp_path / "l.sqlite"
    with Ledger(path):
        with Ledger(path) as ledger:
            ledger.keep([answer(1)])
        copy = tmp_path / "copy.sqlite"
        copy.write_bytes(path.read_bytes())
    with Ledger(copy, read_only=True) as ledger:
        assert len(ledger) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of a process's files")
def test_a_full_disk_loses_nothing_and_the_same_ledger_goes_on(tmp_path: Path) -> None:
    """The limit on the size of files stands in for a disk: what was kept stays, then it goes on."""
    path = tmp_path / "l.sqlite"
    said, counts, more = run(FULL_DISK, path)
    kept, n_answers = counts.split()
    assert "make room on the disk, then run the same command" in said
    assert int(kept) == int(n_answers) > 1
    with Ledger(path) as ledger:
        assert len(ledger) == int(more) == int(kept) + 1
        assert len(list(ledger.answers())) == len(ledger)


def test_a_database_at_its_largest_says_to_make_room(filled: Path) -> None:
    """SQLite's own "full", from its limit on pages."""
    with Ledger(filled) as ledger:
        ledger._db.execute("PRAGMA max_page_count = 1")  # noqa: SLF001  # no other way to set it
        with pytest.raises(StoreError, match=r"full\. Answers .* safe; make room on the disk"):
            ledger.keep([answer(501, raw="x" * 1_000_000)])
        assert len(ledger) == 500


@pytest.mark.skipif(sys.platform != "linux", reason="gives up the rights of root as Linux has them")
def test_a_read_only_folder_is_named_with_its_remedy(filled: Path) -> None:
    """For root, too, which gives up its right to write anywhere; the ledger stays as it was."""
    before = filled.read_bytes()
    filled.parent.chmod(0o555)
    try:
        words = ["-c", WITHOUT_OVERRIDE, "-c", PREAMBLE + READ_ONLY, str(filled)]
        done = subprocess.run(  # noqa: S603  # our own interpreter and scripts
            [sys.executable, *words], check=False, capture_output=True, text=True
        )
    finally:
        filled.parent.chmod(0o755)
    if done.returncode == 77:
        pytest.skip("this root may not give up its rights")
    assert done.returncode == 0, done.stderr
    assert "its folder must exist and be yours to write" in done.stdout
    assert filled.read_bytes() == before


READ_ALL = """
with Ledger(path, read_only=True) as ledger:
    print(len(ledger), len(list(ledger.answers())), ledger.n_bytes(), ledger.runs())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="gives up the rights of root as Linux has them")
def test_a_ledger_in_a_read_only_folder_can_be_read(filled: Path) -> None:
    """Nothing is made beside it."""
    filled.parent.chmod(0o555)
    try:
        words = ["-c", WITHOUT_OVERRIDE, "-c", PREAMBLE + READ_ALL, str(filled)]
        done = subprocess.run(  # noqa: S603  # our own interpreter and scripts
            [sys.executable, *words], check=False, capture_output=True, text=True
        )
    finally:
        filled.parent.chmod(0o755)
    if done.returncode == 77:
        pytest.skip("this root may not give up its rights")
    assert done.stdout.split()[:2] == ["500", "500"], done.stderr


def test_reading_alone_changes_nothing_in_the_folder(filled: Path) -> None:
    """Neither the file nor what lies beside it, though the file's name is an odd one."""
    odd = filled.rename(filled.with_name("a ledger?#1%.sqlite"))
    before = odd.read_bytes()
    with Ledger(odd, read_only=True) as ledger:
        assert set(ledger.find([answer(7).key])) == {answer(7).key}
        with pytest.raises(StoreError, match="readonly database"):
            ledger.keep([answer(1000)])
    assert [file.name for file in odd.parent.iterdir()] == [odd.name]
    assert odd.read_bytes() == before


def test_reading_alone_sees_what_another_process_has_just_kept(filled: Path) -> None:
    """It is in the log, and not yet in the file."""
    with Ledger(filled) as writer:
        writer.keep([answer(1000)])
        with Ledger(filled, read_only=True) as reader:
            assert len(reader) == 501


def test_reading_alone_leaves_an_older_ledger_as_it_is(tmp_path: Path) -> None:
    """It is read as if it had been brought up to date; so is a file of no bytes."""
    old = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(old, isolation_level=None)) as db:
        for statement in MIGRATIONS[0].strip().strip(";").split(";\n"):
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute("PRAGMA user_version = 1")
    empty = tmp_path / "empty.sqlite"
    empty.touch()
    for path in (old, empty):
        before = path.read_bytes()
        with Ledger(path, read_only=True) as ledger:
            assert (len(ledger), ledger.n_drafts()) == (0, 0)
        assert path.read_bytes() == before


def test_a_ledger_of_version_3_is_read_where_it_lies(older: Path) -> None:
    """Not from a copy in memory, for which a large one has no room."""
    before = older.read_bytes()
    with Ledger(older, read_only=True) as ledger:
        assert [each.key for each in ledger.answers()] == [answer(n).key for n in range(500)]
    assert older.read_bytes() == before
    with closing(sqlite3.connect(older, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("UPDATE answers SET key = 'other' WHERE key = ?", (answer(7).key,))
        with Ledger(older, read_only=True) as ledger:
            db.execute("DELETE FROM answers WHERE key = 'other'")
            assert len(ledger) == 499


def test_bringing_a_ledger_up_to_date_is_told_before_and_after(older: Path, tmp_path: Path) -> None:
    """Once, with its size; one that is new or of this version has nothing to tell."""
    told: list[str] = []
    with Ledger(older, told=told.append):
        before, after = told
        assert before.startswith(f"the ledger {older} (0.")
        assert "MB) is of an earlier version and is brought up to date" in before
        assert after == f"the ledger {older} is up to date"
    told.clear()
    for path in (older, tmp_path / "new.sqlite"):
        with Ledger(path, told=told.append):
            assert told == []


def test_a_command_that_makes_a_ledger_small_tells_of_it_too(older: Path) -> None:
    """As coding and proposing do."""
    notes: list[str | None] = []
    secondcoder.vacuum_ledger(older, progress=lambda state: notes.append(state.note))
    assert len(notes) == 2


def test_a_ledger_of_version_3_keeps_its_answers_and_takes_more(older: Path) -> None:
    """Whoever opens it to write brings it to the newest version."""
    with Ledger(older) as ledger:
        ledger.keep([answer(3, raw="another"), answer(500)])
        found = {each.key: each.raw for each in ledger.answers()}
    assert list(found) == [answer(number).key for number in range(501)]
    assert found[answer(3).key] == "3 " * 100
    with closing(sqlite3.connect(older)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL, no limit on the size of files")
@pytest.mark.parametrize("how", ["killed", "disk full"])
def test_a_ledger_that_could_not_be_brought_up_to_date_is_as_it_was(older: Path, how: str) -> None:
    """The same command does it later."""
    command = [sys.executable, "-c", PREAMBLE + BROUGHT_UP_IN_VAIN, str(older), how]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # ours
    assert done.returncode == (-signal.SIGKILL if how == "killed" else 0)
    assert ("make room" in done.stdout) == (how == "disk full")
    with closing(sqlite3.connect(older)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (3,)
    with Ledger(older) as ledger:
        assert [each.key for each in ledger.answers()] == [answer(n).key for n in range(500)]


def test_an_answer_longer_than_a_quarter_of_a_page_takes_no_page_of_its_own(tmp_path: Path) -> None:
    """Pages have 4,096 bytes."""
    path = tmp_path / "l.sqlite"
    note = Abstention(note="unclear " * 100)
    with Ledger(path) as ledger:
        rows = [answer(number).model_copy(update={"outcome": note}) for number in range(500)]
        assert 1_000 < len(rows[0].model_dump_json()) < 1_400
        ledger.keep(rows)
    assert path.stat().st_size < 500 * 2_000


def test_a_folder_in_place_of_the_ledger_is_refused(tmp_path: Path) -> None:
    """The message says that the name must not be a folder's."""
    with pytest.raises(StoreError, match="must not be a folder's"):
        Ledger(tmp_path)


def test_a_ledger_held_by_another_program_says_so(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that never ends is waited for, then named as the reason."""
    monkeypatch.setattr("secondcoder.store.ledger.BUSY_S", 0.01)
    holder = sqlite3.connect(filled, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match=r"locked\. Another program has held it too long"):
        Ledger(filled)
    holder.close()


def test_a_new_file_held_by_another_program_is_waited_for_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where SQLite does not wait, the ledger does: until the file is free, or for its time."""
    path = tmp_path / "l.sqlite"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with monkeypatch.context() as patched:
        patched.setattr("secondcoder.store.ledger.BUSY_S", -1.0)
        with pytest.raises(StoreError, match=r"locked\. Another program"):
            Ledger(path)
    monkeypatch.setattr("secondcoder.store.ledger.time.sleep", lambda _: holder.close())
    with Ledger(path) as ledger:
        assert len(ledger) == 0


def _middle(good: bytes) -> bytes:
    at = len(good) // 2 // 4096 * 4096
    return good[:at] + b"\xff" * 8192 + good[at + 8192 :]


def _not_text(good: bytes) -> bytes:
    at = good.index(b'"kind":"abstained"')
    return good[:at] + b"\xff" * 8 + good[at + 8 :]


def _not_an_answer(good: bytes) -> bytes:
    at = good.index(b'"kind":"abstained"')
    return good[:at] + b"#" * 8 + good[at + 8 :]


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (_middle, "malformed.*restore the ledger from a copy"),
        (lambda good: good[: len(good) // 2], "malformed.*restore the ledger from a copy"),
        (lambda good: good[:4096], "malformed.*restore the ledger from a copy"),
        (_not_text, "decode.*damaged and was not changed; restore the ledger"),
        (_not_an_answer, "answer 0000.* is damaged; restore the ledger"),
        (lambda good: b"\0" * 100 + good[100:], "not a database.*its beginning is damaged"),
        (lambda _: b"dear diary, " * 1000, "not a database.*no ledger.*was not changed"),
        (lambda _: b"short", "not a database.*no ledger.*was not changed"),
    ],
    ids=["middle", "half", "one page", "not text", "not an answer", "head", "diary", "short"],
)
def test_a_damaged_file_is_refused_and_left_as_it_is(
    filled: Path, spoil: Callable[[bytes], bytes], what: str
) -> None:
    """Never "no answers", which would pay for them again; never written to."""
    spoilt = spoil(filled.read_bytes())
    filled.write_bytes(spoilt)
    with pytest.raises(StoreError, match=f"(?s){what}"), Ledger(filled) as ledger:
        list(ledger.answers())
    assert filled.read_bytes() == spoilt


def test_words_of_posts_never_stand_in_the_message_about_damage(filled: Path) -> None:
    """Python quotes the broken text; the message leaves it out."""
    filled.write_bytes(_not_text(filled.read_bytes()))
    with Ledger(filled) as ledger, pytest.raises(StoreError) as caught:
        list(ledger.answers())
    assert "post_id" not in str(caught.value)


def test_an_empty_file_becomes_a_ledger(tmp_path: Path) -> None:
    """A process killed as it made the file leaves no bytes: nothing is lost by going on."""
    path = tmp_path / "l.sqlite"
    path.touch()
    with Ledger(path) as ledger:
        ledger.keep([answer(1)])
        assert len(ledger) == 1


def test_an_emptied_file_beside_its_log_is_refused(tmp_path: Path) -> None:
    """SQLite would delete the log, which may hold every answer."""
    path = tmp_path / "l.sqlite"
    with Ledger(path) as ledger:
        ledger.keep([answer(1)])
        log = path.with_name("l.sqlite-wal")
        words = log.read_bytes()
    path.write_bytes(b"")
    log.write_bytes(words)
    with pytest.raises(StoreError, match=r"empty, but l\.sqlite-wal beside it is not"):
        Ledger(path)
    assert log.read_bytes() == words


def test_a_newer_ledger_is_left_as_it_is(filled: Path) -> None:
    """Not a byte changes."""
    good = filled.read_bytes()
    newer = good[:60] + (99).to_bytes(4, "big") + good[64:]  # user_version, sqlite.org/fileformat
    filled.write_bytes(newer)
    told = f"version 99, this version reads {VERSION}; upgrade"
    with pytest.raises(StoreVersionError, match=told):
        Ledger(filled)
    assert filled.read_bytes() == newer


def test_an_empty_database_of_another_program_is_refused(tmp_path: Path) -> None:
    """It has no tables yet, but says whose it is."""
    path = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(f"PRAGMA application_id = {APPLICATION_ID + 1}")
    with pytest.raises(StoreError, match="another program"):
        Ledger(path)


def test_an_answer_whose_reply_is_gone_is_named(filled: Path) -> None:
    """By `find` and by `answers` alike; it is not "no answer"."""
    with closing(sqlite3.connect(filled, isolation_level=None)) as db:
        db.execute("DELETE FROM replies")
    with Ledger(filled) as ledger:
        with pytest.raises(StoreError, match=r"the reply of answer 0000.* is gone"):
            ledger.find([answer(0).key])
        with pytest.raises(StoreError, match="is gone; restore the ledger"):
            list(ledger.answers())


def test_a_damaged_run_is_named(filled: Path) -> None:
    """A run that is no run is a sentence, too."""
    with Ledger(filled) as ledger:
        ledger.keep_run(Run(id="r1", coder=Coder(id="openai/m", kind=CoderKind.MODEL)))
    with closing(sqlite3.connect(filled, isolation_level=None)) as db:
        db.execute("UPDATE runs SET run = '{}'")
    with Ledger(filled) as ledger, pytest.raises(StoreError, match="the run r1 is damaged"):
        ledger.runs()


def test_another_fault_has_a_remedy_as_well(filled: Path) -> None:
    """A table that is not there: SQLite's plain error."""
    with closing(sqlite3.connect(filled, isolation_level=None)) as db:
        db.execute("DROP TABLE runs")
    with Ledger(filled) as ledger, pytest.raises(StoreError, match=r"no such table.* safe; mend"):
        ledger.runs()
