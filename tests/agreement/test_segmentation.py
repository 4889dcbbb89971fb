"""Boundary similarity: published values, by hand, properties, degenerate cases, segeval."""

from itertools import pairwise

import numpy as np
import pytest
import segeval
from hypothesis import given, settings
from hypothesis import strategies as st

from secondcoder.agreement import Statistic, Undefined, boundary_similarity, masses_of, read_units
from secondcoder.agreement.segmentation import boundaries, boundary_edits
from secondcoder.errors import InputError


@st.composite
def pairs(draw: st.DrawFn) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return two segmentations of one text, at least one with a boundary."""
    length = draw(st.integers(2, 20))
    masses = []
    for least in (1, 0):
        cuts = sorted(draw(st.sets(st.integers(1, length - 1), min_size=least)))
        ends = [0, *cuts, length]
        masses.append(tuple(b - a for a, b in pairwise(ends)))
    return masses[0], masses[1]


def test_arrays_are_segmentations_too() -> None:
    """As numpy has them, the same value."""
    found = boundary_similarity(np.array([2, 3, 6]), np.array([2, 2, 7]))  # type: ignore[arg-type]  # an array is no Sequence
    assert found == boundary_similarity((2, 3, 6), (2, 2, 7))


@pytest.mark.parametrize(
    ("other", "value"),
    [((5, 6), 0.5), ((2, 3, 3, 3), 2 / 3), ((2, 2, 7), 0.75), ((1, 1, 3, 1, 5), 0.5)],
)
def test_boundary_similarity_matches_segevals_published_values(
    other: tuple[int, ...], value: float
) -> None:
    """Segmentations of eleven positions against (2, 3, 6), from segeval's test-suite."""
    assert boundary_similarity((2, 3, 6), other).value == pytest.approx(value)


def test_boundary_similarity_by_hand() -> None:
    """Boundaries {2, 5} and {3, 5, 8}: one match, one near miss worth 1/2, one missing: 1.5 / 3."""
    found = boundary_similarity((2, 3, 6), (3, 2, 3, 3))
    assert isinstance(found, Statistic)
    assert (found.value, found.n_units) == (0.5, 3)


@given(pairs(), st.integers(2, 4))
@settings(deadline=None, max_examples=150)
def test_boundary_similarity_equals_segeval(
    pair: tuple[tuple[int, ...], tuple[int, ...]], spanning: int
) -> None:
    """Within 0 and 1, whichever comes first."""
    found = boundary_similarity(*pair, spanning=spanning)
    assert isinstance(found, Statistic)
    assert found.value == pytest.approx(float(segeval.boundary_similarity(*pair, n_t=spanning)))
    assert 0 <= found.value <= 1
    assert boundary_similarity(*pair[::-1], spanning=spanning) == found


def test_without_boundaries_there_is_nothing_to_agree_on() -> None:
    """One without any is 0: nothing was found again; segeval calls none and none 1 or fails."""
    assert isinstance(boundary_similarity((11,), (11,)), Undefined)
    assert boundary_similarity((11,), (5, 6)).value == 0
    assert boundary_edits({4}, {5}, spanning=1).n_additions == 2


def test_segments_have_lengths_and_one_text() -> None:
    """The messages say what is wrong."""
    with pytest.raises(InputError, match="11 and 12 positions"):
        boundary_similarity((5, 6), (6, 6))
    for masses in ((), (3, 0, 2)):
        with pytest.raises(InputError, match="not all of length 1"):
            boundaries(masses)
    with pytest.raises(InputError, match="spanning is 0"):
        boundary_edits({1}, {2}, spanning=0)


def test_units_cut_a_post_at_their_starts_and_ends() -> None:
    """Touching units share a boundary; a coder who found nothing leaves the post whole."""
    found = read_units([("ann", 2, 5, "a"), ("ann", 5, 7, "b")], 11, coders=["ann", "bob"])
    assert masses_of(found, 0, 0) == (2, 3, 2, 4)
    assert masses_of(found, 0, 1) == (11,)
    with pytest.raises(InputError, match="whole numbers"):
        masses_of(read_units([("ann", 2.5, 5, "a")], 11), 0, 0)
