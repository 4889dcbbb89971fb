"""Chance-corrected boundary similarity: published values, by hand, properties, segeval."""

from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from segeval import Dataset, fleiss_kappa_linear, fleiss_pi_linear
from segeval.data.samples import KAZANTSEVA2012_G2, KAZANTSEVA2012_G5

from secondcoder.agreement import (
    Interval,
    Statistic,
    Undefined,
    boundary_agreement,
    boundary_kappa,
    boundary_pi,
)
from secondcoder.errors import InputError

Masses = tuple[int, ...]
FAMILY: tuple[Callable[..., Statistic | Undefined], ...] = (
    boundary_agreement,
    boundary_pi,
    boundary_kappa,
)

STARGAZER: dict[str, list[Masses]] = {
    "1": [(2, 3, 3, 1, 3, 6, 3)],
    "2": [(2, 8, 2, 4, 2, 3)],
    "3": [(2, 1, 2, 3, 1, 3, 1, 3, 2, 2, 1)],
    "4": [(2, 1, 4, 1, 1, 3, 1, 4, 3, 1)],
    "5": [(3, 2, 4, 3, 5, 4)],
    "6": [(2, 3, 4, 2, 2, 5, 3)],
    "7": [(2, 3, 2, 2, 3, 1, 3, 2, 3)],
}
"""Hearst (1997): seven coders of one text."""


def by_coder(dataset: dict[str, dict[str, Masses]]) -> dict[str, list[Masses]]:
    """Return segeval's items of coders as coders of items."""
    coders = sorted({coder for item in dataset.values() for coder in item})
    return {coder: [dataset[item][coder] for item in sorted(dataset)] for coder in coders}


@st.composite
def datasets(draw: st.DrawFn) -> dict[str, dict[str, Masses]]:
    """Return segmentations of two texts by two to four coders, each with a boundary."""
    items: dict[str, dict[str, Masses]] = {}
    n_coders = draw(st.integers(2, 4))
    for text in range(2):
        length = draw(st.integers(3, 12))
        items[f"text {text}"] = {}
        for coder in range(n_coders):
            most = length - 2 if coder == 0 else length - 1
            cuts = sorted(draw(st.sets(st.integers(1, length - 1), min_size=1, max_size=most)))
            ends = [0, *cuts, length]
            masses = tuple(b - a for a, b in pairwise(ends))
            items[f"text {text}"][str(coder)] = masses
    return items


def test_the_family_matches_hearst_1997() -> None:
    """Actual agreement .53005, pi .46445, kappa .46532."""
    values = [family(STARGAZER).value for family in FAMILY]
    assert values == pytest.approx([0.53005, 0.46445, 0.46532], abs=5e-6)


@pytest.mark.parametrize(
    ("dataset", "pi", "kappa"),
    [(KAZANTSEVA2012_G5, 0.23996, 0.24211), (KAZANTSEVA2012_G2, 0.40832, 0.41068)],
)
def test_pi_and_kappa_match_kazantseva_and_szpakowicz_2012(
    dataset: dict[str, dict[str, Masses]], pi: float, kappa: float
) -> None:
    """Chapters of The Moonstone, from segeval's samples."""
    coders = by_coder(dataset)
    assert boundary_pi(coders).value == pytest.approx(pi, abs=5e-6)
    assert boundary_kappa(coders).value == pytest.approx(kappa, abs=5e-6)


def test_pi_and_kappa_by_hand() -> None:
    """3 and 4 boundaries of 12: three match of four, chance (7/24)^2 or 3/12 * 4/12."""
    coders: dict[str, list[Masses]] = {"ann": [(2, 8, 2, 1)], "bob": [(2, 1, 7, 2, 1)]}
    assert boundary_pi(coders).value == pytest.approx((3 / 4 - (7 / 24) ** 2) / (1 - (7 / 24) ** 2))
    assert boundary_kappa(coders).value == pytest.approx((3 / 4 - 1 / 12) / (1 - 1 / 12))
    far: dict[str, list[Masses]] = {"ann": [(2, 8, 2, 1)], "bob": [(11, 2)]}
    assert boundary_pi(far).value == pytest.approx(0.142857, abs=5e-7)
    assert boundary_kappa(far).value == pytest.approx(0.148936, abs=5e-7)


@given(datasets())
@settings(deadline=None, max_examples=40)
def test_pi_and_kappa_equal_segeval(items: dict[str, dict[str, Masses]]) -> None:
    """Order of coders and of texts is irrelevant; at most 1."""
    coders = by_coder(items)
    oracles = (fleiss_pi_linear, fleiss_kappa_linear)
    for family, oracle in zip(FAMILY[1:], oracles, strict=True):
        found = family(coders)
        expected: Decimal = oracle(Dataset(items))
        assert found.value == pytest.approx(float(expected), abs=1e-9)
        turned = {coder: coders[coder][::-1] for coder in reversed(coders)}
        assert family(turned).value == pytest.approx(found.value, abs=1e-9)


def test_texts_that_a_coder_never_saw_count_for_the_others() -> None:
    """A missing third coder leaves the pair."""
    pair = {"ann": [(2, 8, 2, 1), (4, 4)], "bob": [(2, 1, 7, 2, 1), (3, 5)]}
    for family in FAMILY:
        assert family({**pair, "eve": [None, None]}) == family(pair)


def test_segmentations_are_by_coder() -> None:
    """A list of lists does not say whose is whose."""
    with pytest.raises(InputError, match="a mapping from each coder to one segmentation per text"):
        boundary_agreement([[(2, 8)], [(5, 5)]])  # type: ignore[arg-type]  # a slip


def test_degenerate_segmentations_have_reasons() -> None:
    """No boundary, one coder, every place cut."""
    for family in FAMILY:
        cases: list[dict[str, list[Masses]]] = [
            {},
            {"ann": [(2, 3)]},
            {"ann": [(5,)], "bob": [(5,)]},
        ]
        for coders in cases:
            found = family(coders)
            assert isinstance(found, Undefined)
            assert "no boundary" in found.reason
    everywhere = boundary_pi({"ann": [(1, 1, 1)], "bob": [(1, 1, 1)]})
    assert isinstance(everywhere, Undefined)
    assert "cut everywhere" in everywhere.reason
    # A text of one position has no place for a boundary and is left out.
    with_dot = {"ann": [(2, 3), (1,)], "bob": [(2, 3), (1,)]}
    assert boundary_pi(with_dot).value == pytest.approx(1.0)
    assert boundary_kappa(with_dot).value == pytest.approx(1.0)


def test_ragged_texts_are_refused() -> None:
    """Numbers of texts and their lengths must agree."""
    with pytest.raises(InputError, match="one segmentation per text"):
        boundary_pi({"ann": [(2, 3)], "bob": []})
    with pytest.raises(InputError, match="text 0: coders' segments do not add up"):
        boundary_pi({"ann": [(2, 3)], "bob": [(2, 4)]})


def test_the_interval_resamples_texts() -> None:
    """The value lies inside; the same seed gives the same interval."""
    coders = {
        "ann": [(2, 2 + text % 4, 8 - text % 4) for text in range(25)],
        "bob": [(2 + text % 3, 2, 8 - text % 3) for text in range(25)],
    }
    for family in FAMILY:
        found = family(coders, interval="bootstrap")
        assert found == family(coders, interval="bootstrap")
        assert isinstance(found, Statistic)
        assert isinstance(found.interval, Interval)
        assert found.interval.low < found.value < found.interval.high
