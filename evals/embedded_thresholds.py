"""What each threshold of the embedded coder buys and costs, on people's quotations.

Run from the repository's root: `python -m evals.embedded_thresholds [--report FILE]`. Quotations
are weighed with all others as examples. "Whole" is a quotation as people cut it; "spliced" are two
of one question and of different themes in one post, whose seam is known.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from evals.held_out import REPORT, HeldOut, Weighed, has_report
from secondcoder.coding.calibration import SHIPPED
from secondcoder.coding.joining import joined
from secondcoder.coding.segments import segments
from secondcoder.coding.similarity import Words
from secondcoder.schema.similarity import FloatArray

SEED = 1
SWITCH_COSTS = (0.05, 0.1, 0.15, 0.2, 0.3)
SECONDS = ((0.05, 0.1), (0.1, 0.05), (0.1, 0.1), (0.1, 0.2), (0.15, 0.1))
BARS = (0.35, 0.4, 0.5, 0.6, 0.7)


class Spliced(NamedTuple):
    """Two quotations in one post, and what each part says for the themes."""

    first: FloatArray
    """Shares of the first quotation's segments. Shape: (n_segments, n_themes)."""
    second: FloatArray
    both: FloatArray
    """Shares of the two as one text. Shape: (n_themes,)."""


def main() -> None:
    """Print one table per threshold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=Path, default=REPORT)
    report = parser.parse_args().report
    if not has_report(report):
        return
    held_out = HeldOut(report, Words)
    whole, spliced = held_out.with_others(), _spliced(held_out)
    print("switch cost | whole quotations cut | seams found")
    for cost in SWITCH_COSTS:
        cut = np.mean([len(list(joined(pair.first, cost=cost))) > 1 for pair in spliced])
        seams = np.mean([_finds_seam(pair, cost) for pair in spliced])
        print(f"{cost:.2f} | {cut:.3f} | {seams:.3f}")
    print("\nsecond theme: lead, gap | whole given two | spliced given two")
    for lead, gap in SECONDS:
        false = np.mean([_has_second(one.shares, lead, gap) for one in whole])
        true = np.mean([_has_second(pair.both, lead, gap) for pair in spliced])
        print(f"{lead:.2f}, {gap:.2f} | {false:.3f} | {true:.3f}")
    near = [float(one.nearness.max()) for one in whole]
    quantiles = np.quantile(near, [0.0, 0.025, 0.05, 0.1])
    print("\nnearness, quantiles 0, 2.5, 5, 10 %: " + ", ".join(f"{q:.3f}" for q in quantiles))
    for name, weighed in (("names alone", held_out.names_alone()), ("with others", whole)):
        _print_bars(name, weighed)


def _spliced(held_out: HeldOut) -> list[Spliced]:
    """Return each scored quotation with another of its question, drawn by a seed."""
    rng = np.random.default_rng(SEED)
    pairs = []
    for place in held_out.scored:
        one, themes = held_out.quotations[place], held_out.themes_of(place)
        partner = int(
            rng.choice([
                at
                for at in held_out.scored
                if held_out.quotations[at].question_id == one.question_id
                and not held_out.quotations[at].theme_ids & one.theme_ids
            ])
        )
        weigher = held_out.weigher(held_out.examples(held_out.others(place, partner)))
        stop = "" if one.text.endswith((".", "!", "?")) else "."
        texts = [f"{one.text}{stop}", held_out.quotations[partner].text]
        parts = [_pieces(text) for text in texts]
        together = [*parts[0], *parts[1], " ".join(texts)]
        shares = weigher.weigh(weigher.similarities(together), themes).shares
        seam = len(parts[0])
        pairs.append(Spliced(shares[:seam], shares[seam:-1], shares[-1]))
    return pairs


def _pieces(text: str) -> list[str]:
    return [piece.span.of(text) for piece in segments(text) if not piece.is_furniture]


def _finds_seam(pair: Spliced, cost: float) -> bool:
    starts = {start for start, _ in joined(np.vstack([pair.first, pair.second]), cost=cost)}
    return len(pair.first) in starts


def _has_second(shares: FloatArray, lead: float, gap: float) -> bool:
    """Return whether a text gets a second theme at these thresholds, as the coder decides."""
    best, second, *rest = np.sort(shares)[::-1]
    return bool(best - second <= gap and second - max([1 / len(shares), *rest]) >= lead)


def _print_bars(name: str, weighed: Sequence[Weighed]) -> None:
    chances = SHIPPED.confidence(np.array([one.lead for one in weighed]))
    right = np.array([one.is_right for one in weighed])
    print(f"\nabstain below ({name}) | decided | right of these | right of the rest")
    for bar in BARS:
        decided = chances >= bar
        rest = f"{right[~decided].mean():.3f}" if not decided.all() else "none"
        print(f"{bar:.2f} | {decided.mean():.3f} | {right[decided].mean():.3f} | {rest}")


if __name__ == "__main__":
    main()
