"""Ledgers shown, exported and vacuumed, by the library and as a person types it."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from secondcoder import StoreError, export_ledger, show_ledger, vacuum_ledger
from secondcoder.cli.main import app
from secondcoder.schema.answers import Answer
from secondcoder.schema.codings import Abstention
from secondcoder.schema.runs import Coder, CoderKind, Run, Usage
from secondcoder.store.ledger import Ledger

DAY = datetime(2026, 1, 1, 9, 30, tzinfo=UTC)


def answer(number: int, raw: str) -> Answer:
    """Return an answer whose key is the number."""
    return Answer(
        key=f"{number:064x}",
        post_id=f"p{number}",
        outcome=Abstention(note="unclear"),
        raw=raw,
        model="m",
        prompt_sha256="p",
        codebook_sha256="c",
        answered_at=DAY,
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Return a ledger: three answers in two replies, one run that ended and one that did not."""
    path = tmp_path / "l.sqlite"
    coder = Coder(id="openai/m", kind=CoderKind.MODEL)
    usage = Usage(
        n_requests=2, n_reused=1, prompt_tokens=1200, completion_tokens=34, cost_usd=0.056
    )
    ended = Run(id="r1", coder=coder, started_at=DAY, finished_at=DAY, usage=usage)
    with Ledger(path) as opened:
        opened.keep([answer(2, "shared"), answer(1, "shared")])
        opened.keep([answer(3, 'two\nlines of "é"')])
        opened.keep_run(ended)
        opened.keep_run(Run(id="r2", coder=coder, started_at=DAY))
    return path


def run(*words: str | Path) -> str:
    """Return what a `ledger` command that ends well printed, on a wide screen."""
    result = CliRunner(env={"COLUMNS": "200"}).invoke(
        app, ["ledger", *map(str, words)], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return result.stdout


def test_show_counts_answers_replies_and_runs(ledger: Path) -> None:
    """Three answers in two replies; the runs as they were recorded."""
    shown = show_ledger(str(ledger))
    assert (shown.n_answers, shown.n_replies) == (3, 2)
    assert [each.id for each in shown.runs] == ["r1", "r2"]
    assert shown.runs[0].usage.cost_usd == 0.056
    assert shown.n_bytes == ledger.stat().st_size


def test_show_on_screen_says_what_is_not_known(ledger: Path) -> None:
    """The run that ended has its tokens and cost; the other says that it did not end."""
    lines = run("show", ledger).splitlines()
    assert lines[1].split()[:2] == ["r1", "openai/m"]
    assert lines[1].split()[-6:] == ["2", "1", "1,200", "+", "34", "$0.0560"]
    assert lines[2].rstrip().endswith("not ended")
    assert lines[3].startswith("2 runs, 3 answers in 2 different replies, ")


def test_the_ledger_of_this_folder_need_not_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with `batch`: the one that `code` makes beside its output by itself."""
    monkeypatch.chdir(tmp_path)
    Ledger(tmp_path / "secondcoder-ledger.sqlite").close()
    assert run("show").startswith("0 runs, ")
    assert run("export", "-o", "all.jsonl") == "wrote 0 answers to all.jsonl\n"
    assert run("vacuum").endswith("replies of no answer removed\n")


def test_show_of_a_ledger_without_runs_has_no_table(tmp_path: Path) -> None:
    """Counts alone."""
    Ledger(tmp_path / "l.sqlite").close()
    assert run("show", tmp_path / "l.sqlite").startswith(
        "0 runs, 0 answers in 0 different replies, "
    )


def test_json_is_what_the_library_returns(ledger: Path, tmp_path: Path) -> None:
    """Of each of the three commands, and nothing else."""
    assert json.loads(run("show", ledger, "--json")) == show_ledger(ledger).model_dump(mode="json")
    output = tmp_path / "a.jsonl"
    exported = json.loads(run("export", ledger, "-o", output, "--json"))
    assert exported == {"ledger": str(ledger), "output": str(output), "n_answers": 3, "n_drafts": 0}
    assert json.loads(run("vacuum", ledger, "--json"))["n_replies_removed"] == 0


def test_export_writes_every_answer_with_its_reply_by_key(ledger: Path, tmp_path: Path) -> None:
    """One object per line, each an Answer again; the same ledger gives the same bytes."""
    output = tmp_path / "a.jsonl"
    assert run("export", ledger, "-o", output) == f"wrote 3 answers to {output}\n"
    lines = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    assert {line.pop("kind") for line in lines} == {"answer"}
    assert [Answer.model_validate(line) for line in lines] == [
        answer(1, "shared"),
        answer(2, "shared"),
        answer(3, 'two\nlines of "é"'),
    ]
    before = output.read_bytes()
    export_ledger(ledger, output)
    assert output.read_bytes() == before


def test_export_overwrites_nothing_of_yours(ledger: Path, tmp_path: Path) -> None:
    """Neither a file of another kind nor the ledger itself."""
    mine = tmp_path / "notes.jsonl"
    mine.write_text('{"kind":"mine"}\n')
    for output in (mine, ledger):
        before = output.read_bytes()
        with pytest.raises(StoreError, match="may hold work of yours"):
            export_ledger(ledger, output)
        assert output.read_bytes() == before


def test_a_broken_ledger_leaves_an_earlier_export_alone(ledger: Path, tmp_path: Path) -> None:
    """The export is written whole or not at all, and no half of it lies about."""
    output = tmp_path / "a.jsonl"
    export_ledger(ledger, output)
    before = output.read_bytes()
    with closing(sqlite3.connect(ledger, isolation_level=None)) as db:
        db.execute("UPDATE answers SET answer = '{}' WHERE key = ?", (answer(3, "").key,))
    with pytest.raises(StoreError, match="damaged"):
        export_ledger(ledger, output)
    assert output.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "l.sqlite"]


def test_vacuum_removes_replies_of_no_answer_and_no_answer(ledger: Path) -> None:
    """A second reply under a known key is never used; it goes, and the file shrinks."""
    with Ledger(ledger) as opened:
        opened.keep([answer(1, "too late " * 10_000)])
    done = vacuum_ledger(ledger)
    assert (done.n_answers, done.n_replies_removed) == (3, 1)
    assert done.n_bytes_after == ledger.stat().st_size < done.n_bytes_before
    assert "3 answers kept, 0 replies of no answer removed" in run("vacuum", ledger)
    with Ledger(ledger) as opened:
        assert [each.raw for each in opened.answers()] == ["shared", "shared", 'two\nlines of "é"']
        assert len(opened.runs()) == 2


def test_vacuum_counts_and_empties_the_log(ledger: Path) -> None:
    """While another process has the ledger open, the log beside it is part of its size."""
    with Ledger(ledger) as opened:
        opened.keep([answer(4, "x" * 50_000)])
        log = ledger.with_name("l.sqlite-wal")
        assert show_ledger(ledger).n_bytes == ledger.stat().st_size + log.stat().st_size
        assert vacuum_ledger(ledger).n_answers == 4
        assert log.stat().st_size == 0


def test_a_mistyped_name_makes_no_ledger(tmp_path: Path) -> None:
    """Nothing is made, and the message says where ledgers come from."""
    path = tmp_path / "none.sqlite"
    for verb in (show_ledger, vacuum_ledger):
        with pytest.raises(StoreError, match="there is no ledger"):
            verb(path)
    assert not path.exists()
