"""Weights kept for the next figure are those that would be drawn anew."""

import numpy as np
import pytest

from secondcoder.agreement import kept_draws as module
from secondcoder.agreement.kept_draws import kept_draws
from secondcoder.agreement.resampling import draws


@pytest.mark.parametrize("counts", [[5, 3, 1], [400, 2, 9], [1] * 70_000])
def test_kept_weights_equal_drawn_ones_the_first_time_and_after(counts: list[int]) -> None:
    """Chunk by chunk, and for weights that need more than one byte."""
    array = np.array(counts)
    expected = np.concatenate(list(draws(array, 40, np.random.default_rng(3))))
    for _ in range(2):
        assert np.array_equal(np.concatenate(list(kept_draws(array, 40, 3))), expected)


def test_another_seed_or_number_of_replicates_is_drawn_for_itself() -> None:
    """What is kept answers for its own arguments only."""
    counts = np.array([6, 6])
    first = np.concatenate(list(kept_draws(counts, 30, 0)))
    assert not np.array_equal(first, np.concatenate(list(kept_draws(counts, 30, 1))))
    assert len(np.concatenate(list(kept_draws(counts, 31, 0)))) == 31


def test_no_more_is_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A budget of 100 bytes: what is larger is drawn each time, what was first goes first."""
    memory = module._Memory()  # noqa: SLF001  # what is kept is not to be seen from outside
    monkeypatch.setattr(module, "_MEMORY", memory)
    monkeypatch.setattr(module, "BUDGET", 100)
    for seed in range(3):
        list(kept_draws(np.array([4, 4]), 20, seed))
    key = np.array([4, 4]).tobytes()
    assert memory.find((key, 20, 0)) is None
    assert memory.find((key, 20, 2)) is not None
    large = np.array([4] * 50)
    assert sum(len(chunk) for chunk in kept_draws(large, 20, 0)) == 20
    assert memory.find((large.tobytes(), 20, 0)) is None
