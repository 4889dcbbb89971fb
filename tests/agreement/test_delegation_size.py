"""How many more posts to double-code."""

import pytest
from scipy import stats

from secondcoder.agreement.alpha import krippendorff_alpha
from secondcoder.agreement.delegation_size import n_more_posts
from secondcoder.agreement.double_coded import read_double_coded
from secondcoder.schema.model_beside_people import DelegationRule
from secondcoder.schema.statistics import IntervalOptions

OPTIONS = IntervalOptions()


def _sample(n: int) -> tuple[list[int], dict[str, list[int]]]:
    """Return a good model and people, 3 of 10 posts with the theme; 2 slips in 40 posts each."""
    truth = [1, 1, 1, 0, 0, 0, 0, 0, 0, 0] * (n // 10)

    def slip(first: int) -> list[int]:
        return [1 - y if i % 40 in {first, first + 20} else y for i, y in enumerate(truth)]

    return slip(13), {"ana": slip(14), "ben": slip(16)}


def test_a_larger_sample_of_the_same_kind_needs_fewer_more() -> None:
    """What counts is the total."""
    needed = {}
    for n in (40, 80):
        sample = read_double_coded("tea", *_sample(n))
        needed[n] = n_more_posts(sample, DelegationRule(), OPTIONS, 2000)
    first, second = needed[40], needed[80]
    assert first is not None
    assert second is not None
    assert first > second
    assert first - second == pytest.approx(40, abs=25)


def test_the_number_named_does_and_the_bound_below_it_does_not() -> None:
    """A bound just under the answer finds none."""
    sample = read_double_coded("tea", *_sample(40))
    needed = n_more_posts(sample, DelegationRule(), OPTIONS, 2000)
    assert needed is not None
    assert n_more_posts(sample, DelegationRule(), OPTIONS, needed) == needed
    assert n_more_posts(sample, DelegationRule(), OPTIONS, needed // 2) is None
    assert n_more_posts(sample, DelegationRule(), OPTIONS, 0) is None


def test_a_stricter_rule_needs_more() -> None:
    """A margin half as wide."""
    sample = read_double_coded("tea", *_sample(40))
    easy = n_more_posts(sample, DelegationRule(margin=0.2), OPTIONS, 5000)
    hard = n_more_posts(sample, DelegationRule(margin=0.1), OPTIONS, 5000)
    assert easy is not None
    assert hard is not None
    assert easy < hard


def test_perfect_agreement_needs_only_enough_posts() -> None:
    """No spread at all: the unseen misses decide, and more posts make them small."""
    truth = [1, 0, 0, 0] * 10
    sample = read_double_coded("tea", truth, {"ana": truth, "ben": truth})
    needed = n_more_posts(sample, DelegationRule(), OPTIONS, 1000)
    assert needed is not None
    assert 10 < needed < 200


def test_a_theme_nobody_gives_is_never_decided() -> None:
    """Every simulated sample is without a value."""
    nothing = [0] * 20
    sample = read_double_coded("tea", nothing, {"ana": nothing, "ben": nothing})
    assert n_more_posts(sample, DelegationRule(), OPTIONS, 300) is None


def test_four_in_five_samples_are_large_enough() -> None:
    """Only the number of positives can fail, which is binomial: scipy names the same size."""
    truth = [1, 0] * 10
    sample = read_double_coded("tea", truth, {"ana": truth, "ben": truth})
    rule = DelegationRule(min_positives=50, min_recall=0.5, margin=0.9, min_agreement=0.01)
    needed = n_more_posts(sample, rule, OPTIONS, 1000)
    expected = next(n for n in range(50, 500) if stats.binom.sf(49, n, 0.5) >= 0.8)
    assert needed is not None
    assert needed + 20 == pytest.approx(expected, abs=3)


def test_three_unseen_misses_must_leave_alpha_near_enough() -> None:
    """All agree; alpha of as many posts with three misses first reaches 0.9 at this size."""
    truth = [1, 0] * 10
    sample = read_double_coded("tea", truth, {"ana": truth, "ben": truth})
    needed = n_more_posts(sample, DelegationRule(min_recall=0.3), OPTIONS, 1000)

    def with_misses(n: int) -> float:
        half = [1] * (n // 2) + [0] * (n // 2)
        alpha = krippendorff_alpha([[*half, 0, 0, 0], [*half, 1, 1, 1]]).value
        assert alpha is not None
        return alpha

    expected = next(n for n in range(4, 500, 2) if with_misses(n) >= 0.9)
    assert needed is not None
    assert needed + 20 == pytest.approx(expected, abs=2)
