"""Confidence is calibrated, and posts that are too unsure go to people."""

from coding.panel_cases import PAPER, POST, TIME, coding, left_out, quoted

from secondcoder.coding.handing_over import Bar
from secondcoder.schema.calibration import PlattCurve
from secondcoder.schema.codings import Abstention, Outcome, PostCodings, Quoted

CURVE = PlattCurve(intercept=-2, slope=4)


def applied(bar: Bar, outcome: Outcome) -> Outcome:
    """Return what becomes of a post."""
    return bar.apply(PostCodings(post=POST, outcome=outcome)).outcome


def sure(*confidences: float | None) -> Quoted:
    """Return up to two quotes of these confidences."""
    return quoted(*(
        coding(words).model_copy(update={"confidence": each})
        for words, each in zip((TIME, PAPER), confidences, strict=False)
    ))  # fmt: skip


def test_a_post_as_sure_as_the_bar_stays_with_calibrated_confidence() -> None:
    """What the coder gave is kept beside it; no confidence stays none."""
    found = applied(Bar(0.5, "for alpha=0.8", CURVE), sure(0.5, None))
    assert isinstance(found, Quoted)
    first, second = found.codings
    assert (first.confidence, first.raw_confidence) == (0.5, 0.5)
    assert (second.confidence, second.raw_confidence) == (None, None)


def test_a_post_goes_to_people_for_its_least_sure_quote() -> None:
    """The note has the confidence as given, the record the chance."""
    found = applied(Bar(0.6, "for alpha=0.8", CURVE), sure(0.9, 0.5))
    assert found == Abstention(
        note="confidence 0.50 is below 0.60, the least for alpha=0.8", confidence=0.5
    )
    plain = applied(Bar(0.6, "that was asked for"), sure(0.4))
    assert isinstance(plain, Abstention)
    assert plain.confidence == 0.4


def test_a_post_without_confidence_is_not_sure_enough_for_any_bar() -> None:
    """But stays where there is no bar."""
    found = applied(Bar(0.1, "for alpha=0.8"), sure(None))
    assert isinstance(found, Abstention)
    assert found.note.startswith("no confidence")
    assert applied(Bar(None, "", CURVE), sure(None)) == sure(None)


def test_what_was_not_quoted_stays_as_it_is() -> None:
    """There is no confidence to look at."""
    assert applied(Bar(0.9, "x", CURVE), left_out()) == left_out()
