"""Cohen's kappa and its maximum, Scott's pi, prevalence, bias and positives."""

import numpy as np
import pytest
from agreement import published
from agreement.published import Rows
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask
from sklearn.metrics import cohen_kappa_score

from secondcoder.agreement import (
    Interval,
    Statistic,
    Undefined,
    bias_index,
    cohen_kappa,
    cohen_kappa_maximum,
    percent_agreement,
    positives,
    prevalence_index,
    scott_pi,
)
from secondcoder.errors import InputError

K2004_A = published.from_table([[12, 9, 9], [9, 14, 9], [9, 9, 20]])
K2004_B = published.from_table([[12, 18, 18], [0, 14, 18], [0, 0, 20]])
GWET_HAND = published.from_table([[8, 1], [0, 1]])
PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=15)


@pytest.mark.parametrize(
    ("ratings", "value", "digits"),
    [
        (published.COHEN_1960_37, -0.0923, 4),
        (published.COHEN_1960_45, 0.492, 3),
        (published.from_table([[20, 5], [10, 15]]), 0.400, 3),
        (published.ARTSTEIN_POESIO_2008, 0.348, 3),
        (K2004_A, 0.186, 3),
        (K2004_B, 0.258, 3),
    ],
)
def test_kappa_is_the_published_value(ratings: Rows, value: float, digits: int) -> None:
    """Cohen (1960), Artstein & Poesio (2008, page 558), Krippendorff (2004, page 246)."""
    assert cohen_kappa(*ratings).value == pytest.approx(value, abs=0.51 * 10**-digits)


@pytest.mark.parametrize("ratings", [K2004_A, K2004_B])
def test_agreement_on_page_246(ratings: Rows) -> None:
    """Krippendorff (2004): .460 in both tables, whatever the coders' frequencies."""
    assert percent_agreement(ratings).value == pytest.approx(0.460, abs=1e-9)


@pytest.mark.parametrize(
    ("ratings", "value"),
    [(published.COHEN_1960_37, 0.85), (published.COHEN_1960_45, 0.831)],
)
def test_the_largest_kappa_is_cohens(ratings: Rows, value: float) -> None:
    """Cohen (1960), pages 37 and 45; the first is printed with chance rounded to .35."""
    assert cohen_kappa_maximum(*ratings).value == pytest.approx(value, abs=5e-3)


@pytest.mark.parametrize(
    ("ratings", "value"),
    [
        (published.ARTSTEIN_POESIO_2008, 0.341),
        (K2004_A, 0.186),
        (K2004_B, 0.186),
        (GWET_HAND, 0.6078),
    ],
)
def test_pi_is_the_published_value(ratings: Rows, value: float) -> None:
    """Artstein & Poesio (2008), Krippendorff (2004, page 246), Gwet."""
    assert scott_pi(ratings).value == pytest.approx(value, abs=6e-4)


def test_two_coders_by_hand() -> None:
    """Table [4 1; 2 3]: agreement .7; first says yes in .5, second in .6."""
    first, second = published.from_table([[3, 2], [1, 4]])
    assert cohen_kappa(first, second).value == pytest.approx((0.7 - 0.5) / 0.5)
    assert cohen_kappa_maximum(first, second).value == pytest.approx((0.9 - 0.5) / 0.5)
    assert scott_pi([first, second]).value == pytest.approx((0.7 - 0.505) / 0.495)
    assert prevalence_index(first, second).value == pytest.approx((4 - 3) / 10)
    assert bias_index(first, second).value == pytest.approx(0.5 - 0.6)
    assert [share.value for share in positives([first, second])] == pytest.approx([0.5, 0.6])


def test_kappa_is_pabak_prevalence_and_bias() -> None:
    """Byrt, Bishop & Carlin (1993): kappa = (PABAK - PI² + BI²) / (1 - PI² + BI²)."""
    first, second = published.GWET_PARADOX
    kappa, of_prevalence, of_bias = (
        found.value
        for found in (
            cohen_kappa(first, second),
            prevalence_index(first, second),
            bias_index(first, second),
        )
    )
    assert of_prevalence is not None
    assert of_bias is not None
    apart = of_bias**2 - of_prevalence**2
    assert kappa == pytest.approx((2 * 0.85 - 1 + apart) / (1 + apart))


