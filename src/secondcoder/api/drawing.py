"""Drawing: which posts of each group are taken, and how many."""

import random
from collections.abc import Mapping, Sequence

from secondcoder.schema.sampling import Stratum


def allocate(sizes: Mapping[str, int], n: int) -> dict[str, int]:
    """Return how many posts to take of each group: equally many, or all of a small group.

    Rare questions and themes are thus seen about as often as common ones; the chances that are
    recorded undo this in every estimate. What can't be divided goes to the largest groups.

    >>> allocate({"common": 80, "rare": 3}, 20)
    {'common': 17, 'rare': 3}
    """
    taken = dict.fromkeys(sizes, 0)
    left = min(n, sum(sizes.values()))
    while left:
        open_groups = [name for name in sizes if taken[name] < sizes[name]]
        share = left // len(open_groups)
        if share == 0:
            largest = sorted(open_groups, key=lambda name: -sizes[name])
            for name in largest[:left]:
                taken[name] += 1
            break
        for name in open_groups:
            more = min(share, sizes[name] - taken[name])
            taken[name] += more
            left -= more
    return taken


def draw(
    groups: Mapping[str, Sequence[str]], n: int, seed: int
) -> tuple[tuple[Stratum, ...], dict[str, Stratum]]:
    """Return the groups, and the ids drawn from them, each with its group.

    Args:
        groups: Ids of posts by group, each id once.
        n: How many to draw; all where there are fewer.
        seed: The same seed draws the same posts.
    """
    chance = random.Random(seed)  # noqa: S311  # a sample, no secret
    taken = allocate({name: len(ids) for name, ids in groups.items()}, n)
    strata: list[Stratum] = []
    drawn: dict[str, Stratum] = {}
    for name, ids in groups.items():
        stratum = Stratum(name=name, n_posts=len(ids), n_drawn=taken[name])
        strata.append(stratum)
        drawn |= dict.fromkeys(chance.sample(list(ids), taken[name]), stratum)
    return tuple(strata), drawn
