"""The progress display: on a terminal, nowhere else, and not when it is told to be quiet."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from secondcoder.cli.progress import describe
from secondcoder.schema.progress import Progress
from secondcoder.schema.runs import Usage

EXAMPLE = Path(__file__).parents[2] / "examples" / "improvement-chat"


def on_a_terminal(folder: Path, *options: str) -> str:
    """Return what `secondcoder code` draws on a terminal of its own."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "secondcoder", "code", str(EXAMPLE / "chat.csv")]
    command += ["-c", str(EXAMPLE / "codebook.yaml"), *options]
    process = subprocess.Popen(  # noqa: S603  # our own program
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=slave
    )
    os.close(slave)
    drawn = b""
    while True:
        try:
            piece = os.read(master, 4096)
        except OSError:  # how Linux says that the other end is closed
            break
        if not piece:
            break
        drawn += piece
    os.close(master)
    assert process.wait() == 0
    return drawn.decode("utf-8", "replace")


def test_a_terminal_is_shown_posts_and_quotes(tmp_path: Path) -> None:
    """At the end all posts are done, and the number of quotes stands beside."""
    drawn = on_a_terminal(tmp_path)
    assert "179/179" in drawn
    assert re.search(r"[0-9]+ quotes", drawn)


@pytest.mark.parametrize("option", ["--quiet", "--json"])
def test_quiet_draws_nothing(tmp_path: Path, option: str) -> None:
    """Nor does JSON, which is for programs."""
    assert "179/179" not in on_a_terminal(tmp_path, option)


def test_what_goes_wrong_is_in_the_display() -> None:
    """Failures, posts for people, tokens and answers from the ledger, each where there are any."""
    usage = Usage(n_reused=2, prompt_tokens=900, completion_tokens=100)
    state = Progress(n_done=9, n_quotes=1, n_abstained=3, n_failed=2, usage=usage)
    assert describe(state) == "1 quote, 3 for people, 2 failed, 1,000 tokens, 2 from the ledger"