@settings(deadline=None, max_examples=60)
@given(PAIRS, st.sampled_from(["identity", "linear", "quadratic"]))
def test_sklearn_agrees_on_kappa(pairs: list[tuple[int, int]], weights: str) -> None:
    """All four numbers are given once, since sklearn weighs ranks of what occurs."""
    first, second = (list(c) for c in zip(*pairs, (0, 0), (1, 2), (2, 3), (3, 1), strict=True))
    found = cohen_kappa(first, second, weights=weights)  # type: ignore[arg-type] # drawn as str
    theirs = cohen_kappa_score(first, second, weights=None if weights == "identity" else weights)
    assert found.value == pytest.approx(theirs)


@settings(deadline=None, max_examples=60)
@given(PAIRS, st.integers(0, 99))
def test_two_coders_may_change_places(pairs: list[tuple[int, int]], seed: int) -> None:
    """Units in any order, names of any kind; only the bias turns round. nltk agrees on pi."""
    first, second = (list(coder) for coder in zip(*pairs, strict=True))
    order = np.random.default_rng(seed).permutation(len(first))
    swapped = [[f"theme {coder[unit]}" for unit in order] for coder in (second, first)]
    for one, other in (
        (cohen_kappa(first, second), cohen_kappa(*swapped)),
        (scott_pi([first, second]), scott_pi(swapped)),
        (cohen_kappa_maximum(first, second), cohen_kappa_maximum(*swapped)),
    ):
        assert one.is_defined == other.is_defined
        if isinstance(one, Statistic):
            assert other.value == pytest.approx(one.value)
            assert -1 <= one.value <= 1 + 1e-9
    yes = bias_index(first, second, positive=2).value
    no = bias_index(*swapped, positive="theme 2").value
    assert yes is not None
    assert no == pytest.approx(-yes)
    same = prevalence_index(first, second, positive=2).value
    assert prevalence_index(*swapped, positive="theme 2").value == pytest.approx(same)
    data = [(str(c), str(u), v) for c, row in enumerate((first, second)) for u, v in enumerate(row)]
    if len({*first, *second}) > 1:
        assert scott_pi([first, second]).value == pytest.approx(AnnotationTask(data=data).pi())


def test_units_one_coder_left_out_do_not_count() -> None:
    """Not even towards the frequencies by which chance is reckoned."""
    first, second = [*"aabba", "b", None], [*"abbba", None, "a"]
    for found, whole in (
        (cohen_kappa(first, second), cohen_kappa(first[:5], second[:5])),
        (scott_pi([first, second]), scott_pi([first[:5], second[:5]])),
    ):
        assert isinstance(found, Statistic)
        assert found.n_units == 5
        assert found.value == pytest.approx(whole.value)
    shares = positives([first, second], positive="a")
    assert [share.value for share in shares] == pytest.approx([3 / 6, 3 / 6])


def test_one_category_has_no_kappa_but_a_prevalence() -> None:
    """Chance alone would agree fully; that both always say yes is a fact."""
    for found in (
        cohen_kappa("aaa", "aaa"),
        cohen_kappa_maximum("aaa", "aaa"),
        scott_pi(["aaa", "aaa"]),
    ):
        assert isinstance(found, Undefined)
        assert "chance" in found.reason
    assert prevalence_index("aaa", "aaa", positive="a").value == 1
    assert bias_index("aaa", "aaa", positive="a").value == 0


def test_nothing_to_compare_has_no_value() -> None:
    """For positives, a coder who rated nothing."""
    for found in (
        cohen_kappa(["a", None], [None, "a"]),
        scott_pi([[None], [None]]),
        prevalence_index([], []),
    ):
        assert isinstance(found, Undefined)
        assert "two coders" in found.reason
    first, second = positives([[1, 0], [None, None]])
    assert first.value == 0.5
    assert isinstance(second, Undefined)
    assert second.reason == "the coder rated no unit"


def test_two_coders_are_two() -> None:
    """Three belong to Fleiss, Conger or Krippendorff; rows of two lengths to nobody."""
    with pytest.raises(InputError, match="for two coders, not 3; use fleiss_kappa"):
        scott_pi(["ab", "ab", "ab"])
    with pytest.raises(InputError, match="coder 1 has 2 ratings"):
        cohen_kappa(np.array([1, 2]), np.array([1]))


def test_arrays_and_lists_are_the_same() -> None:
    """With the interval over posts."""
    first, second = (np.array(row) for row in published.COHEN_1960_45)
    posts = np.arange(200) // 2
    ours = cohen_kappa(first, second, clusters=posts, interval="bootstrap")
    assert ours == cohen_kappa(*published.COHEN_1960_45, clusters=list(posts), interval="bootstrap")
    assert isinstance(ours.interval, Interval)
    assert ours.interval.low < 0.492 < ours.interval.high
