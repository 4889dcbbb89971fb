"""What a change of theme must be worth, where themes are chosen by likelihood.

python evals/local_model.py --model 1.5b --port 8090
python -m evals.likelihood_seams --base-url http://127.0.0.1:8090/v1

Quotations of a report are cut into pieces, and each piece is weighed as `code --likelihoods` does.
Printed is, for each cost of a change: how many of the quotations with several pieces are cut
although people gave them one theme, and how often the seam is found between a quotation and another
of the same question under other themes. The quotations are drawn by a seed; what the model answered
is kept in `--ledger`.
"""

import argparse
import asyncio
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evals.held_out import REPORT, HeldOut, has_report
from secondcoder.coding.asking import ModelAsker
from secondcoder.coding.cards import cards
from secondcoder.coding.endpoints import Settings
from secondcoder.coding.joining import joined
from secondcoder.coding.scales import Competing, Scales
from secondcoder.coding.segments import segments
from secondcoder.coding.similarity import Words
from secondcoder.coding.weighing import WeighingCoder
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.similarity import FloatArray
from secondcoder.store.ledger import Ledger

COSTS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8)
_SEED = 1
_VERSION = 1


def main() -> None:
    """Print a line per cost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--report", type=Path, default=REPORT)
    parser.add_argument("--base-url", default="http://127.0.0.1:8080/v1")
    parser.add_argument("--coder", default="openai/Qwen2.5-Coder-1.5B-Instruct")
    parser.add_argument("--quotations", type=int, default=60)
    parser.add_argument("--ledger", type=Path, default=Path("likelihood-seams.sqlite"))
    asked = parser.parse_args()
    if not has_report(asked.report):
        return
    held_out = HeldOut(asked.report, Words)
    places = held_out.drawn(_SEED)[: asked.quotations]
    options = ModelOptions(base_url=asked.base_url, likelihoods=True, concurrency=1, timeout_s=900)
    coder = WeighingCoder(held_out.codebook, model=asked.coder, options=options)
    with Ledger(asked.ledger) as ledger:
        shares = asyncio.run(_weighed(held_out, places, coder.settings, ledger))
    whole = [shares[place] for place in places if len(shares[place]) > 1]
    pairs = [(shares[place], shares[other]) for place, other in _pairs(held_out, places)]
    print(f"quotations {len(places)}, of several pieces {len(whole)}, pairs {len(pairs)}")
    print("switch cost | whole quotations cut | seams found")
    for cost in COSTS:
        cut = np.mean([len(list(joined(one, cost=cost))) > 1 for one in whole])
        seams = np.mean([_finds_seam(*pair, cost=cost) for pair in pairs])
        print(f"{cost:.2f} | {cut:.3f} | {seams:.3f}")


async def _weighed(
    held_out: HeldOut, places: Sequence[int], settings: Settings, ledger: Ledger
) -> dict[int, FloatArray]:
    """Return the shares of each quotation's pieces, by its place."""
    found: dict[int, FloatArray] = {}
    async with ModelAsker(settings.model, options=settings.options, drafts=ledger) as asker:
        scales = Scales(asker, _VERSION)
        for place in places:
            one = held_out.quotations[place]
            told = cards(held_out.codebook, (one.question_id,))
            asked = tuple(f"{each.parent_text} {each.text}".strip() for each in told.questions)
            themes = (*told.questions[0].themes, *told.general_themes)
            pieces = [
                piece.span.of(one.text).strip()
                for piece in segments(one.text)
                if not piece.is_furniture
            ]
            among = Competing(asked, themes)
            weighed = [await scales.weigh(among, piece) for piece in pieces]
            assert all(isinstance(each.what, tuple) for each in weighed)  # noqa: S101  # local
            found[place] = np.array([each.what for each in weighed])
    return found


def _pairs(held_out: HeldOut, places: Sequence[int]) -> list[tuple[int, int]]:
    """Return each quotation with another of its question under other themes, if there is one."""
    chance = random.Random(_SEED)  # noqa: S311  # a sample, no secret
    pairs = []
    for place in places:
        one = held_out.quotations[place]
        others = [
            other
            for other in places
            if held_out.quotations[other].question_id == one.question_id
            and not held_out.quotations[other].theme_ids & one.theme_ids
        ]
        if others:
            pairs.append((place, chance.choice(others)))
    return pairs


def _finds_seam(first: FloatArray, second: FloatArray, *, cost: float) -> bool:
    starts = {start for start, _ in joined(np.vstack([first, second]), cost=cost)}
    return len(first) in starts


if __name__ == "__main__":
    main()
