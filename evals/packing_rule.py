"""How often `--pack auto` packs, by what packing does to the answers: its rule, simulated.

Each answer to a post of the sample is right or not by chance: single answers differ from themselves
by `noise`, packed ones by `loss` more, at every size alike. The table shows how often the rule
packs at all, and how often it goes up to the largest size.

Run from the repository's root: `python -m evals.packing_rule [--runs 2000] [--json]`.
"""

import argparse
import asyncio
import json
import random
from typing import NamedTuple

from secondcoder.coding.packing import BLOCK, SAMPLE, SIZES, Asked, climb
from secondcoder.coding.tasks import Task
from secondcoder.schema.chat import Attribution, AttributionRule, Post
from secondcoder.schema.codings import Abstention, LeftOut, LeftOutReason, Outcome

LOSSES = (0.0, 0.02, 0.05, 0.1, 0.15, 0.25, 0.4)
NOISES = (0.0, 0.05, 0.15)
SEED = 1
_USUAL = LeftOut(reason=LeftOutReason.NO_IDEA)
_OTHER = Abstention(note="another answer")
_GIVEN = Attribution(rule=AttributionRule.NONE)
_POSTS = tuple(Task(Post(id=str(n), text="x"), _GIVEN, ()) for n in range(SAMPLE))


class Row(NamedTuple):
    """What the rule did."""

    noise: float
    loss: float
    packs: float
    """Share of runs with more than one post per request."""
    packs_most: float
    """Share of runs with the largest size."""


def chosen(noise: float, loss: float, chance: random.Random) -> int:
    """Return the posts per request that one run comes to."""

    def answer(p_other: float) -> Outcome:
        return _OTHER if chance.random() < p_other else _USUAL

    async def ask(size: int, _time: int) -> Asked:
        # Two answers that each differ by chance p from the usual one differ from each other by
        # 2p(1-p); half the noise on each side is near enough.
        p_other = noise / 2 if size == 1 else noise / 2 + loss
        return Asked({task.post.id: answer(p_other) for task in _POSTS}, SAMPLE // size, 0)

    return asyncio.run(climb(_POSTS, ask)).posts_per_request


def measure(noise: float, loss: float, n_runs: int) -> Row:
    """Return how often the rule packs."""
    chance = random.Random(f"{SEED} {noise} {loss}")  # noqa: S311  # a simulation
    sizes = [chosen(noise, loss, chance) for _ in range(n_runs)]
    n_packs, n_most = sum(size > 1 for size in sizes), sum(size == BLOCK for size in sizes)
    return Row(noise, loss, n_packs / n_runs, n_most / n_runs)


def main() -> None:
    """Print the table, or with `--json` the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = [measure(noise, loss, given.runs) for noise in NOISES for loss in LOSSES]
    if given.json:
        figures = {"runs": given.runs, "seed": SEED, "sample": SAMPLE, "sizes": SIZES}
        print(json.dumps(figures | {"rows": [row._asdict() for row in rows]}, indent=2))
        return
    print(f"{'noise':>6}{'loss':>6}{'packs':>8}{f'packs {BLOCK}':>10}")
    for row in rows:
        print(f"{row.noise:>6.2f}{row.loss:>6.2f}{row.packs:>8.2f}{row.packs_most:>10.2f}")


if __name__ == "__main__":
    main()
