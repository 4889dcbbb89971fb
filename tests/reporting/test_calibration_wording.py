"""What is said of a calibration where something is missing, and where it is not."""

from secondcoder.reporting.calibration_html import coverage_marks, reliability_marks
from secondcoder.reporting.calibration_rows import coverage_rows
from secondcoder.reporting.calibration_wording import compared, kept, worth
from secondcoder.schema.calibration import (
    AbstentionThreshold,
    Calibration,
    CoveragePoint,
    IsotonicCurve,
    PlattCurve,
    Reliability,
    ReliabilityBin,
    Target,
)
from secondcoder.schema.statistics import Statistic, Undefined

NONE = Undefined(name="x", reason="too few posts")


def number(value: float) -> Statistic:
    """Return a figure."""
    return Statistic(name="x", value=value, n_units=9)


def worthy(brier: float) -> Reliability:
    """Return a reliability of two bins, one of them without a share."""
    bins = (
        ReliabilityBin(n=9, low=0.1, high=0.3, mean_confidence=0.2, share_right=number(0.25)),
        ReliabilityBin(n=9, low=0.4, high=0.9, mean_confidence=0.8, share_right=NONE),
    )
    return Reliability(bins=bins, brier=number(brier), ece=number(0.1))


POINT = CoveragePoint(abstain_below=0.4, coverage=0.5, n_posts=10, alpha=NONE, exact=number(0.5))
THRESHOLD = AbstentionThreshold(
    target=Target(value=0.8), abstain_below=0.4, chance=None, coverage=0.5, reached=number(0.81),
    held_out=number(0.7), held_out_coverage=0.45,
)  # fmt: skip
FOUND = Calibration(
    title="Tea", coder="m", people=("ann", "ben"), codebook_sha256="", secondcoder_version="0",
    seed=0, level=0.95, n_posts=40, n_kept=30, n_left_out=0, n_left_out_quoted=0,
    n_judgements=60, n_right=45, n_folds=5, curve=PlattCurve(intercept=1, slope=-2),
    as_given=worthy(0.2), calibrated=worthy(0.1), coverage=(POINT,), threshold=THRESHOLD,
)  # fmt: skip


def test_what_was_compared_is_counted() -> None:
    """The left-out posts only where there are some."""
    said = compared(FOUND)
    assert "m quoted or left to people 40 posts that ann and ben coded; on 30" in said[0]
    assert said[1].endswith("45 are (75 %).")
    assert len(said) == 2
    more = FOUND.model_copy(update={"n_left_out": 7, "n_left_out_quoted": 3})
    assert "a person quoted 3 of them" in compared(more)[2]


def test_a_confidence_that_tells_nothing_is_said_to() -> None:
    """A falling curve, a curve without a gain, no curve at all."""
    assert "does not tell right from wrong" in worth(FOUND)[2]
    worse = FOUND.model_copy(update={"calibrated": worthy(0.3)})
    assert "no gain here" in worth(worse)[3]
    curve = IsotonicCurve(confidences=(0.1, 0.9), chances=(0.2, 0.8))
    assert worth(FOUND.model_copy(update={"curve": curve}))[2] == "Curve: isotonic, 2 points."
    small = FOUND.model_copy(update={"curve": NONE, "calibrated": NONE})
    assert worth(small)[1:] == [
        "Calibrated: no figures, since too few posts.",
        "No curve: too few posts.",
    ]


def test_a_threshold_that_does_not_hold_is_said_to() -> None:
    """What it reached where it was chosen is not what new posts will give."""
    (said,) = kept(FOUND)
    assert "code the surest 50 %, of confidence 0.40 and more, at alpha 0.81" in said
    assert said.endswith("Expect less than the target of new posts.")
    better = THRESHOLD.model_copy(update={"held_out": number(0.9), "chance": 0.6})
    (held,) = kept(FOUND.model_copy(update={"threshold": better}))
    assert "0.40 (a chance of 0.60) and more" in held
    assert held.endswith("0.90.")
    assert "--target" in kept(FOUND.model_copy(update={"threshold": None}))[0]
    assert kept(FOUND.model_copy(update={"threshold": NONE})) == ["No x: too few posts."]


def test_charts_and_rows_leave_out_what_has_no_number() -> None:
    """Neither a point at 0 nor a NaN."""
    assert [mark.words for mark in reliability_marks(FOUND.as_given)] == ["0.20: 0.25"]
    assert coverage_marks(FOUND) == []
    (row,) = coverage_rows(FOUND)
    assert (row.alpha, row.alpha_low, row.exact, row.exact_low) == (None, None, 0.5, None)
