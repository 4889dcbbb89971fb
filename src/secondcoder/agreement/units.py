"""Units that coders can agree on, made from codings: posts, or quotes that match."""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from secondcoder.agreement.matching import Stretches, match_quotes
from secondcoder.agreement.shared_posts import Look, Mark, SharedPost, SharedPosts, Standing
from secondcoder.agreement.unit_table import OTHER_IDEAS, Rating, UnitTable, n_rated
from secondcoder.schema.agreement import Counting


def rating_of(look: Look, counting: Counting) -> Rating:
    """Return the themes a coder gave a post, or None where that is no rating.

    >>> rating_of(Look(Standing.LEFT_OUT), Counting())
    frozenset()
    >>> rating_of(Look(Standing.ABSTAINED), Counting()) is None
    True
    """
    if look.standing is Standing.QUOTED:
        if len(look.marks) == 1:
            return rating_of_mark(look.marks[0], counting)
        return frozenset[str]().union(*(rating_of_mark(mark, counting) for mark in look.marks))
    treatment = {
        Standing.LEFT_OUT: counting.left_out,
        Standing.ABSTAINED: counting.abstained,
        Standing.FAILED: counting.failed,
        Standing.NEVER_SEEN: counting.never_seen,
    }[look.standing]
    return None if treatment == "missing" else frozenset()


def rating_of_mark(mark: Mark, counting: Counting) -> frozenset[str]:
    """Return the themes a coder gave a quote."""
    if mark.has_other_ideas and counting.other_ideas == "own-category":
        return mark.themes | {OTHER_IDEAS}
    return mark.themes


def is_set_aside(post: SharedPost, counting: Counting) -> bool:
    """Return whether all coders who rated the post left it out for a reason that is set aside."""
    if not counting.set_aside:
        return False
    rated = [look for look in post.looks if rating_of(look, counting) is not None]
    return bool(rated) and all(look.reason in counting.set_aside for look in rated)


def post_units(shared: SharedPosts, counting: Counting) -> UnitTable:
    """Return posts as units, each with all themes a coder gave anywhere in it.

    Args:
        shared: Codings side by side.
        counting: What counts as a rating. Posts that are set aside are left out.

    Returns:
        Posts that at least two coders rated: nothing else enters any figure.
    """
    rows, post_ids = [], []
    for post in shared.posts:
        row = tuple(rating_of(look, counting) for look in post.looks)
        if n_rated(row) > 1 and not is_set_aside(post, counting):
            rows.append(row)
            post_ids.append(post.post.id)
    return UnitTable(shared.names, tuple(rows), tuple(post_ids))


def merged(marks: Sequence[Mark]) -> list[Mark]:
    """Return one mark per stretch, with all themes it was given, whatever the question."""
    found: dict[Stretches, Mark] = {}
    for mark in marks:
        before = found.get(mark.stretches)
        found[mark.stretches] = (
            mark
            if before is None
            else Mark(
                mark.stretches,
                before.themes | mark.themes,
                has_other_ideas=before.has_other_ideas or mark.has_other_ideas,
            )
        )
    return list(found.values())


def quote_units(
    shared: SharedPosts, counting: Counting, *, coders: Sequence[int], overlap: float
) -> UnitTable:
    """Return matched quotes as units; a coder who did not mark the stretch has no rating there.

    Two coders' quotes are matched one to one within each post, so that together they overlap most.
    Of more coders, matched pairs are joined, closest first, into units with at most one quote of
    each coder. Posts that only one of the coders rated are passed over: a quote there had no chance
    of a match.

    Args:
        shared: Codings side by side.
        counting: What counts as a rating.
        coders: Places of the coders to match.
        overlap: Least intersection over union of two matched quotes.
    """
    rows: list[tuple[Rating, ...]] = []
    post_ids: list[str] = []
    n_unmatched = [0] * len(coders)
    for post in shared.posts:
        looks = [post.looks[coder] for coder in coders]
        if sum(rating_of(look, counting) is not None for look in looks) <= 1:
            continue
        quotes = [merged(look.marks) for look in looks]
        for group in _groups(quotes, overlap):
            if len(group) == 1:
                n_unmatched[group[0].coder] += 1
                continue
            row: list[Rating] = [None] * len(coders)
            for place in group:
                row[place.coder] = rating_of_mark(quotes[place.coder][place.mark], counting)
            rows.append(tuple(row))
            post_ids.append(post.post.id)
    names = tuple(shared.names[coder] for coder in coders)
    return UnitTable(names, tuple(rows), tuple(post_ids), tuple(n_unmatched))


class _Place(NamedTuple):
    coder: int
    mark: int


def _groups(marks: Sequence[Sequence[Mark]], overlap: float) -> list[list[_Place]]:
    """Return quotes that mark the same stretch, at most one of each coder; lone ones alone."""
    stretches: list[list[Stretches]] = [[mark.stretches for mark in own] for own in marks]
    links = [
        (-match.overlap, _Place(one, match.first), _Place(other, match.second))
        for one, other in combinations(range(len(marks)), 2)
        for match in match_quotes(stretches[one], stretches[other], overlap)
    ]
    links.sort(key=lambda link: (link[0], *sorted(_where(stretches, end) for end in link[1:])))
    group_of = {
        place: [place]
        for coder, own in enumerate(marks)
        for place in (_Place(coder, mark) for mark in range(len(own)))
    }
    for _, one, other in links:
        first, second = group_of[one], group_of[other]
        if {place.coder for place in first}.isdisjoint(place.coder for place in second):
            first.extend(second)
            for place in second:
                group_of[place] = first
    return list({id(group): group for group in group_of.values()}.values())


def _where(stretches: Sequence[Sequence[Stretches]], place: _Place) -> Stretches:
    """Return what orders links alike whatever the order of the coders."""
    return stretches[place.coder][place.mark]
