"""Packing plans: the same posts at several sizes of request, each in two orders."""

import random
from collections.abc import Iterable

from secondcoder.api.evaluation_plans import (
    Batch,
    Item,
    Plan,
    item_of,
    quotations_of,
    reference_of,
)
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.evaluation import EvaluationTask

Question = tuple[str, ...]
"""The questions that posts may answer: only posts that share them share a request."""


def packing_plans(task: EvaluationTask) -> list[Plan]:
    """Return two plans per size of request: the posts as drawn, and shuffled.

    Posts are drawn in blocks of the largest size that share a question, so that requests of every
    size are full. Each plan is compared with the reference and with the first size; the shuffled
    one with the other order of its own size, too.
    """
    book, items = _material(task)
    drawn = _drawn(items, max(task.sizes), task)
    batch, shuffled = Batch(book, tuple(drawn)), Batch(book, tuple(_shuffled(drawn, task)))
    plans: list[Plan] = []
    for size in task.sizes:
        name = f"{size} per request"
        first = tuple(plan.condition for plan in plans[:1])
        other = f"{name}, shuffled"
        plans += [
            Plan(
                name,
                (batch,),
                against=first,
                posts_per_request=size,
                is_for_models=size > 1,
            ),
            Plan(
                other,
                (shuffled,),
                ledger="ledger-shuffled",  # the order is not in an answer's key
                against=tuple(dict.fromkeys((name, *first))),
                posts_per_request=size,
                is_for_models=size > 1,
            ),
        ]
    return plans


def _material(task: EvaluationTask) -> tuple[Codebook, list[Item]]:
    """Return the posts that may be drawn: a report's quotations, or what a reference quotes."""
    if task.report is None:
        codings, book = reference_of(task)
        return book, [Item(coded, coded.post.id) for coded in codings.posts if coded.codings]
    book, quotations = quotations_of(task)
    return book, [item_of(f"q{n}", (one,), "") for n, one in enumerate(quotations, start=1)]


def _drawn(items: Iterable[Item], size: int, task: EvaluationTask) -> list[Item]:
    """Return posts in blocks that share a question, the fullest blocks first."""
    chance = random.Random(task.seed)  # noqa: S311  # a sample, no secret
    blocks: list[list[Item]] = []
    for group in _by_question(items).values():
        chance.shuffle(group)
        blocks += [group[at : at + size] for at in range(0, len(group), size)]
    chance.shuffle(blocks)
    blocks.sort(key=len, reverse=True)
    return [item for block in blocks for item in block][: task.posts]


def _shuffled(items: Iterable[Item], task: EvaluationTask) -> list[Item]:
    """Return the posts with other neighbours and in other places of their requests."""
    chance = random.Random(f"{task.seed}, shuffled")  # noqa: S311  # as above
    order: list[Item] = []
    for group in _by_question(items).values():
        chance.shuffle(group)
        order += group
    return order


def _by_question(items: Iterable[Item]) -> dict[Question, list[Item]]:
    groups: dict[Question, list[Item]] = {}
    for item in items:
        groups.setdefault(item.reference.attribution.question_ids, []).append(item)
    return groups
