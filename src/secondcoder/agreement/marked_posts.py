"""What coders marked in posts, as units on continua: what unitizing statistics take."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from secondcoder.agreement.shared_posts import Mark, SharedPosts
from secondcoder.agreement.unitizing import Unit
from secondcoder.agreement.units import is_set_aside, merged, rating_of
from secondcoder.schema.agreement import Counting


class Stretch(NamedTuple):
    """Characters of a post under one set of themes."""

    start: int
    end: int
    themes: frozenset[str]


class MarkedPosts(NamedTuple):
    """What coders marked in the posts that at least two of them rated."""

    coders: tuple[str, ...]
    apart: list[Unit]
    """Stretches of one coder do not overlap. The category is the set of themes."""
    whole: list[Unit]
    """Quotes as they are; those of one coder may overlap."""
    lengths: dict[str, float]
    """Characters of each post."""
    missing: set[tuple[str, str]]
    """Coder and post, where the coder's reading of the post is no rating."""


def marked_posts(shared: SharedPosts, counting: Counting, *, coders: Sequence[int]) -> MarkedPosts:
    """Return the stretches that some coders marked, posts being the continua.

    A quote that leaves words out gives one stretch per part. Where quotes of one coder overlap,
    they are cut so that the common part has the themes of all of them.
    """
    found = MarkedPosts(tuple(shared.names[coder] for coder in coders), [], [], {}, set())
    for post in shared.posts:
        looks = [post.looks[coder] for coder in coders]
        rated = [rating_of(look, counting) is not None for look in looks]
        # No character, no continuum.
        if sum(rated) <= 1 or is_set_aside(post, counting) or not post.post.text:
            continue
        found.lengths[post.post.id] = float(len(post.post.text))
        for name, look, is_rated in zip(found.coders, looks, rated, strict=True):
            if not is_rated:
                found.missing.add((name, post.post.id))
                continue
            parts = parts_of_marks(merged(look.marks))
            for into, stretches in ((found.apart, cut_apart(parts)), (found.whole, parts)):
                into.extend(Unit(name, *stretch, post.post.id) for stretch in stretches)
    return found


def parts_of_marks(marks: Sequence[Mark]) -> list[Stretch]:
    """Return the stretches of marks in order, those of one mark apart."""
    return sorted(
        (Stretch(*ends, mark.themes) for mark in marks for ends in mark.stretches),
        key=lambda part: (part.start, part.end),
    )


def cut_apart(parts: Sequence[Stretch]) -> list[Stretch]:
    """Return stretches in order so that none overlap; what was common has the themes of all.

    >>> parts = [Stretch(0, 9, frozenset("a")), Stretch(4, 9, frozenset("b"))]
    >>> [(start, end, sorted(themes)) for start, end, themes in cut_apart(parts)]
    [(0, 4, ['a']), (4, 9, ['a', 'b'])]
    """
    if all(one.end <= other.start for one, other in pairwise(parts)):
        return list(parts)
    cuts = sorted({place for part in parts for place in (part.start, part.end)})
    pieces = []
    for start, end in pairwise(cuts):
        over = [part.themes for part in parts if part.start <= start and end <= part.end]
        if over:
            pieces.append(Stretch(start, end, frozenset[str]().union(*over)))
    return pieces
