"""`secondcoder agree` as a person types it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from agreement.coded_chats import ABSTAINED, LEFT_OUT, Decision, coded

import secondcoder
from secondcoder.schema.codebook import Codebook, Theme

EXAMPLE = Path(__file__).parents[2] / "examples" / "improvement-chat"
OLD = Codebook(title="Old", themes=(Theme(id="cuppa", name="Cuppa"), Theme(id="rest", name="Rest")))
NEW = Codebook(title="New", themes=(Theme(id="tea", name="Tea"),))


def run(*words: str | Path, cwd: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Return what the command printed, having ended with the exit code."""
    command = [sys.executable, "-m", "secondcoder", "agree", *map(str, words)]
    ran = subprocess.run(  # noqa: S603  # our own program
        command, cwd=cwd, capture_output=True, text=True, check=False
    )
    assert ran.returncode == code, ran.stderr
    return ran


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with codings of three coders, and of two with other codebooks."""
    changes: dict[str, dict[int, Decision]] = {
        "ann": {},
        "bob": {1: "Q2a:time"},
        "cem": {3: ABSTAINED},
    }
    decisions: list[Decision] = ["Q1:tea", "Q1:tea", "Q2a:time", "trust", LEFT_OUT]
    for coder, changed in changes.items():
        own = [changed.get(place, decision) for place, decision in enumerate(decisions)]
        secondcoder.write_codings(coded(coder, own), tmp_path / f"{coder}.jsonl")
    for coder, book, theme in (("old", OLD, "cuppa"), ("new", NEW, "tea")):
        codings = coded(coder, [theme, LEFT_OUT], book=book)
        secondcoder.write_codings(codings, tmp_path / f"{coder}.jsonl")
    return tmp_path


def test_the_screen_says_what_was_compared_and_how_far_coders_agree(folder: Path) -> None:
    """Sentences, then a line per theme; with two coders no table of pairs."""
    shown = run("ann.jsonl", "bob.jsonl", cwd=folder).stdout
    assert "5 posts that both rated" in " ".join(shown.split())
    for title in ("All themes together", "Theme by theme", "Question by question", "What was quot"):
        assert title in shown
    assert "Each two coders" not in shown
    assert "80 %" in next(line for line in shown.splitlines() if line.startswith("Tea  "))


def test_three_coders_and_a_reference_have_tables_of_their_own(folder: Path) -> None:
    """And what was left out is said."""
    words = ("ann.jsonl", "bob.jsonl", "cem.jsonl", "--reference", "bob")
    shown = run(*words, cwd=folder).stdout
    assert "Each two coders" in shown
    assert "Against bob" in shown


def test_json_is_the_report(folder: Path) -> None:
    """The model the library returns, and nothing else; the seed is in it."""
    printed = run("ann.jsonl", "bob.jsonl", "--seed", "4", "--json", cwd=folder).stdout
    report = secondcoder.AgreementReport.model_validate_json(printed)
    assert report == secondcoder.agree(folder / "ann.jsonl", folder / "bob.jsonl", seed=4)
    assert json.loads(printed)["interval"]["seed"] == 4


def test_a_report_is_written(folder: Path) -> None:
    """And the screen says where."""
    shown = run("ann.jsonl", "bob.jsonl", "-o", "report.html", cwd=folder).stdout
    assert "wrote report.html" in shown
    assert (folder / "report.html").read_text("utf-8").startswith("<!doctype html>")


def test_codebooks_that_differ_are_refused_until_a_mapping_is_given(folder: Path) -> None:
    """The message is the remedy: `--map` makes one theme the other and leaves one out."""
    refused = run("old.jsonl", "new.jsonl", cwd=folder, code=2).stderr
    assert "OLD=NEW" in refused
    words = ("old.jsonl", "new.jsonl", "--map", "cuppa=tea", "--map", "rest=")
    shown = run(*words, cwd=folder).stdout
    assert "note: " in shown


def test_posts_quotes_and_themes_can_be_chosen(folder: Path) -> None:
    """Each filter as the library has it."""
    ids = [
        coded_post.post.id for coded_post in secondcoder.read_codings(folder / "ann.jsonl").posts
    ]
    (folder / "ids.txt").write_text("\n".join(ids[:3]), "utf-8")
    words = ("ann.jsonl", "bob.jsonl", "--theme", "tea", "--posts", "ids.txt")
    printed = run(
        *words, "--min-confidence", "0.5", "--overlap", "0.8", "--json", cwd=folder
    ).stdout
    report = secondcoder.AgreementReport.model_validate_json(printed)
    assert report.selection.themes == ("tea",)
    assert report.selection.posts == tuple(ids[:3])
    assert report.overlap == 0.8
    assert any("set aside by the filter" in note for note in report.notes)
    assert report.n_posts == 3


def test_what_counts_as_a_rating_is_an_option(folder: Path) -> None:
    """An abstention is missing unless it is said to be no theme."""
    words = ("ann.jsonl", "cem.jsonl", "--json")
    plain = json.loads(run(*words, cwd=folder).stdout)
    counted = json.loads(run(*words, "--count", "abstained=no-theme", cwd=folder).stdout)
    assert (plain["counting"]["abstained"], counted["counting"]["abstained"]) == (
        "missing",
        "no-theme",
    )
    assert counted["overall"]["n_units"] == plain["overall"]["n_units"] + 1


@pytest.mark.skipif(not EXAMPLE.exists(), reason="the example chat is not in this copy")
def test_the_embedded_coder_is_compared_with_the_examples_reference(tmp_path: Path) -> None:
    """Every post is a unit or left out with a reason; no theme's figure is without one."""
    codings = tmp_path / "codings.jsonl"
    secondcoder.code(EXAMPLE / "chat.csv", EXAMPLE / "codebook.yaml", output=codings)
    words = (EXAMPLE / "reference.jsonl", codings, "--reference", "reference", "--json")
    report = secondcoder.AgreementReport.model_validate_json(run(*words, cwd=tmp_path).stdout)
    overall = report.overall
    assert overall.n_units + sum(each.n for each in overall.excluded) == report.n_posts
    assert overall.sets.alpha_masi.value is not None
    assert overall.sets.alpha_masi.value > 0.3
    assert all(row.value is not None or row.reason for row in report.rows())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("ann.jsonl",), "two coders"),
        (("ann.jsonl", "none.jsonl"), "none.jsonl"),
        (("ann.jsonl", "bob.jsonl", "--unit", "words"), "--unit words"),
        (("ann.jsonl", "bob.jsonl", "--question", "Q9"), "no question 'Q9'"),
        (("ann.jsonl", "bob.jsonl", "--reference", "eve"), "no coder 'eve'"),
        (("ann.jsonl", "bob.jsonl", "--map", "tea"), "OLD=NEW"),
        (("ann.jsonl", "bob.jsonl", "-o", "report.txt"), ".html, .md or .json"),
        (("ann.jsonl", "bob.jsonl", "--theme", "coffee"), "no theme 'coffee'"),
        (("ann.jsonl", "bob.jsonl", "--posts", "none.txt"), "--posts none.txt: can't be read"),
        (("ann.jsonl", "bob.jsonl", "--posts", "empty.txt"), "there is no id in it"),
        (("ann.jsonl", "bob.jsonl", "--count", "asleep=missing"), "--count asleep=missing"),
        (("ann.jsonl", "bob.jsonl", "--count", "failed=never"), "--count failed=never"),
        (("ann.jsonl", "bob.jsonl", "--overlap", "2"), "overlap 2: it must be above 0"),
    ],
)
def test_a_mistake_is_one_sentence(folder: Path, words: tuple[str, ...], message: str) -> None:
    """Exit code 2, no traceback."""
    (folder / "empty.txt").touch()
    ran = run(*words, cwd=folder, code=2)
    assert ran.stderr.startswith("error: ")
    assert message in " ".join(ran.stderr.split())
