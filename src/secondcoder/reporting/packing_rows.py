"""What posts in one request do to each other's answers: one row per size and order."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from secondcoder.schema.evaluation import EvaluationResult, TaskKind
from secondcoder.schema.packing import MARGIN
from secondcoder.schema.statistics import Result

AGREEMENT = "theme_jaccard"
"""The score of each column: how far two decisions on a post share their themes, on average."""
SHUFFLED = ", shuffled"
"""Ends the name of a condition in the other order."""
_REFERENCE = "reference"


class PackingRow(NamedTuple):
    """One coder at one size of request, in one order."""

    coder: str
    condition: str
    n_requests: int
    tokens_per_post: float
    """Of prompt and reply; nothing is counted again for answers from the ledger."""
    n_unusable: int
    """Posts asked about again, since the first reply was no use as far as it was about them."""
    n_failed: int
    reference: Result
    """Agreement with the reference."""
    single: Result | None
    """Agreement with the coder's own answers, one post per request; None in their own row."""
    other_order: Result | None
    """Agreement with the coder's own answers at this size in the first order."""


def packing_rows(result: EvaluationResult) -> tuple[PackingRow, ...]:
    """Return a row per coder, size and order; none for tasks that are not about packing."""
    if result.task.kind is not TaskKind.PACKING:
        return ()
    by_place: dict[tuple[str, str], dict[str, Result]] = {}
    for score in result.scores:
        if score.name == AGREEMENT:
            place = by_place.setdefault((score.coder, score.condition), {})
            place[score.against] = score.result
    first = result.runs[0].condition if result.runs else ""
    return tuple(
        PackingRow(
            coder=one.coder,
            condition=one.condition,
            n_requests=one.run.usage.n_requests,
            tokens_per_post=(one.run.usage.prompt_tokens + one.run.usage.completion_tokens)
            / max(1, one.n_posts),
            n_unusable=one.run.usage.n_unusable,
            n_failed=one.n_failed,
            reference=found[_REFERENCE],
            single=found.get(f"{one.coder}, {first}"),
            other_order=_other_order(found, one.coder, one.condition),
        )
        for one in result.runs
        if _REFERENCE in (found := by_place.get((one.coder, one.condition), {}))
    )


def packing_verdicts(rows: Sequence[PackingRow]) -> tuple[str, ...]:
    """Return for each model how far answers hold, by the rule of `--pack auto`, in words."""
    verdicts: list[str] = []
    for coder in dict.fromkeys(row.coder for row in rows):
        own = {row.condition: row for row in rows if row.coder == coder}
        held, *larger = [name for name in own if not name.endswith(SHUFFLED)]
        again = own.get(f"{held}{SHUFFLED}")
        if again is None or not larger:
            continue
        with_itself = again.single.value if again.single is not None else None
        for row in map(own.__getitem__, larger):
            agreement = row.single.value if row.single is not None else None
            if with_itself is None or agreement is None or agreement < with_itself - MARGIN:
                break
            held = row.condition
        verdicts.append(f"{coder}: answers hold up to {held}, within {MARGIN:g} of single ones")
    return tuple(verdicts)


def _other_order(found: Mapping[str, Result], coder: str, condition: str) -> Result | None:
    size = condition.partition(", ")[0]
    return found.get(f"{coder}, {size}") if condition != size else None
