"""Shares of posts, a model's errors corrected by a sample that people coded."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondcoder.agreement.corrections import PrevalenceMethod
from secondcoder.agreement.prevalence import prevalence, prevalences
from secondcoder.errors import InputError
from secondcoder.schema.statistics import Interval, Statistic, Undefined

GOLD = [int((37 * i) % 100 < 30) for i in range(200)]
MODEL = [1 - y if (13 * i) % 10 == 0 else y for i, y in enumerate(GOLD)]
SAMPLE = [y if i % 4 == 0 else None for i, y in enumerate(GOLD)]
METHODS: tuple[PrevalenceMethod, ...] = ("dsl", "ppi", "ppi++", "rogan-gladen", "naive")


@pytest.mark.parametrize(
    ("method", "value", "low", "high"),
    [
        ("ppi", 0.293333, 0.148648, 0.438019),
        ("ppi++", 0.308933, 0.195846, 0.422019),
    ],
)
def test_the_toy_gives_what_the_authors_package_gives(
    method: PrevalenceMethod, value: float, low: float, high: float
) -> None:
    """Figures of ppi-python 0.2.3 on 200 posts, every fourth coded by people."""
    found = prevalence(MODEL, SAMPLE, method=method)
    assert isinstance(found.interval, Interval)
    assert found.value == pytest.approx(value, abs=5e-7)
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high), abs=5e-7)


def test_the_toy_of_dsl_has_the_mean_and_standard_error_of_its_formula() -> None:
    """Mean 0.30, standard error 0.063799, with t of 49 degrees of freedom."""
    found = prevalence(MODEL, SAMPLE, probabilities=0.25)
    assert isinstance(found.interval, Interval)
    assert found.value == pytest.approx(0.30)
    reach = (found.interval.high - found.interval.low) / 2
    assert reach / 2.009575 == pytest.approx(0.063799, abs=5e-7)
    assert found.model_alone.value == pytest.approx(0.34)
    assert found.people_alone.value == pytest.approx(0.32)


def test_the_toy_of_rogan_and_gladen() -> None:
    """Sensitivity 0.75, specificity 0.823529, share by the model 0.34."""
    found = prevalence(MODEL, SAMPLE, method="rogan-gladen")
    assert found.value == pytest.approx(0.285128, abs=5e-7)
    assert found.value == pytest.approx((0.34 + 0.823529 - 1) / (0.75 + 0.823529 - 1), abs=1e-6)


def test_a_table_by_hand() -> None:
    """Six posts, two coded: 3/6 by the model; one of the two was wrong, each stands for three."""
    found = prevalence([1, 1, 1, 0, 0, 0], [0, None, None, 0, None, None], probabilities=1 / 3)
    # (3 - 3) / 6 = 0: the pseudo-outcomes are -2, 1, 1, 0, 0, 0.
    assert found.value == pytest.approx(0.0, abs=1e-12)
    naive = prevalence([1, 1, 1, 0, 0, 0], [None] * 6, method="naive")
    assert isinstance(naive.interval, Interval)
    assert naive.value == 0.5
    # p (1 - p) / (n - 1) = 0.05.
    assert naive.interval.high - 0.5 == pytest.approx(1.959964 * math.sqrt(0.05), abs=1e-6)


def test_rogan_gladen_variance_equals_the_published_one_for_separate_samples() -> None:
    """Rogan & Gladen (1978): shares by test, by sensitivity and by specificity add up."""
    people = [1] * 40 + [0] * 60 + [None] * 99900
    model = [1] * 32 + [0] * 8 + [1] * 6 + [0] * 54 + [1, 0, 0] * 33300
    found = prevalence(model, people, method="rogan-gladen")
    assert isinstance(found.interval, Interval)
    share, better, value = sum(model) / 1e5, 0.8 + 0.9 - 1, found.value
    assert value is not None
    assert value == pytest.approx((share + 0.9 - 1) / better)
    variance = value**2 * 0.8 * 0.2 / 40 + (1 - value) ** 2 * 0.9 * 0.1 / 60
    variance = (variance + share * (1 - share) / 1e5) / better**2
    reach = (found.interval.high - found.interval.low) / 2
    # 1.984217 is the quantile of t with 99 degrees of freedom.
    assert reach == pytest.approx(1.984217 * math.sqrt(variance), rel=0.01)


@pytest.mark.parametrize("method", METHODS[:4])
def test_where_people_coded_all_posts_their_share_comes_back(method: PrevalenceMethod) -> None:
    """Whatever the model says."""
    assert prevalence(MODEL, GOLD, method=method).value == pytest.approx(0.30)


@settings(deadline=None, max_examples=30)
@given(st.floats(-5, 5), st.sampled_from(METHODS[:3]))
def test_a_shift_of_the_model_changes_nothing(shift: float, method: PrevalenceMethod) -> None:
    """The mean error takes it back."""
    shifted = prevalence([y + shift for y in MODEL], SAMPLE, method=method)
    assert shifted.value == pytest.approx(prevalence(MODEL, SAMPLE, method=method).value, abs=1e-9)


def test_a_model_that_is_right_but_shifted_gives_the_share_of_the_rest() -> None:
    """Yhat = Y + 2: the unlabelled posts' own share, with no error of the model left."""
    found = prevalence([y + 2 for y in GOLD], SAMPLE, method="ppi")
    rest = [y for i, y in enumerate(GOLD) if i % 4]
    assert found.value == pytest.approx(sum(rest) / len(rest))


