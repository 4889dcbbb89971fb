"""Precision, recall and F1 over sets of themes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support

from secondcoder.agreement import Interval, Statistic, Undefined, precision_recall_f1
from secondcoder.schema.comparisons import Scores

SETS = st.frozensets(st.sampled_from("ABC"))


def test_scores_by_hand() -> None:
    """Hits a, b; a given twice by the reference, b once by each, c only by the other."""
    reference: list[set[object] | None] = [{"a"}, {"a", "b"}, set(), {"a"}]
    other: list[set[object] | None] = [{"a"}, {"b", "c"}, set(), None]
    scores = precision_recall_f1(reference, other)
    values = {
        of.theme: (of.precision.value, of.recall.value, of.f1.value)
        for of in (*scores.per_theme, scores.micro, scores.macro)
    }
    assert values["a"] == pytest.approx((1, 1 / 2, 2 / 3))
    assert values["b"] == (1, 1, 1)
    assert values["c"] == (0, None, 0)
    assert values["micro"] == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert values["macro"] == pytest.approx((2 / 3, 3 / 4, 5 / 9))
    assert isinstance(scores.micro.f1, Statistic)
    assert scores.micro.f1.n_units == 3
    undefined = scores.per_theme[2].recall
    assert isinstance(undefined, Undefined)
    assert "reference" in undefined.reason


def test_f1_of_the_published_table() -> None:
    """Gwet's 2 x 2 table read as hits 80, misses 7, false alarms 8: F1 = 160/175."""
    reference = [{"x"}] * 87 + [set()] * 13
    other = [{"x"}] * 80 + [set()] * 7 + [{"x"}] * 8 + [set()] * 5
    scores = precision_recall_f1(reference, other)
    assert scores.micro.f1.value == pytest.approx(160 / 175)
    assert scores.micro.precision.value == pytest.approx(80 / 88)
    assert scores.micro.recall.value == pytest.approx(80 / 87)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(SETS, SETS), min_size=1, max_size=12))
def test_sklearn_agrees_where_all_is_defined(
    units: list[tuple[frozenset[str], frozenset[str]]],
) -> None:
    """The oracle says 0 where we say undefined; micro needs only one theme on each side."""
    reference, other = (list(coder) for coder in zip(*units, strict=True))
    scores = precision_recall_f1(reference, other)
    truth, guess = (
        [[theme in themes for theme in "ABC"] for themes in row] for row in (reference, other)
    )
    if any(reference) and any(other):
        theirs = precision_recall_fscore_support(truth, guess, average="micro")
        ours = (scores.micro.precision.value, scores.micro.recall.value, scores.micro.f1.value)
        assert ours == pytest.approx(theirs[:3])
    turned = precision_recall_f1(other, reference)
    for one, two in zip(scores.per_theme, turned.per_theme, strict=True):
        assert one.precision.value == two.recall.value
        assert one.f1.value == two.f1.value
    for of in (*scores.per_theme, scores.micro, scores.macro):
        for score in (of.precision, of.recall, of.f1):
            assert score.value is None or 0 <= score.value <= 1
    assert precision_recall_f1(reference[::-1], other[::-1]) == scores
    assert precision_recall_f1([*reference, None], [*other, frozenset("A")]) == scores or (
        "A" not in {theme for unit in units for themes in unit for theme in themes}
    )


def test_nobody_gave_a_theme() -> None:
    """Then nothing is defined, and no theme is listed."""
    scores = precision_recall_f1([set(), set()], [set(), set()])
    assert scores.per_theme == ()
    for of in (scores.micro, scores.macro):
        assert isinstance(of.f1, Undefined)
        assert isinstance(of.precision, Undefined)
    assert isinstance(scores.micro.f1, Undefined)
    assert scores.micro.f1.reason == "neither coder gave a theme"


def test_no_unit_in_common() -> None:
    """The reason says so."""
    found = precision_recall_f1([{"a"}, None], [None, {"a"}]).micro.recall
    assert isinstance(found, Undefined)
    assert found.reason == "no unit was rated by both coders"


def test_scores_have_intervals_over_posts_and_survive_json() -> None:
    """Ten posts of two units."""
    reference = [{"a"}, {"a", "b"}] * 10
    other = [{"a"}, {"b"}, {"b"}, {"a", "b"}] * 5
    posts = [unit // 2 for unit in range(20)]
    scores = precision_recall_f1(reference, other, clusters=posts, interval="bootstrap")
    found = scores.macro.f1.interval
    assert isinstance(found, Interval)
    assert scores.macro.f1.value is not None
    assert found.low < scores.macro.f1.value < found.high
    assert Scores.model_validate_json(scores.model_dump_json()) == scores
