"""`delegate` as a person types it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import secondcoder
from secondcoder.cli.main import app
from secondcoder.errors import InputError

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "improvement-chat"
REFERENCE = EXAMPLE / "reference.jsonl"


def run(*words: str | Path) -> str:
    """Return what a command that ends well printed, on a wide screen."""
    result = CliRunner(env={"COLUMNS": "1000"}).invoke(
        app, ["delegate", *(str(word) for word in words)], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the embedded coder's codings of the example."""
    path = tmp_path_factory.mktemp("delegate") / "codings.jsonl"
    secondcoder.code(EXAMPLE / "chat.csv", EXAMPLE / "codebook.yaml", output=path)
    return path


def test_one_person_is_told_what_can_and_can_t_be_said(embedded: Path) -> None:
    """No decision, no ceiling and no test, in so many words; counts, shares and talks all the same.

    The figures are those of the example's reference, coded by one person.
    """
    shown = run(embedded, REFERENCE)
    assert "160 posts to code; 19 more are reposts" in shown
    assert "This can't be said yet. Only reference coded" in shown
    assert "Let a second person code some of these posts" in shown
    assert "What can be said: how often the model gives what reference gave" in shown
    assert "the ceiling, how far people agree with each other, is not known" in shown.lower()
    assert "Whether the model may stand in for a person can't be tested" in shown
    assert "The model may code alone" not in shown
    assert "People coded all 160 posts." in shown
    assert "Worth a talk" in shown


def test_two_people_are_given_a_line_per_theme(embedded: Path, tmp_path: Path) -> None:
    """Decision, numbers and how many more posts; the second person is the first one renamed."""
    reference = secondcoder.read_codings(REFERENCE)
    coder = reference.info.run.coder.model_copy(update={"id": "second"})
    run_of = reference.info.run.model_copy(update={"coder": coder})
    info = reference.info.model_copy(update={"run": run_of})
    path = tmp_path / "second.jsonl"
    secondcoder.write_codings(reference.model_copy(update={"info": info}), path)
    shown = run(embedded, REFERENCE, path, "--again", embedded)
    assert "Not decided by these posts:" in shown
    assert ": people 1.00, model 0." in shown
    assert "coded twice should settle it." in shown
    assert "People agree with each other to 1.00: this is the ceiling." in shown
    assert "Alternative annotator test: the model may stand in for" in shown
    assert "People among themselves differ on 0 of 160 times" in shown
    assert "Asked twice, the model agrees with itself to 1.00" in shown


def test_the_numbers_of_the_rule_are_options(embedded: Path, tmp_path: Path) -> None:
    """They are in the plan, and said; what is not given keeps its default."""
    path = tmp_path / "second.jsonl"
    reference = secondcoder.read_codings(REFERENCE)
    coder = reference.info.run.coder.model_copy(update={"id": "second"})
    run_of = reference.info.run.model_copy(update={"coder": coder})
    info = reference.info.model_copy(update={"run": run_of})
    secondcoder.write_codings(reference.model_copy(update={"info": info}), path)
    numbers = ("--min-agreement", "0.5", "--margin", "0.3", "--min-positives", "4")
    words = (embedded, REFERENCE, path, *numbers, "--level", "0.9", "--max-more", "30")
    plan = json.loads(run(*words, "--json"))["delegation"]
    rule = secondcoder.DelegationRule(min_agreement=0.5, margin=0.3, min_positives=4)
    assert secondcoder.DelegationRule.model_validate(plan["rule"]) == rule
    assert plan["level"] == 0.9
    assert max(theme["n_more_searched"] for theme in plan["themes"]) == 30
    assert "The rule: people agree to 0.50 or more" in run(*words)


def test_a_number_out_of_range_names_its_option(embedded: Path) -> None:
    """Before anything is computed."""
    with pytest.raises(InputError, match=r"--min-recall 2\.0: Input should be less than 1"):
        run(embedded, REFERENCE, "--min-recall", "2")


def test_help_tells_the_defaults_of_the_rule() -> None:
    """The same numbers as `DelegationRule` has."""
    shown = " ".join(run("--help").split())
    rule = secondcoder.DelegationRule()
    assert rule.min_agreement == 2 / 3
    assert "Default: 2/3." in shown
    for number in (rule.margin, rule.min_recall, rule.min_positives):
        assert f"Default: {number}." in shown


def test_json_is_what_the_library_returns(embedded: Path) -> None:
    """And nothing else."""
    found = json.loads(run(embedded, REFERENCE, "--seed", "2", "--json"))
    assert (found["kind"], found["seed"]) == ("beside-people", 2)
    assert found["delegation"]["kind"] == "undefined"


def test_a_model_in_a_person_s_place_is_noted(embedded: Path) -> None:
    """Two files in the wrong order are the likeliest slip."""
    assert "note: embedded/words-v1 is no person" in run(REFERENCE, embedded)
