"""Packing: how far answers hold when several posts share a request.

Single answers to a sample of the chat are compared with answers to the same posts at 2, 4, 8 and 16
per request. Sizes are climbed one by one and the climb ends where answers change: a size counts
only if every smaller one held. docs/decisions/0018-packing.md gives the reasons for the numbers.
"""

import hashlib
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, assert_never

from secondcoder.coding.tasks import Task
from secondcoder.schema.codings import Abstention, Failure, LeftOut, Outcome, Quoted
from secondcoder.schema.packing import MARGIN, Packing, PackingTrial

SIZES = (2, 4, 8, 16)
"""Posts per request that are tried."""
BLOCK = max(SIZES)
"""Posts of a sample that share their questions, so that requests of every size are full."""
SAMPLE = 3 * BLOCK
FEWEST = 8 * SAMPLE
"""Posts to ask about from which a sample pays."""
POOL = 1000
"""Posts of a chat, about, among which the sample is drawn: more would take long to cut."""
_SEED = "packing"


class Asked(NamedTuple):
    """The sample as coded once."""

    outcomes: Mapping[str, Outcome]
    """By post id."""
    n_requests: int
    n_reused: int


Ask = Callable[[int, int], Awaitable[Asked]]
"""Codes the sample at so many posts per request, for the first or the second time."""


def rank(post_id: str) -> float:
    """Return the post's place in [0, 1) by which samples are drawn: by chance, and always the same.

    >>> rank("1") == rank("1") != rank("2")
    True
    """
    digest = hashlib.sha256(f"{_SEED} {post_id}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:6]) / 2**48


def draw(tasks: Iterable[Task]) -> tuple[Task, ...]:
    """Return the sample: blocks of posts that share their questions, in proportion to these.

    Fewer posts than `SAMPLE`, or none, where too few share theirs. The tasks hold words.
    """
    groups: dict[tuple[str, ...], list[Task]] = {}
    for task in tasks:
        groups.setdefault(task.attribution.question_ids, []).append(task)
    for group in groups.values():
        group.sort(key=lambda task: rank(task.post.id))
    n_drawn = dict.fromkeys(groups, 0)
    drawn: list[Task] = []
    while len(drawn) < SAMPLE:
        fitting = [key for key, group in groups.items() if len(group) - n_drawn[key] >= BLOCK]
        if not fitting:
            break
        # The method of D'Hondt: the block goes where most posts stand behind each.
        key = max(fitting, key=lambda key: len(groups[key]) / (n_drawn[key] + BLOCK))
        drawn += groups[key][n_drawn[key] :][:BLOCK]
        n_drawn[key] += BLOCK
    return tuple(drawn)


def mixed(sample: Sequence[Task], size: int) -> tuple[Task, ...]:
    """Return the sample with each block in another order at each size."""
    chance = random.Random(f"{_SEED} {size}")  # noqa: S311  # an order, no secret
    order: list[Task] = []
    for at in range(0, len(sample), BLOCK):
        block = list(sample[at : at + BLOCK])
        chance.shuffle(block)
        order += block
    return tuple(order)


async def climb(sample: Sequence[Task], ask: Ask) -> Packing:
    """Return the most posts per request at which answers hold.

    Args:
        sample: The posts.
        ask: Codes them.
    """
    single = (await ask(1, 1)).outcomes
    n_usable = sum(not isinstance(outcome, Failure) for outcome in single.values())
    ids = tuple(task.post.id for task in sample)
    if n_usable * 2 < len(sample):
        why = f"single answers to {len(sample) - n_usable} of {len(sample)} sample posts failed"
        return Packing(posts_per_request=1, why=why, sample=ids)
    with_itself: float | None = None
    trials: list[PackingTrial] = []
    for size in SIZES:
        packed = await ask(size, 1)
        agreement = mean_overlap(single, packed.outcomes)
        if agreement < 1 - MARGIN and with_itself is None:
            # Perhaps the model is just as undecided about single posts. Only now is it asked, since
            # whoever agrees better than that holds without.
            with_itself = mean_overlap(single, (await ask(1, 2)).outcomes)
        at_least = (1.0 if with_itself is None else with_itself) - MARGIN
        pays = packed.n_requests <= _most_requests(len(sample) - packed.n_reused, size)
        trials.append(
            PackingTrial(
                posts_per_request=size,
                agreement=agreement,
                at_least=at_least,
                n_requests=packed.n_requests,
                holds=agreement >= at_least and pays,
            )
        )
        if not trials[-1].holds:
            break
    held = [trial.posts_per_request for trial in trials if trial.holds]
    return Packing(
        posts_per_request=max(held, default=1),
        why=_why(len(sample), trials),
        sample=ids,
        with_itself=with_itself,
        trials=tuple(trials),
    )


def _most_requests(n_posts: int, size: int) -> int:
    """Return with how many requests a size still pays: those of half the size."""
    return -(-n_posts * 2 // size)


def mean_overlap(single: Mapping[str, Outcome], other: Mapping[str, Outcome]) -> float:
    """Return how far two codings of the same posts share their decisions, 0 to 1.

    Posts without a single answer are left out; one without another answer shares nothing.
    """
    shared = [
        overlap(outcome, other[post_id])
        for post_id, outcome in single.items()
        if not isinstance(outcome, Failure)
    ]
    return sum(shared) / len(shared)


def overlap(one: Outcome, other: Outcome) -> float:
    """Return which share of two decisions on a post is the same (Jaccard index).

    >>> from secondcoder.schema.codings import LeftOutReason
    >>> overlap(LeftOut(reason=LeftOutReason.NO_IDEA), LeftOut(reason=LeftOutReason.EMPTY))
    1.0
    >>> overlap(LeftOut(reason=LeftOutReason.NO_IDEA), Abstention(note="unclear"))
    0.0
    """
    first, second = _decisions(one), _decisions(other)
    return len(first & second) / len(first | second)


def _decisions(outcome: Outcome) -> frozenset[object]:
    """Return what an outcome decides: question and theme of its quotes, or that there are none."""
    match outcome:
        case Quoted(codings=codings):
            return frozenset(
                (coding.question_id, theme)
                for coding in codings
                for theme in coding.theme_ids or (None,)
            )
        case LeftOut() | Abstention():
            return frozenset({outcome.kind})
        case Failure():
            return frozenset({object()})
        case _ as never:
            assert_never(never)


def _why(n_posts: int, trials: Sequence[PackingTrial]) -> str:
    """Return in words what was found."""
    last = trials[-1]
    figure = f"{last.agreement:.2f} with single answers, {last.at_least:.2f} needed"
    if last.holds:
        return f"answers to {n_posts} sample posts hold at every size tried (they agree {figure})"
    at = f"at {last.posts_per_request} per request"
    if last.agreement >= last.at_least:
        return f"{at}, {n_posts} sample posts took {last.n_requests} requests: many came to nothing"
    return f"{at}, answers to {n_posts} sample posts change (they agree {figure})"


def of_too_few() -> Packing:
    """Return one post per request, for a chat too small to measure anything on."""
    why = f"fewer than {FEWEST:,} posts to ask about would not pay for a sample to measure on"
    return Packing(posts_per_request=1, why=why)


def of_no_sample() -> Packing:
    """Return one post per request, for a chat whose posts share no questions."""
    why = f"fewer than {SAMPLE} posts in groups of {BLOCK} share their questions"
    return Packing(posts_per_request=1, why=why)