@settings(deadline=None, max_examples=30)
@given(st.permutations(range(200)), st.sampled_from(METHODS))
def test_the_order_of_posts_does_not_matter(order: list[int], method: PrevalenceMethod) -> None:
    """Neither for the value nor for the interval."""
    plain = prevalence(MODEL, SAMPLE, method=method)
    moved = prevalence([MODEL[i] for i in order], [SAMPLE[i] for i in order], method=method)
    assert isinstance(plain.interval, Interval)
    assert isinstance(moved.interval, Interval)
    assert moved.value == pytest.approx(plain.value)
    assert moved.interval.low == pytest.approx(plain.interval.low)


@settings(deadline=None, max_examples=60)
@given(st.data(), st.integers(2, 30), st.sampled_from(METHODS))
def test_a_share_lies_between_0_and_1(
    data: st.DataObject, n: int, method: PrevalenceMethod
) -> None:
    """And inside its interval; or there is a reason."""
    ratings = st.lists(st.sampled_from([0, 1]), min_size=n, max_size=n)
    labels = st.lists(st.sampled_from([0, 1, None]), min_size=n, max_size=n)
    found = prevalence(data.draw(ratings), data.draw(labels), method=method)
    if found.value is None:
        assert isinstance(found.estimate, Undefined)
    else:
        assert 0 <= found.value <= 1
        if isinstance(found.interval, Interval):
            assert 0 <= found.interval.low <= found.value <= found.interval.high <= 1


def test_unequal_probabilities_are_weighed_and_recorded() -> None:
    """Posts the model marked were sampled more often: the raw share of the sample misleads."""
    model = [1] * 40 + [0] * 160
    people = [1] * 30 + [0] * 10 + [1] * 2 + [0] * 18 + [None] * 140
    chances = [1.0] * 40 + [0.125] * 160
    found = prevalence(model, people, probabilities=chances)
    # 30 of the 40, and 2 of 20 standing for 160: (30 + 16) / 200.
    assert found.value == pytest.approx(0.23)
    assert found.people_alone.value == pytest.approx(0.23)
    assert [(one.probability, one.n_labelled) for one in found.sampling] == [(0.125, 20), (1, 40)]
    assert not found.is_sampling_assumed
    with pytest.raises(InputError, match="use method 'dsl'"):
        prevalence(model, people, probabilities=chances, method="ppi")


def test_without_probabilities_a_simple_random_sample_is_assumed_and_recorded() -> None:
    """The share of posts that were coded is then everyone's probability."""
    found = prevalence(MODEL, SAMPLE)
    assert found.is_sampling_assumed
    assert [(one.probability, one.n_labelled) for one in found.sampling] == [(0.25, 50)]
    assert found.value == prevalence(MODEL, SAMPLE, probabilities=0.25).value


