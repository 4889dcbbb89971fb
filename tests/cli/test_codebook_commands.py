"""The codebook commands, one after the other, as a person would type them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from induction.small_chat import BOOK, coded

import secondcoder
from secondcoder.errors import InputError, StoreError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a codebook and codings under it."""
    secondcoder.write_codebook(BOOK, tmp_path / "book.yaml")
    secondcoder.write_codings(coded(), tmp_path / "codings.jsonl")
    return tmp_path


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `secondcoder codebook` in the folder."""
    command = [sys.executable, "-m", "secondcoder", "codebook", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603


def test_a_codebook_is_shaped_and_codings_follow(folder: Path) -> None:
    """Merge, rename, split, retire: four steps in the file, read back as they were written."""
    reason = ("--reason", "two coders confused them", "--by", "Ann", "-o", "book2.yaml")
    steps = (
        ("merge", "book.yaml", "tea", "time", "--into", "tea", "--name", "Pauses"),
        ("rename", "book2.yaml", "tea", "pause"),
        ("split", "book2.yaml", "cake", "--into", "pie=Pie", "--into", "bun=Bun"),
        ("retire", "book2.yaml", "bun"),
    )
    told = [run(folder, *step, *reason) for step in steps]
    assert [done.returncode for done in told] == [0, 0, 0, 0], told
    assert "pie, bun: a name alone; write a definition or give examples" in told[2].stdout
    assert "retire bun: version 5 of 'Tea' with 2 themes" in told[-1].stdout
    made = secondcoder.read_codebook(folder / "book2.yaml")
    assert [edit.kind.value for edit in made.edits] == ["merge", "rename", "split", "retire"]
    assert {(edit.reason, edit.made_by) for edit in made.edits} == {
        ("two coders confused them", "Ann")
    }

    seen = run(folder, "diff", "book.yaml", "book2.yaml").stdout
    assert "version 1 → 5" in seen
    assert "merge tea, time → tea: two coders confused them (by Ann)" in seen
    assert "asked again: Q1, Q2, posts without a question" in seen

    moved = run(folder, "follow", "book2.yaml", "codings.jsonl", "-o", "moved.jsonl")
    assert "12 quotes moved, 0 lost a retired theme" in moved.stdout
    codings = secondcoder.read_codings(folder / "moved.jsonl")
    assert {theme for one in codings.quotes for theme in one.theme_ids} == {"pause"}


@pytest.mark.parametrize(
    ("into", "told"),
    [
        (("time",), "time is called 'Time', as time was; --name changes it"),
        (("pause",), "pause is called 'Tea breaks', as tea was; --name changes it"),
        (("pause", "--name", "Rest"), None),
    ],
)
def test_a_merge_without_a_name_says_which_it_kept(
    folder: Path, into: tuple[str, ...], told: str | None
) -> None:
    """The name of the theme whose id stays, or of the first; nothing where one is given."""
    end = ("--reason", "alike", "-o", "book2.yaml")
    done = run(folder, "merge", "book.yaml", "tea", "time", "--into", *into, *end)
    assert ("is called" in done.stdout) is (told is not None)
    assert (told or "") in done.stdout


def test_what_cannot_be_is_said_in_one_line(folder: Path) -> None:
    """A theme that is not there; a file that is no codebook is not written over."""
    reason = ("--reason", "r", "-o", "book2.yaml")
    wrong = run(folder, "retire", "book.yaml", "nap", *reason)
    assert wrong.returncode == InputError.exit_code
    assert "no theme 'nap' (it has: tea, time, cake)" in wrong.stderr
    over = run(folder, "retire", "book.yaml", "tea", "--reason", "r", "-o", "codings.jsonl")
    assert over.returncode == StoreError.exit_code


def test_a_check_names_what_to_look_at(folder: Path) -> None:
    """Cake has no quotes and no definition."""
    seen = run(folder, "check", "book.yaml", "--codings", "codings.jsonl").stdout
    assert "'Tea', version 1: 3 themes, 13 quotes; 2 things to look at" in seen
    assert "unused: cake: no quote; retire what nobody speaks of" in seen
    assert "bare: time, cake: a name alone; write a definition" in seen
    assert (
        "together: two themes that at least 3 quotes carry both" in seen.partition("looked for")[2]
    )
    assert "--codings looks at the quotes" in run(folder, "check", "book.yaml").stdout
    found = json.loads(run(folder, "check", "book.yaml", "--json").stdout)
    assert [issue["kind"] for issue in found["issues"]] == ["bare"]
    assert len(found["looked_for"]) == 3


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (
            "- kind: join",
            "merge or split or retire or refine, not 'join'",
        ),
        ("- kind: merge", "edit 'merge' can't make tea of tea"),
    ],
)
def test_a_mistake_in_the_recorded_edits_has_its_line(
    line: str, complaint: str, folder: Path
) -> None:
    """People edit the file by hand, and break it by hand."""
    book = folder / "book.yaml"
    n_lines = len(book.read_text("utf-8").splitlines())
    broken = f"\nedits:\n{line}\n  before: [tea]\n  after: [tea]\n  reason: r\n  version: '2'\n"
    book.write_text(book.read_text("utf-8") + broken, "utf-8")
    told = run(folder, "check", "book.yaml").stderr
    assert complaint in told
    assert f"book.yaml line {n_lines + 3}:" in told
