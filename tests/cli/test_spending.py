"""A person at a terminal is asked before much is spent; a script is not."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

if sys.platform == "win32":
    pytest.skip("terminals are made by pty, which Windows lacks", allow_module_level=True)

BOOK = """
questions:
  - id: Q1
    text: What would help?
themes:
  - id: time
    name: Protected time
    questions: [Q1]
"""
CHAT = """id,author,created_at,text
0,host,2026-05-14T19:00:00Z,Q1: What would help?
1,ann,2026-05-14T19:01:00Z,A1 Protected time on the first day helps all of us.
"""
COMMAND = [sys.executable, "-m", "secondcoder", "code", "chat.csv", "-c", "codebook.yaml"]
COMMAND += ["--coder", "openai/gpt-4o-mini"]


class Ended(NamedTuple):
    """How a command ended, and what was on the terminal."""

    code: int
    shown: str


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a chat and a codebook."""
    (tmp_path / "chat.csv").write_text(CHAT, "utf-8")
    (tmp_path / "codebook.yaml").write_text(BOOK, "utf-8")
    return tmp_path


def at_a_terminal(folder: Path, *words: str, answer: str) -> Ended:
    """Return how the command ends for a person who types this; there is no key to send with."""
    ours, theirs = os.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "OPENAI_API_KEY"}
    try:
        os.write(ours, answer.encode())
        ran = subprocess.run(  # noqa: S603  # our own program
            [*COMMAND, *words],
            cwd=folder,
            env=environment,
            stdin=theirs,
            stdout=subprocess.DEVNULL,
            stderr=theirs,
            check=False,
        )
        return Ended(ran.returncode, " ".join(os.read(ours, 100_000).decode().split()))
    finally:
        os.close(theirs)
        os.close(ours)


def test_a_no_ends_the_run_before_anything_is_sent_or_written(folder: Path) -> None:
    """The question tells the cost, where the price is from, and how old it is."""
    before = sorted(folder.iterdir())
    ended = at_a_terminal(folder, "--ask-above", "0", answer="n\n")
    assert ended.code == 130
    assert "USD for 1 request (genai-prices " in ended.shown
    assert "stopped before anything was sent" in ended.shown
    assert sorted(folder.iterdir()) == before


def test_a_yes_goes_on(folder: Path) -> None:
    """Without a key it then ends as every run does."""
    ended = at_a_terminal(folder, "--ask-above", "0", answer="y\n")
    assert ended.code == 3
    assert "OPENAI_API_KEY" in ended.shown


def test_small_sums_are_not_asked_about(folder: Path) -> None:
    """One post costs less than a dollar."""
    ended = at_a_terminal(folder, answer="")
    assert ended.code == 3
    assert "Go on?" not in ended.shown
