"""What a change of theme must be worth, where themes are chosen by likelihood.

python evals/local_model.py --model 1.5b --port 8090
python -m evals.likelihood_seams --base-url http://127.0.0.1:8090/v1 [--pack 2]

Quotations of a report are cut into pieces, and each piece is weighed as `code --likelihoods` does.
Printed is, for each cost of a change: how many of the quotations with several pieces are cut
although people gave them one theme, and how often the seam is found between a quotation and another
of the same question under other themes. The quotations are drawn by a seed; what the model answered
is kept in `--ledger`. With `--pack 2` two pieces of a question share a request.
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
from secondcoder.coding.pairs import SIZE, Pairs
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
    parser.add_argument("--pack", type=int, choices=(1, 2), default=1)
    parser.add_argument("--ledger", type=Path, default=Path("likelihood-seams.sqlite"))
    asked = parser.parse_args()
    if not has_report(asked.report):
        return
    held_out = HeldOut(asked.report, Words)
    places = held_out.drawn(_SEED)[: asked.quotations]
    options = ModelOptions(
        base_url=asked.base_url,
        likelihoods=True,
        posts_per_request=asked.pack,
        concurrency=1,
        timeout_s=900,
    )
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
    by_question: dict[str, list[int]] = {}
    for place in places:
        by_question.setdefault(held_out.quotations[place].question_id, []).append(place)
    found: dict[int, FloatArray] = {}
    async with ModelAsker(settings.model, options=settings.options, drafts=ledger) as asker:
        alone = Scales(asker, _VERSION)
        for question_id, some in by_question.items():
            told = cards(held_out.codebook, (question_id,))
            asked = tuple(f"{each.parent_text} {each.text}".strip() for each in told.questions)
            among = Competing(asked, (*told.questions[0].themes, *told.general_themes))
            pieces = {place: _pieces(held_out.quotations[place].text) for place in some}
            texts = [text for place in some for text in pieces[place]]
            if settings.options.posts_per_request == SIZE:
                pairs = Pairs(asker, alone, _VERSION)
                pairs.begin(1)
                weighed = await pairs.weigh(0, among, texts)
            else:
                weighed = [await alone.weigh(among, text) for text in texts]
            assert all(isinstance(each.what, tuple) for each in weighed)  # noqa: S101  # local
            shares = iter(weighed)
            for place in some:
                found[place] = np.array([next(shares).what for _ in pieces[place]])
    return found


def _pieces(quotation: str) -> list[str]:
    return [
        piece.span.of(quotation).strip() for piece in segments(quotation) if not piece.is_furniture
    ]


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
