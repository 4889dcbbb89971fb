"""`calibrate` and `abstain`: from the example chat's embedded coder to files, pages and tables."""

import json
from pathlib import Path

import pytest
from coding.panel_cases import Says, left_out
from typer.testing import CliRunner

import secondcoder
from secondcoder import CodingsError, InputError, StoreError
from secondcoder.cli.main import app
from secondcoder.schema.calibration import AbstentionThreshold, PlattCurve
from secondcoder.schema.codings import Abstention
from secondcoder.schema.statistics import Undefined

FOLDER = Path("examples/improvement-chat")
REFERENCE = FOLDER / "reference.jsonl"


@pytest.fixture(scope="module")
def coded() -> secondcoder.Codings:
    """Return the embedded coder's codings of the invented chat."""
    return secondcoder.code(FOLDER / "chat.csv", FOLDER / "codebook.yaml")


@pytest.fixture(scope="module")
def found(coded: secondcoder.Codings) -> secondcoder.CalibrationReport:
    """Return its calibration, for a target within reach."""
    return secondcoder.calibrate(coded, REFERENCE, target="alpha=.5")


def test_the_calibration_of_the_example_hangs_together(
    found: secondcoder.CalibrationReport,
) -> None:
    """Counts add up, the curve is there, the threshold reaches its target where it was chosen."""
    assert found.coder == "embedded/words-v1"
    assert 0 < found.n_right < found.n_judgements
    assert sum(one.n for one in found.as_given.bins) == found.n_judgements
    assert isinstance(found.curve, PlattCurve)
    assert isinstance(found.threshold, AbstentionThreshold)
    assert found.threshold.reached.value is not None
    assert found.threshold.reached.value >= 0.5
    assert [row.coverage for row in found.rows()] == sorted(row.coverage for row in found.rows())
    assert found.table().row_count == len(found.coverage)
    assert list(found.to_pandas().columns) == list(found.columns())


def test_abstain_hands_the_unsure_to_people_and_names_its_calibration(
    coded: secondcoder.Codings, found: secondcoder.CalibrationReport, tmp_path: Path
) -> None:
    """What stays has a calibrated confidence, the given one beside it; the input is untouched."""
    before = coded.model_dump_json()
    sure = secondcoder.abstain(coded, found)
    assert coded.model_dump_json() == before
    assert isinstance(found.threshold, AbstentionThreshold)
    assert isinstance(found.curve, PlattCurve)
    for quote in sure.quotes:
        if quote.raw_confidence is not None:
            assert quote.confidence == found.curve.chance(quote.raw_confidence)
    handed = [
        one.post.id
        for one, old in zip(sure.posts, coded.posts, strict=True)
        if isinstance(one.outcome, Abstention) and not isinstance(old.outcome, Abstention)
    ]
    assert handed
    assert sure.info.run.parameters["abstain_for"] == "for alpha=0.5"
    assert len(str(sure.info.run.parameters["calibration"])) == 12
    summary = secondcoder.abstain(coded, found, output=tmp_path / "sure.jsonl")
    assert summary.n_abstained == sum(isinstance(one.outcome, Abstention) for one in sure.posts)
    assert secondcoder.read_codings(tmp_path / "sure.jsonl") == sure
    with pytest.raises(CodingsError, match="calibrated already"):
        secondcoder.abstain(sure, found)
    with pytest.raises(CodingsError, match="calibrated already"):
        secondcoder.calibrate(sure, REFERENCE)


def test_the_commands_do_what_the_library_does(
    coded: secondcoder.Codings, found: secondcoder.CalibrationReport, tmp_path: Path
) -> None:
    """The file that `calibrate` writes is what it prints as JSON, and what `abstain` takes."""
    secondcoder.write_codings(coded, tmp_path / "codings.jsonl")
    command = ["calibrate", str(tmp_path / "codings.jsonl"), str(REFERENCE), "--target", "alpha=.5"]
    command += ["-o", str(tmp_path / "calibration.json")]
    ran = CliRunner().invoke(app, [*command, "--json"])
    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.output) == found.model_dump(mode="json")
    assert json.loads((tmp_path / "calibration.json").read_text("utf-8")) == json.loads(ran.output)
    told = CliRunner().invoke(app, command)
    assert "For alpha=0.5: code the surest" in told.output
    assert "On posts that had no part in the choice" in told.output
    abstain = ["abstain", str(tmp_path / "codings.jsonl"), "-o", str(tmp_path / "sure.jsonl")]
    abstain += ["--calibration", str(tmp_path / "calibration.json")]
    ran = CliRunner().invoke(app, abstain)
    assert ran.exit_code == 0, ran.output
    assert secondcoder.read_codings(tmp_path / "sure.jsonl") == secondcoder.abstain(coded, found)
    lower = CliRunner().invoke(app, [*abstain, "--below", "0.1", "--json"])
    assert (
        json.loads(lower.output)["n_abstained"]
        <= json.loads(
            secondcoder.abstain(coded, found, output=tmp_path / "again.jsonl").model_dump_json()
        )["n_abstained"]
    )


