"""The README's and the examples' code runs as it stands."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import secondcoder

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "improvement-chat"


def run(*words: str | Path, cwd: Path) -> str:
    """Return what a script printed."""
    ran = subprocess.run(  # noqa: S603  # our own scripts
        [sys.executable, *map(str, words)], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_library_example_writes_what_it_prints(tmp_path: Path) -> None:
    """The number of quotes on the screen is that of the file."""
    printed = run(ROOT / "examples" / "code_a_chat.py", tmp_path, cwd=tmp_path)
    codings = secondcoder.read_codings(tmp_path / "codings.jsonl")
    assert f"{len(codings.quotes)} quotes;" in printed
    assert (tmp_path / "report.html").stat().st_size > 0


def test_the_readmes_python_runs(tmp_path: Path) -> None:
    """The block under "As a library", from the root of a clone."""
    readme = (ROOT / "README.md").read_text("utf-8")
    block = re.search(r"```python\n(.*?)```", readme, re.DOTALL)
    assert block is not None
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    printed = run("-c", block[1], cwd=tmp_path)
    assert len(printed.splitlines()) >= 5
    assert secondcoder.read_codings(tmp_path / "codings.jsonl").posts


def test_the_reference_covers_the_chat() -> None:
    """Every post of the chat is in the reference coding, with the same text, and none else."""
    chat = secondcoder.read_chat(EXAMPLE / "chat.csv")
    reference = secondcoder.read_codings(EXAMPLE / "reference.jsonl")
    assert {post.id: post.text for post in chat.posts} == {
        coded.post.id: coded.post.text for coded in reference.posts
    }


def test_the_reference_is_of_the_codebook_beside_it() -> None:
    """Same hash: an edit of the codebook asks for a new reference."""
    codebook = secondcoder.read_codebook(EXAMPLE / "codebook.yaml")
    reference = secondcoder.read_codings(EXAMPLE / "reference.jsonl")
    assert reference.info.codebook.sha256 == codebook.sha256


@pytest.mark.parametrize("rule", ["label", "reply", "thread", "time", "none"])
def test_every_rule_of_attribution_occurs_in_the_example(rule: str) -> None:
    """The example shows each way a post says what it answers."""
    shown = secondcoder.questions(EXAMPLE / "chat.csv", EXAMPLE / "codebook.yaml")
    assert sum(row.by_rule.get(rule, 0) for row in shown.questions) > 0


def test_attribution_agrees_with_the_reference_on_most_quoted_posts() -> None:
    """At least nine in ten quotes lie under a question the rules name for their post.

    The chat was written before the rules were run on it; the bar is far below what was found.
    """
    chat = secondcoder.read_chat(EXAMPLE / "chat.csv")
    codings = secondcoder.code(chat, EXAMPLE / "codebook.yaml")
    candidates = {coded.post.id: coded.attribution.question_ids for coded in codings.posts}
    reference = secondcoder.read_codings(EXAMPLE / "reference.jsonl")
    right = [
        coding.question_id in candidates[coding.quote.post_id]
        for coding in reference.quotes
        if coding.question_id is not None
    ]
    assert sum(right) >= 0.9 * len(right)
