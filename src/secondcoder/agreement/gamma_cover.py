"""The cheapest choice of sets that hold every element exactly once, for a few elements."""

from collections.abc import Sequence

MOST_UNITS = 10
"""Elements at most: beyond, a linear programme is faster."""


def cheapest_cover(masks: Sequence[int], costs: Sequence[float]) -> list[int]:
    """Return the places of the sets chosen.

    Args:
        masks: Sets of elements, as bits; every element is a set of its own, too.
        costs: What each set costs.

    >>> cheapest_cover([0b01, 0b10, 0b11], [1.0, 1.0, 1.5])
    [2]
    """
    whole = 0
    for mask in masks:
        whole |= mask
    holding: dict[int, list[tuple[int, float, int]]] = {}
    for place, (mask, cost) in enumerate(zip(masks, costs, strict=True)):
        left = mask
        while left:
            lowest = left & -left
            holding.setdefault(lowest, []).append((mask, cost, place))
            left ^= lowest
    # The cheapest cover of what is left, and the set it begins with.
    best: dict[int, tuple[float, int, int]] = {0: (0.0, 0, -1)}

    def least(rest: int) -> float:
        if rest not in best:
            best[rest] = min(
                (cost + least(rest ^ mask), mask, place)
                for mask, cost, place in holding[rest & -rest]
                if mask & rest == mask
            )
        return best[rest][0]

    least(whole)
    chosen = []
    while whole:
        _, mask, place = best[whole]
        chosen.append(place)
        whole ^= mask
    return chosen
