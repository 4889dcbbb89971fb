"""`sample` and `eval` as a person types them."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from servers.openai_server import ScriptedServer, down_for_three
from typer.testing import CliRunner, Result

from secondcoder.cli.main import app
from secondcoder.errors import InputError

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "improvement-chat"


def run(*words: str | Path) -> Result:
    """Return what a command printed; an error of ours is raised."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_sample_writes_a_sheet_for_each_coder(tmp_path: Path) -> None:
    """And says how many of which posts it drew."""
    words = ("sample", EXAMPLE / "chat.csv", "-n", "12", "--stratify", "question")
    ran = run(
        *words, "-c", EXAMPLE / "codebook.yaml", "--coder", "Ann", "--coder", "Ben", "-o", tmp_path
    )
    assert ran.exit_code == 0
    assert "12 of 160 posts" in ran.stdout
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"ann.csv", "ben.csv", "themes.csv", "sample.json"}


def test_sample_prints_json_alone(tmp_path: Path) -> None:
    """For programs."""
    ran = run("sample", EXAMPLE / "chat.csv", "-n", "3", "-o", tmp_path, "--json")
    assert len(json.loads(ran.stdout)["posts"]) == 3


@pytest.mark.slow
def test_eval_prints_scores_and_ends_with_1_below_a_bar(tmp_path: Path) -> None:
    """So that it can guard a change in CI."""
    task = ROOT / "evals" / "improvement-chat.yaml"
    ran = run("eval", task, "-o", tmp_path, "--min", "theme_hit=0.2")
    assert ran.exit_code == 0
    assert "theme_hit" in ran.stdout
    again = ("eval", task, "-o", tmp_path, "--against", tmp_path / "improvement-chat.json")
    ran = run(
        *again, "--min", "theme_hit=0.99", "--coder", "embedded", "--coder", "embedded-decides"
    )
    assert ran.exit_code == 1
    assert "not reached: embedded/as it is/theme_hit" in ran.stdout
    assert "embedded minus embedded, earlier" in ran.stdout
    assert "embedded minus embedded-decides" in ran.stdout


@pytest.mark.slow
def test_eval_says_which_condition_a_coder_was_not_tried_under(tmp_path: Path) -> None:
    """And prints no figure of it."""
    ran = run("eval", ROOT / "evals" / "stability.yaml", "-o", tmp_path)
    assert ran.exit_code == 0
    words = "embedded, reworded: left out; the embedded coder has no prompt that could be reworded"
    assert words in ran.stdout
    assert "reworded: embedded" not in ran.stdout


def test_eval_of_packing_shows_a_line_per_size(tmp_path: Path) -> None:
    """Ten conditions with fourteen scores each would fill screens."""
    task = tmp_path / "small.yaml"
    files = f"codebook: {EXAMPLE / 'codebook.yaml'}\nreference: {EXAMPLE / 'reference.jsonl'}\n"
    task.write_text(f"name: small\nkind: packing\n{files}posts: 8\nsizes: [1, 4]\n", "utf-8")
    with ScriptedServer() as server:
        ran = run("eval", task, "--coder", "tiny", "--base-url", server.url, "-o", tmp_path)
    assert ran.exit_code == 0
    lines = [line.split()[:2] for line in ran.stdout.splitlines()]
    first = [lines.index(["1", "8"]), lines.index(["shuffled", "8"]), lines.index(["4", "2"])]
    assert first == sorted(first)
    assert ["shuffled", "2"] in lines
    assert "tiny: answers hold up to 4 per request" in ran.stdout
    assert "theme_hit" not in ran.stdout


def test_eval_says_when_it_brings_a_ledger_up_to_date(tmp_path: Path) -> None:
    """Before and after, once, on standard error; `--json` prints the result and nothing else."""
    task = tmp_path / "small.yaml"
    files = f"codebook: {EXAMPLE / 'codebook.yaml'}\nreference: {EXAMPLE / 'reference.jsonl'}\n"
    task.write_text(f"name: small\nkind: packing\n{files}posts: 2\nsizes: [1]\n", "utf-8")
    with ScriptedServer() as server:
        words = ("eval", task, "--coder", "m", "--base-url", server.url, "-o", tmp_path / "out")
        assert "up to date" not in run(*words).output

        def told(*more: str) -> Result:
            ledgers = list((tmp_path / "out").glob("*.sqlite"))
            for ledger in ledgers:
                with closing(sqlite3.connect(ledger)) as db:
                    db.execute("PRAGMA user_version = 3")
            result = run(*words, *more)
            assert ledgers
            assert "up to date" not in result.stdout
            return result

        said = " ".join(told().stderr.split())
        assert "is of an earlier version and is brought up to date, once" in said
        assert "is up to date" in said
        assert told("--json").stderr == ""


def test_eval_says_that_a_provider_is_down_with_json_too(tmp_path: Path) -> None:
    """It would seem to hang."""
    task = tmp_path / "small.yaml"
    files = f"codebook: {EXAMPLE / 'codebook.yaml'}\nreference: {EXAMPLE / 'reference.jsonl'}\n"
    task.write_text(f"name: small\nkind: packing\n{files}posts: 6\nsizes: [1]\n", "utf-8")
    with ScriptedServer() as server:
        server.script = down_for_three(server.script)
        words = ("eval", task, "--coder", "m", "--base-url", server.url, "-o", tmp_path)
        ran = run(*words, "--concurrency", "2", "--json")
    assert "paused: nothing is answered" in ran.stderr
    assert ran.stderr.endswith("it is back: going on\n")
    assert json.loads(ran.stdout)["kind"] == "evaluation"


def test_eval_skips_with_a_message_and_exit_0(tmp_path: Path) -> None:
    """A checkout without the report still passes."""
    task = ROOT / "evals" / "report.yaml"
    ran = run("eval", task, "--data", f"report={tmp_path / 'none.txt'}", "-o", tmp_path)
    assert ran.exit_code == 0
    assert "--data report=FILE" in ran.stderr
    ran = run("eval", task, "--data", f"report={tmp_path / 'none.txt'}", "-o", tmp_path, "--json")
    assert json.loads(ran.stdout)["kind"] == "skipped"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("eval", "x.yaml", "--min", "theme_hit"), "write NAME=VALUE"),
        (("eval", "x.yaml", "--min", "theme_hit=high"), "'high' is not a number"),
        (("eval", "x.yaml", "--data", "a=1", "--data", "a=2"), "given twice"),
        (("sample", "x.csv", "--form", "pdf"), "write csv or xlsx"),
        (("sample", "x.csv", "--stratify", "author"), "write question or theme"),
    ],
)
def test_a_mistyped_option_is_named(words: tuple[str, ...], message: str) -> None:
    """Before anything is read."""
    with pytest.raises(InputError, match=message):
        run(*words)
