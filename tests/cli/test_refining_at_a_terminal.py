"""A person at a terminal reads suggested lines one by one, and answers each."""

import os
import select
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from api.test_refining import CODER, PEOPLE

import secondcoder

if sys.platform == "win32":
    pytest.skip("terminals are made by pty, which Windows lacks", allow_module_level=True)

PROMPTS = ("accept? y, n, a, q:", "for the record, or Enter:")


CTRL_C = "\x03"
LOST_S = 10.0
"""Pressed between the prompt and the waiting for a line, Ctrl-C takes effect with the next key:
Python notes it, and goes on to wait. A person who sees nothing presses it again."""
AT_A_TERMINAL = (
    "import fcntl, os, sys, termios\n"
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)
"""Makes the terminal the program's own, so that Ctrl-C typed there interrupts it."""


class Ended(NamedTuple):
    """How a command ended, and what was on the terminal."""

    code: int
    shown: str


def refining(folder: Path, *words: str, answers: Sequence[str]) -> Ended:
    """Return how `refine` ends for a person who types each answer when asked for it."""
    secondcoder.write_codings(CODER, folder / "coder.jsonl")
    secondcoder.write_codings(PEOPLE, folder / "people.jsonl")
    command = [sys.executable, "-c", AT_A_TERMINAL, "-m", "secondcoder", "refine"]
    command += ["coder.jsonl", "people.jsonl"]
    ours, theirs = os.openpty()
    left, shown, n_answered, last = list(answers), "", 0, ""
    with subprocess.Popen(  # noqa: S603  # our own program
        [*command, *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=folder,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120"},
        start_new_session=True,
    ) as running:
        os.close(theirs)
        try:
            while True:
                while last == CTRL_C and not select.select([ours], [], [], LOST_S)[0]:
                    os.write(ours, CTRL_C.encode())
                try:
                    said = os.read(ours, 10_000)
                except OSError:  # the program has closed its end
                    break
                shown += said.decode(errors="replace")
                if sum(map(shown.count, PROMPTS)) > n_answered:
                    n_answered += 1
                    assert left, f"asked once more than was expected: {shown}"
                    last = left.pop(0)
                    os.write(ours, last.encode())
        except BaseException:
            running.kill()  # it would be waited for
            raise
    os.close(ours)
    assert not left, f"never asked for {left}: {shown}"
    return Ended(running.returncode, " ".join(shown.split()))


def test_what_is_answered_yes_is_in_the_codebook_and_no_more(tmp_path: Path) -> None:
    """Four lines: yes, Enter for no, a slip that is asked again, none of the rest; then who."""
    ended = refining(tmp_path, "-o", "book.yaml", answers=["y\n", "\n", "what\n", "q\n", "Ann\n"])
    assert ended.code == 0, ended.shown
    assert "4 lines are suggested, from posts that people coded otherwise" in ended.shown
    assert "1 of 4. Kettle" in ended.shown
    assert "type y (yes), n (no), a (all from here) or q (none from here)" in ended.shown
    assert "4 of 4." not in ended.shown, "the rest was left without a question"
    assert "1 of 4 accepted; coding the held-back posts" in ended.shown
    for step in ("held-back posts before", "held-back posts after"):
        assert step in ended.shown.partition("1 of 4 accepted")[2]
        assert step not in ended.shown.partition("1 of 4 accepted")[0], "while a person is asked"
    assert ended.shown.count("1 of 4. Kettle") == 1, "what was just read is not listed again"
    assert "wrote book.yaml: version 2" in ended.shown
    (edit,) = secondcoder.read_codebook(tmp_path / "book.yaml").edits
    theme = secondcoder.read_codebook(tmp_path / "book.yaml").theme_by_id["tea"]
    assert (edit.after, len(theme.examples)) == (("tea",), 1)
    assert edit.made_by == "Ann"


def test_all_from_here_is_a_look_where_no_output_is_named(tmp_path: Path) -> None:
    """It is said before the first question and after the last, with the way to write it."""
    ended = refining(tmp_path, answers=["n\n", "a\n"])
    assert ended.code == 0, ended.shown
    assert "No --output is named" in ended.shown
    assert "3 of 4 accepted" in ended.shown
    assert "nothing written; the same with --accept 2,3,4 --output FILE writes" in ended.shown


def test_who_ends_the_input_accepts_nothing(tmp_path: Path) -> None:
    """Ctrl-D at the second line: the yes before it is not written either, and that is said."""
    ended = refining(tmp_path, "-o", "book.yaml", answers=["y\n", "\x04"])
    assert ended.code == 130
    assert "stopped before the last line was answered; nothing was written" in ended.shown
    assert not (tmp_path / "book.yaml").exists()


@pytest.mark.parametrize("answers", [["\x03"], ["y\n", "\x03"], ["a\n", "\x03"]])
def test_ctrl_c_at_a_prompt_ends_with_130_and_nothing_written(
    answers: list[str], tmp_path: Path
) -> None:
    """At the first line, at the second after a yes, and where it is asked who accepts."""
    ended = refining(tmp_path, "-o", "book.yaml", answers=answers)
    assert ended.code == 130
    assert "stopped before the last line was answered; nothing was written" in ended.shown
    assert "Traceback" not in ended.shown
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {"coder.jsonl", "people.jsonl"}


def test_in_a_pipe_scoring_draws_nothing(tmp_path: Path) -> None:
    """Standard error is no terminal: all is said on standard output, at the end."""
    secondcoder.write_codings(CODER, tmp_path / "coder.jsonl")
    secondcoder.write_codings(PEOPLE, tmp_path / "people.jsonl")
    command = [sys.executable, "-m", "secondcoder", "refine", "coder.jsonl", "people.jsonl"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stderr == ""
    assert "held-back posts coded by embedded" in done.stdout
