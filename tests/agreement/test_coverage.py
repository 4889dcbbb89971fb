"""What is reached when a coder keeps its surest posts, and which threshold reaches a target."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondcoder.agreement.coverage import Kept, choose_threshold, coverage_curve
from secondcoder.agreement.curves import folds_of
from secondcoder.agreement.sets import set_alpha
from secondcoder.schema.calibration import AbstentionThreshold, PlattCurve, Target
from secondcoder.schema.statistics import Interval, Undefined

CURVE = PlattCurve(intercept=-2, slope=4)
NONE = Undefined(name="calibration curve", reason="too few")


def posts(n: int = 200, *, n_abstained: int = 0, n_unknown: int = 0, seed: int = 0) -> Kept:
    """Return posts with two themes, the coder right as often as its confidence says."""
    rng = np.random.default_rng(seed)
    confidence = rng.uniform(size=n)
    truth = rng.integers(0, 2, n)
    given = np.where(rng.uniform(size=n) < confidence, truth, 1 - truth)
    confidence[:n_unknown] = np.nan
    return Kept(
        confidence=confidence,
        n_all=n + n_abstained,
        posts=np.arange(n),
        coder=tuple(frozenset({f"t{each}"}) for each in given),
        people=tuple(frozenset({f"t{each}"}) for each in truth),
    )


def chosen(kept: Kept, target: Target, **also: PlattCurve | Undefined) -> AbstentionThreshold:
    """Return the threshold, which there must be."""
    folds = folds_of(list(range(len(kept.confidence))), seed=0)
    found = choose_threshold(kept, target, folds, also.get("curve", CURVE), None)
    assert isinstance(found, AbstentionThreshold), found
    return found


def test_the_curve_runs_from_few_posts_to_all_and_agreement_falls() -> None:
    """Ten points; the surest tenth agrees better than all."""
    found = coverage_curve(posts(n_abstained=50), None)
    assert [one.n_posts for one in found] == list(range(20, 201, 20))
    assert [one.coverage for one in found] == pytest.approx(np.arange(20, 201, 20) / 250)
    first, last = found[0].alpha.value, found[-1].alpha.value
    assert first is not None
    assert last is not None
    assert first > last + 0.3


def test_each_point_is_the_agreement_of_the_posts_it_keeps() -> None:
    """Alpha of the same sets, computed by the public function."""
    kept = posts(60)
    one = coverage_curve(kept, None)[4]
    places = [n for n in range(60) if kept.confidence[n] >= one.abstain_below]
    rows = [[side[n] for n in places] for side in (kept.coder, kept.people)]
    assert one.alpha.value == pytest.approx(set_alpha(rows).value)
    assert one.exact.value == pytest.approx(np.mean([a == b for a, b in zip(*rows, strict=True)]))


def test_a_threshold_keeps_as_much_as_the_target_allows() -> None:
    """It reaches the target where it was chosen; the next lower one does not."""
    kept = posts()
    target = Target(name="exact", value=0.8)
    found = chosen(kept, target)
    assert found.reached.value is not None
    assert found.reached.value >= 0.8
    lower = np.sort(kept.confidence[kept.confidence < found.abstain_below])[-8]
    worse = kept.agreement(kept.above(lower), "exact", None)
    assert worse.value is not None
    assert worse.value < 0.8
    assert found.chance == pytest.approx(CURVE.chance(found.abstain_below))
    assert chosen(kept, target, curve=NONE).chance is None


def test_held_out_posts_had_no_part_in_the_choice() -> None:
    """Where confidence says nothing, a threshold found by luck does not hold on other posts."""
    rng = np.random.default_rng(3)
    kept = posts(300, seed=8)
    blind = Kept(rng.uniform(size=300), 300, kept.posts, kept.coder, kept.people)
    best = max(
        (blind.agreement(blind.above(t), "exact", None).value or 0)
        for t in np.sort(blind.confidence)[:-20]
    )
    found = chosen(blind, Target(name="exact", value=round(best - 0.01, 2)))
    assert found.reached.value is not None
    assert found.held_out.value is not None
    assert found.held_out.value < found.reached.value


def test_intervals_are_over_posts_and_two_people_are_one_cluster() -> None:
    """The same ratings by a second person give the same alpha, and no narrower an interval."""
    kept = posts(80)
    both = Kept(kept.confidence, 80, np.tile(kept.posts, 2), kept.coder * 2, kept.people * 2)
    one, two = coverage_curve(kept, "auto")[-1].alpha, coverage_curve(both, "auto")[-1].alpha
    assert isinstance(one.interval, Interval)
    assert isinstance(two.interval, Interval)
    assert two.value == pytest.approx(one.value, abs=0.01)
    assert two.interval.high - two.interval.low == pytest.approx(
        one.interval.high - one.interval.low, rel=0.2
    )


def test_a_target_out_of_reach_says_what_the_best_is() -> None:
    """Never a made-up threshold."""
    found = choose_threshold(
        posts(seed=2), Target(value=1.0), folds_of(list(range(200)), 0), CURVE, None
    )
    assert isinstance(found, Undefined)
    assert found.reason.startswith("no share of the posts reaches it; the best is 0.")


@pytest.mark.parametrize("n", [0, 19])
def test_too_few_posts_give_no_threshold(n: int) -> None:
    """Nineteen are fewer than twenty."""
    found = choose_threshold(posts(n), Target(value=0.1), folds_of(list(range(n)), 0), CURVE, None)
    assert isinstance(found, Undefined)
    assert found.reason == (
        f"{n} posts have a confidence and people's themes; at least 20 are needed, with themes "
        f"that differ"
    )
    assert n or not coverage_curve(posts(n), None)


def test_posts_that_all_have_one_theme_give_no_alpha_and_no_threshold() -> None:
    """Where nothing varies, alpha has no value that could reach a target."""
    same = tuple(frozenset({"t"}) for _ in range(40))
    kept = Kept(np.linspace(0, 1, 40), 40, np.arange(40), same, same)
    found = choose_threshold(kept, Target(value=0.5), folds_of(list(range(40)), 0), CURVE, None)
    assert isinstance(found, Undefined)
    assert isinstance(coverage_curve(kept, None)[0].alpha, Undefined)


def test_a_fold_without_which_no_threshold_is_found_keeps_nothing() -> None:
    """With 22 posts in five folds, 18 at most are left to choose by, which are too few."""
    found = chosen(posts(22, seed=1), Target(name="exact", value=0.2))
    assert found.held_out_coverage == 0
    assert isinstance(found.held_out, Undefined)


def test_posts_without_a_confidence_are_never_kept() -> None:
    """They are part of all posts, and of no coverage."""
    found = coverage_curve(posts(100, n_unknown=50), None)
    assert found[-1].n_posts == 50
    assert found[-1].coverage == 0.5


@given(st.lists(st.sampled_from([0.1, 0.5, 0.9]), min_size=1, max_size=40))
def test_coverage_grows_and_equal_confidences_stay_together(values: list[float]) -> None:
    """However many ties."""
    n = len(values)
    themes = tuple(frozenset({f"t{place % 2}"}) for place in range(n))
    kept = Kept(np.array(values), n, np.arange(n), themes, themes)
    found = coverage_curve(kept, None)
    assert [one.n_posts for one in found] == sorted({one.n_posts for one in found})
    assert found[-1].coverage == 1
    for one in found:
        assert one.n_posts == sum(value >= one.abstain_below for value in values)
