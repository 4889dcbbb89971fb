"""A person at a terminal is asked before much is spent; a script is not."""

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

import pytest

from secondcoder import ModelOptions, read_codebook
from secondcoder.api.settling import tasks_of
from secondcoder.api.sources import open_source
from secondcoder.api.survey import survey
from secondcoder.coding.model import ModelCoder
from secondcoder.schema.answers import Answer
from secondcoder.schema.codings import LeftOut, LeftOutReason
from secondcoder.schema.runs import Run
from secondcoder.store.ledger import Ledger

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


def at_a_terminal(
    folder: Path,
    *words: str,
    answer: str,
    command: Sequence[str] = COMMAND,
    shows: Literal["stdout", "stderr"] = "stderr",
) -> Ended:
    """Return how the command ends for a person who types this; there is no key to send with."""
    ours, theirs = os.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "OPENAI_API_KEY"}
    try:
        os.write(ours, answer.encode())
        ran = subprocess.run(  # noqa: S603  # our own program
            [*command, *words],
            cwd=folder,
            env=environment,
            stdin=theirs,
            stdout=theirs if shows == "stdout" else subprocess.DEVNULL,
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
    assert ended.shown.endswith("Go on? [y/N]:stopped before anything was sent")
    assert sorted(folder.iterdir()) == before


def test_answers_to_another_prompt_are_told_of_before_the_question(folder: Path) -> None:
    """Whoever updated the program may rather keep the prompt than pay anew."""
    source, book = open_source(folder / "chat.csv"), read_codebook(folder / "codebook.yaml")
    found = survey(source, book, with_context=True)
    (post,) = tasks_of(source, found, {}, lambda _place, _coded: None)
    options = ModelOptions(prompt_version=1, posts_per_request=1)
    coder = ModelCoder(found.codebook, model=COMMAND[-1], options=options)
    answer = Answer(
        key=coder.requests.ask(post).key,
        post_id=post.post.id,
        outcome=LeftOut(reason=LeftOutReason.NO_IDEA),
        raw="{}",
        answered_at=datetime.now(UTC),
        model=COMMAND[-1],
        prompt_sha256=coder.origin.prompt_sha256,
        codebook_sha256=found.codebook.sha256,
    )
    with Ledger(folder / "secondcoder-ledger.sqlite") as ledger:
        ledger.keep([answer])
        ledger.keep_run(coder.describe(Run(id="r", coder=coder.coder)))
    ended = at_a_terminal(folder, "--ask-above", "0", answer="n\n")
    told, _, asked = ended.shown.partition("--prompt-version 1 takes those instead")
    assert "answers to prompt version 1 about 1 post " in told
    assert "Go on?" in asked


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


@pytest.mark.parametrize(
    ("words", "said"),
    [(["--dry-run"], "codes and themes"), (["--dry-run", "--json"], '"n_requests"')],
)
def test_a_dry_run_of_proposing_sends_and_writes_nothing(
    folder: Path, words: list[str], said: str
) -> None:
    """It needs no key."""
    another = "2,bob,2026-05-14T19:02:00Z,A1 Somebody who listens to what went wrong today.\n"
    (folder / "chat.csv").write_text(f"{CHAT.rstrip()}\n{another}", "utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "OPENAI_API_KEY"}
    before = sorted(folder.iterdir())
    command = [*COMMAND[:3], "propose", "chat.csv", "--coder", "openai/gpt-4o-mini", *words]
    done = subprocess.run(  # noqa: S603  # our own program
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert said in done.stdout
    assert sorted(folder.iterdir()) == before


def test_a_report_is_told_of_and_asked_about_before_it_is_written(folder: Path) -> None:
    """`report --coder`: a dry run shows both steps; a person's no sends and writes nothing."""
    words = ["code", "chat.csv", "-c", "codebook.yaml", "-o", "codings.jsonl", "--quiet"]
    subprocess.run(  # noqa: S603  # our own program
        [*COMMAND[:3], *words], cwd=folder, capture_output=True, check=True
    )
    before = sorted(folder.iterdir())
    command = [*COMMAND[:3], "report", "codings.jsonl", "--coder", "openai/gpt-4o-mini"]
    command += ["-o", "report.md", "--quotes", "paraphrased"]
    ended = at_a_terminal(folder, "--ask-above", "0", answer="n\n", command=command)
    assert ended.code == 130
    assert "USD for 2 requests (genai-prices " in ended.shown
    assert ended.shown.endswith("Go on? [y/N]:stopped before anything was sent")
    dry = at_a_terminal(folder, "--dry-run", answer="", command=command, shows="stdout")
    assert dry.code == 0
    assert "key findings" in dry.shown
    assert "paraphrases" in dry.shown
    nobody = at_a_terminal(folder, "--dry-run", answer="", command=[*command[:5]])
    assert nobody.code == 2
    assert "asks no model and costs nothing; name a model with --coder" in nobody.shown
    assert sorted(folder.iterdir()) == before
