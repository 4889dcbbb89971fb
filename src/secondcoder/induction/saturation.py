"""Saturation: how many themes had been met by the time so many posts had been read."""

from collections.abc import Mapping, Sequence

from secondcoder.schema.proposals import SaturationPoint


def saturation(
    order: Sequence[str], themes_of: Mapping[str, frozenset[str]]
) -> tuple[SaturationPoint, ...]:
    """Return a point wherever a new theme was met, and one at the end of the reading.

    Args:
        order: Ids of the posts as they were read.
        themes_of: The themes of each post that has any.

    >>> points = saturation(["a", "b", "c"], {"a": frozenset("x"), "b": frozenset("x")})
    >>> [(point.n_posts, point.n_themes) for point in points]
    [(1, 1), (3, 1)]
    """
    met: set[str] = set()
    points: list[SaturationPoint] = []
    for n_read, post_id in enumerate(order, 1):
        new = themes_of.get(post_id, frozenset()) - met
        met |= new
        if new or n_read == len(order):
            points.append(SaturationPoint(n_posts=n_read, n_themes=len(met)))
    return tuple(points)
