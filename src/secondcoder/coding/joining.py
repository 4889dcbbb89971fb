"""Which neighbouring segments of a post make one quote, by the themes they speak for."""

from collections.abc import Iterator

import numpy as np

from secondcoder.schema.similarity import FloatArray

SWITCH_COST = 0.1
"""What a change of idea costs, in shares of a theme. Chosen on part 1 of the QI-hour report with
`evals/embedded.py`: about one in twenty of the people's quotations is cut, see its table. Shares by
likelihood were measured by `evals/likelihood_seams.py`, see docs/decisions/0030-likelihoods.md."""
PAIRED_SWITCH_COST = 0.2
"""The same where two pieces share a request, whose shares are less steady: so about as many whole
quotations are cut. Measured likewise."""


def joined(shares: FloatArray, *, cost: float = SWITCH_COST) -> Iterator[tuple[int, int]]:
    """Yield the runs of segments that carry one idea, as half-open ranges of their positions.

    Every segment is given the theme of a best path: the sum of its shares less `cost` for each
    change of theme (Viterbi's algorithm), later rather than earlier. So a segment without evidence
    of its own, or with little, stays with its neighbours.

    Args:
        shares: What each segment says for each theme. Shape: (n_segments, n_themes).
        cost: What a change of theme must be worth.

    >>> list(joined(np.array([[0.75, 0.25], [0.5, 0.5], [0.25, 0.75]])))
    [(0, 2), (2, 3)]
    """
    themes = _best_path(shares, cost)
    start = 0
    for position in range(1, len(themes) + 1):
        if position == len(themes) or themes[position] != themes[start]:
            yield start, position
            start = position


def _best_path(shares: FloatArray, cost: float) -> list[int]:
    total = shares[0]
    stays = np.arange(shares.shape[1])
    came_from = []
    for row in shares[1:]:
        switch = total.max() - cost
        came_from.append(np.where(total > switch, stays, total.argmax()))
        total = np.maximum(total, switch) + row
    path = [int(total.argmax())]
    for back in reversed(came_from):
        path.append(int(back[path[-1]]))
    return path[::-1]
