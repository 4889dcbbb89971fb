"""Judgements: whether each quote of a coder has the themes that a person gave these words."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from secondcoder.agreement.coverage import Kept
from secondcoder.agreement.matching import Stretches
from secondcoder.agreement.shared_posts import Look, SharedPost, SharedPosts, Standing
from secondcoder.agreement.unit_table import Rating
from secondcoder.agreement.units import rating_of
from secondcoder.schema.agreement import Counting
from secondcoder.schema.codings import Coding, Codings

COUNTING = Counting()
_OPEN = frozenset({Standing.QUOTED, Standing.ABSTAINED, Standing.FAILED})


class Judgement(NamedTuple):
    """One quote as one person sees it."""

    post_id: str
    confidence: float
    is_right: bool


class Judged(NamedTuple):
    """What people's codings say about a coder's."""

    judgements: tuple[Judgement, ...]
    kept: Kept
    post_ids: tuple[str, ...]
    """Of the posts that the coder quoted, in the order of `kept`."""
    n_left_out: int
    n_left_out_quoted: int


def judge(model: Codings, shared: SharedPosts) -> Judged:
    """Return the judgements on a coder's quotes, and its posts beside people's.

    Args:
        model: The coder's codings.
        shared: The same beside people's codings, the coder first.
    """
    coded_by_id = {coded.post.id: coded for coded in model.posts}
    judgements: list[Judgement] = []
    post_ids, confidences = list[str](), list[float]()
    posts, coder, people = list[int](), list[Rating](), list[Rating]()
    n_all = n_left_out = n_left_out_quoted = 0
    for post in shared.posts:
        look, others = post.looks[0], _who_decided(post)
        if not others:
            continue
        if look.standing is Standing.LEFT_OUT:
            n_left_out += 1
            n_left_out_quoted += any(each.marks for each in others)
        if look.standing not in _OPEN:
            continue
        n_all += 1
        if look.standing is not Standing.QUOTED:
            continue
        codings = coded_by_id[post.post.id].codings
        known = [each.confidence for each in codings if each.confidence is not None]
        for person in others:
            posts.append(len(post_ids))
            coder.append(rating_of(look, COUNTING))
            people.append(rating_of(person, COUNTING))
            judgements += [
                Judgement(post.post.id, each.confidence, is_right(each, person))
                for each in codings
                if each.confidence is not None
            ]
        post_ids.append(post.post.id)
        confidences.append(min(known, default=np.nan))
    kept = Kept(
        confidence=np.array(confidences, np.float64),
        n_all=n_all,
        posts=np.array(posts, np.int64),
        coder=tuple(coder),
        people=tuple(people),
    )
    return Judged(tuple(judgements), kept, tuple(post_ids), n_left_out, n_left_out_quoted)


def is_right(coding: Coding, person: Look) -> bool:
    """Return whether a person gave these words every theme that the coding gives them.

    The person's quotes count that share half of the shorter one's characters or more with it. A
    quote without a theme is right where the person saw another idea, too; one the person did not
    quote at all is wrong.
    """
    own = tuple((span.start, span.end) for span in coding.quote.spans)
    same = [mark for mark in person.marks if _share_half(own, mark.stretches)]
    if not coding.theme_ids:
        return any(mark.has_other_ideas for mark in same)
    given = frozenset[str]().union(*(mark.themes for mark in same))
    return given >= frozenset(coding.theme_ids)


def _who_decided(post: SharedPost) -> Sequence[Look]:
    return [look for look in post.looks[1:] if rating_of(look, COUNTING) is not None]


def _share_half(first: Stretches, second: Stretches) -> bool:
    shared = sum(
        max(0, min(end, other_end) - max(start, other_start))
        for start, end in first
        for other_start, other_end in second
    )
    lengths = [sum(end - start for start, end in each) for each in (first, second)]
    return shared * 2 >= min(lengths)
