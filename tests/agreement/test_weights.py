"""Weights of partial agreement."""

import pytest

from secondcoder.agreement import gwet_ac1, read_ratings
from secondcoder.agreement.weights import Weighting, agreement_weights, set_distances
from secondcoder.errors import InputError


@pytest.mark.parametrize(
    ("weighting", "row"),
    [
        ("identity", [1, 0, 0]),
        ("linear", [1, 1 / 2, 0]),
        ("quadratic", [1, 3 / 4, 0]),
        ("ordinal", [1, 2 / 3, 0]),
        ("ratio", [1, 1 - (1 / 9) / (1 / 4), 0]),
        ("circular", [1, 0, 0]),
        ("bipolar", [1, 1 - 1 / 3, 0]),
    ],
)
def test_weights_of_three_numbers_by_hand(weighting: Weighting, row: list[float]) -> None:
    """1, 2 and 3; on a circle of three all are equally far."""
    weights = agreement_weights(read_ratings([[1, 2, 3], [1, 2, 3]]), weighting)
    assert weights[0].tolist() == pytest.approx(row, abs=1e-12)
    assert (weights == weights.T).all()


def test_gaps_between_numbers_count_except_in_ranks() -> None:
    """1, 2 and 5: linear weights see the gap, ordinal ones the ranks."""
    ratings = read_ratings([[1, 2, 5], [1, 2, 5]])
    assert agreement_weights(ratings, "linear")[0].tolist() == [1, 0.75, 0]
    assert agreement_weights(ratings, "ordinal")[0].tolist() == pytest.approx([1, 2 / 3, 0])


@pytest.mark.parametrize("weighting", ["linear", "circular", "bipolar", "ordinal", "ratio"])
def test_one_number_agrees_with_itself(weighting: Weighting) -> None:
    """And no number is no weight at all."""
    assert agreement_weights(read_ratings([[2], [2]]), weighting).tolist() == [[1]]


def test_words_have_no_weights() -> None:
    """They are refused with what to do."""
    with pytest.raises(InputError, match="no weights 'cubic'; choose from identity, linear"):
        agreement_weights(read_ratings([[1, 2], [2, 3]]), "cubic")  # type: ignore[arg-type]  # a slip
    with pytest.raises(InputError, match="weighting 'linear' needs numbers, and 'a' is none"):
        gwet_ac1(["ab", "ab"], weights="linear")


def test_two_empty_sets_are_equal() -> None:
    """Jaccard's quotient divides by zero here."""
    assert set_distances([frozenset()], "jaccard").tolist() == [[0]]
    assert set_distances([], "masi").shape == (0, 0)
    assert set_distances([frozenset(), frozenset("a")], "nominal").tolist() == [[0, 1], [1, 0]]