@pytest.mark.parametrize("method", METHODS)
def test_repeating_posts_inside_a_cluster_adds_no_evidence(method: PrevalenceMethod) -> None:
    """Each post thrice, the copies one cluster: the interval of single clusters."""
    once = prevalence(MODEL, SAMPLE, method=method, clusters=range(200))
    thrice = prevalence(
        [y for y in MODEL for _ in range(3)],
        [y for y in SAMPLE for _ in range(3)],
        method=method,
        clusters=[i // 3 for i in range(600)],
    )
    assert isinstance(once.interval, Interval)
    assert isinstance(thrice.interval, Interval)
    assert thrice.interval.low == pytest.approx(once.interval.low, abs=1e-3)
    assert thrice.interval.high == pytest.approx(once.interval.high, abs=1e-3)


def test_clusters_of_one_post_give_the_plain_interval_of_dsl() -> None:
    """Same variance, same quantile."""
    plain = prevalence(MODEL, SAMPLE)
    single = prevalence(MODEL, SAMPLE, clusters=[f"author {i}" for i in range(200)])
    assert isinstance(plain.interval, Interval)
    assert isinstance(single.interval, Interval)
    assert single.interval.low == pytest.approx(plain.interval.low)


def test_nine_in_ten_intervals_and_more_hold_the_true_share() -> None:
    """400 studies of 400 posts, 60 coded by people, a model with 15 % of errors; nominal 95 %."""
    rng = np.random.default_rng(5)
    held = dict.fromkeys(METHODS, 0)
    for _ in range(400):
        gold = rng.random(400) < 0.3
        model = (gold ^ (rng.random(400) < 0.15)).astype(int)
        people = np.where(rng.permutation(400) < 60, gold, math.nan)
        for method in held:
            interval = prevalence(model, people, method=method).interval
            held[method] += isinstance(interval, Interval) and interval.low <= 0.3 <= interval.high
    for method in METHODS[:4]:
        assert 0.91 <= held[method] / 400 <= 0.98, method
    assert held["naive"] / 400 < 0.5


@pytest.mark.parametrize(
    ("model", "people", "method", "reason"),
    [
        ([], [], "dsl", "there are no posts"),
        ([1, 0], [None, None], "dsl", "people coded no post"),
        ([1, 0, 1], [0, 0, None], "rogan-gladen", "no post with the theme"),
        ([1, 0, 1], [1, 1, None], "rogan-gladen", "no post without the theme"),
        ([1, 0, 1, 0], [1, 1, 0, 0], "rogan-gladen", "no better than chance"),
    ],
)
def test_no_value_has_a_reason(
    model: list[int], people: list[int | None], method: PrevalenceMethod, reason: str
) -> None:
    """Degenerate samples give no number."""
    found = prevalence(model, people, method=method)
    assert isinstance(found.estimate, Undefined)
    assert reason in found.estimate.reason
    assert found.interval is None


def test_no_interval_has_a_reason() -> None:
    """One coded post, or posts that are all alike."""
    one = prevalence([1, 0, 0, 0], [1, None, None, None]).interval
    assert isinstance(one, Undefined)
    assert "one coded post" in one.reason
    alike = prevalence([1, 1, 1], [1, 1, None]).interval
    assert isinstance(alike, Undefined)
    assert "every post adds the same" in alike.reason


def test_a_model_that_always_says_the_same_is_worth_nothing_to_ppi() -> None:
    """People's own share comes back, with its own interval."""
    constant = prevalence([0] * 200, SAMPLE, method="ppi++")
    assert isinstance(constant.interval, Interval)
    assert constant.value == pytest.approx(0.32)
    assert constant.interval.high == pytest.approx(
        0.32 + 1.959964 * math.sqrt(0.32 * 0.68 / 50), abs=1e-6
    )


def test_a_lone_post_and_an_unlabelled_one_are_no_crash() -> None:
    """The smallest samples."""
    assert prevalence([1], [1], method="ppi++").value == 1.0
    assert prevalence([1, 0], [1, None], method="ppi++").value == 1.0


def test_every_theme_gets_its_share() -> None:
    """In the order of the model's, each under its name."""
    model = {"tea": MODEL, "time": GOLD}
    found = prevalences(model, {"time": SAMPLE, "tea": SAMPLE}, method="ppi")
    assert [one.theme for one in found] == ["tea", "time"]
    assert found[0].value == prevalence(MODEL, SAMPLE, method="ppi").value
    with pytest.raises(InputError, match="lack theme 'time'"):
        prevalences(model, {"tea": SAMPLE})


@pytest.mark.parametrize(
    ("model", "people", "probabilities", "message"),
    [
        ([1, 0], [1], None, "2 posts and people's ratings are 1"),
        ([1, None], [1, 0], None, "model, post 2: None is not a finite number"),
        (["a", 1], [1, 0], None, "'a' is not a finite number"),
        ([1, math.inf], [1, 0], None, "inf is not a finite number"),
        ([1, 0], [2, 0], None, "people, unit 1: 2 is not 0 or 1"),
        ([1, 0], [1, 0], [0.5], "2 posts and 1 sampling probability are"),
        ([1, 0], [1, 0], [0.5, 0.0], "post 2: sampling probability 0"),
        ([1, 0], [1, 0], 1.5, "post 1: sampling probability 1.5"),
    ],
)
def test_mistakes_of_the_caller_are_named(
    model: list[object],
    people: list[object],
    probabilities: float | list[float] | None,
    message: str,
) -> None:
    """What is wrong, and where."""
    with pytest.raises(InputError, match=message):
        prevalence(model, people, probabilities=probabilities)


def test_rogan_gladen_needs_decisions() -> None:
    """A probability has no sensitivity."""
    with pytest.raises(InputError, match="as 0 or 1"):
        prevalence([0.5, 1], [1, 0], method="rogan-gladen")


def test_a_post_people_did_not_code_needs_no_probability() -> None:
    """None there is no mistake; numpy's booleans are ratings."""
    people: list[object] = [np.True_, np.False_, None]
    found = prevalence([True, False, np.True_], people, probabilities=[0.5, 0.5, None])
    assert isinstance(found.estimate, Statistic)
    assert found.n_labelled == 2


def test_an_unknown_method_is_refused() -> None:
    """With the methods there are."""
    with pytest.raises(InputError, match="no method 'ols'; choose from dsl, ppi"):
        prevalence([1], [1], method="ols")  # type: ignore[arg-type] # on purpose