def test_the_page_has_both_charts_and_asks_for_nothing(
    coded: secondcoder.Codings, tmp_path: Path
) -> None:
    """Two reliability charts, one of coverage; no script, no address."""
    page = tmp_path / "calibration.html"
    secondcoder.calibrate(coded, REFERENCE, target="exact=.5", output=page)
    text = page.read_text("utf-8")
    assert text.startswith("<!doctype html>")
    assert text.count("<svg") == 3
    assert "http" not in text.replace("http-equiv", "")
    assert "<script" not in text
    secondcoder.calibrate(coded, REFERENCE, output=page)  # its own file may be written over


def test_a_calibration_of_a_small_sample_says_what_it_cannot(coded: secondcoder.Codings) -> None:
    """Ten posts of people: no curve, no threshold, and `abstain` has nothing to go by."""
    people = secondcoder.read_codings(REFERENCE)
    quoted = [one for one in people.posts if one.codings][:10]
    few = people.model_copy(update={"posts": tuple(quoted)})
    found = secondcoder.calibrate(coded, few, target="alpha=.8")
    assert isinstance(found.curve, Undefined)
    assert isinstance(found.threshold, Undefined)
    with pytest.raises(InputError, match=r"has no threshold for alpha=0\.8"):
        secondcoder.abstain(coded, found)
    with pytest.raises(InputError, match="neither curve nor threshold"):
        secondcoder.abstain(coded, secondcoder.calibrate(coded, few))
    by_hand = secondcoder.abstain(coded, found, below=0.9)
    assert by_hand.info.run.parameters["abstain_below"] == 0.9
    assert all(one.raw_confidence is None for one in by_hand.quotes)
    plain = secondcoder.calibrate(coded, REFERENCE)
    assert len(secondcoder.abstain(coded, plain).quotes) == len(coded.quotes)


def test_what_differs_from_the_calibrated_coding_is_told(
    coded: secondcoder.Codings, found: secondcoder.CalibrationReport, tmp_path: Path
) -> None:
    """Another codebook is a note, another coder a refusal."""
    book = coded.info.codebook.model_copy(update={"version": "2"})
    later = coded.model_copy(update={"info": coded.info.model_copy(update={"codebook": book})})
    summary = secondcoder.abstain(later, found, output=tmp_path / "later.jsonl")
    assert "the codebook is not the one that was calibrated" in summary.notes[0].message
    other = secondcoder.code(
        FOLDER / "chat.csv", FOLDER / "codebook.yaml", coder=Says("m", left_out())
    )
    with pytest.raises(InputError, match="the calibration is of embedded/words-v1"):
        secondcoder.abstain(other, found)
    with pytest.raises(CodingsError, match="m gave no confidence on any"):
        secondcoder.calibrate(other, REFERENCE)
    notes = secondcoder.calibrate(coded, coded).notes
    assert notes == (
        "embedded/words-v1 is no person; what follows takes its codings as a person's",
    )


@pytest.mark.parametrize("target", ["alpha", "alpha=0", "alpha=1.2", "alpha=x", "kappa=.8"])
def test_a_target_nobody_can_reach_for_is_refused(coded: secondcoder.Codings, target: str) -> None:
    """With how to write one."""
    with pytest.raises(InputError, match=r"--target"):
        secondcoder.calibrate(coded, REFERENCE, target=target)


def test_files_that_are_something_else_are_refused(
    coded: secondcoder.Codings, tmp_path: Path
) -> None:
    """Not written over, and not read as a calibration."""
    with pytest.raises(InputError, match=r"ends in \.json or \.html"):
        secondcoder.calibrate(coded, REFERENCE, output=tmp_path / "c.txt")
    with pytest.raises(InputError, match="level"):
        secondcoder.calibrate(coded, REFERENCE, level=1.0)
    mine = tmp_path / "mine.json"
    mine.write_text('{"a": 1}', "utf-8")
    with pytest.raises(StoreError, match="not overwritten"):
        secondcoder.calibrate(coded, REFERENCE, output=mine)
    with pytest.raises(InputError, match="is no calibration"):
        secondcoder.abstain(coded, mine)
    with pytest.raises(InputError, match="can't be read"):
        secondcoder.abstain(coded, tmp_path / "none.json")
    file = tmp_path / "codings.jsonl"
    secondcoder.write_codings(coded, file)
    with pytest.raises(StoreError, match="is what is to be coded"):
        secondcoder.abstain(file, secondcoder.calibrate(coded, REFERENCE), output=file)
