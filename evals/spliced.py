"""Two quotations in one post: is the seam, the one known boundary, found?

Joins the quotations of a thematic report in pairs, in a seeded shuffle, and reports for each way of
joining the share of pairs whose seam is a boundary of segments, and how many segments there are. A
segmenter that cuts everywhere finds every seam, so the segments per single quotation stand beside.

Run from the repository root: `python evals/spliced.py [--pairs 2000] [--seed 1] [--json]`.
"""

import argparse
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import secondcoder

REPORT = Path(__file__).resolve().parents[1] / ".." / "shared" / "qi-hour" / "report-part1.txt"
FINAL = (".", "!", "?", "…")
CLOSERS = "\"'”\u2019)"
MIX = {"space": 0.6, "line break": 0.3, "slash": 0.05, "plus": 0.05}
"""Shares of the joiners in the mixed row; the hard one is left out and stands alone."""


class Row(NamedTuple):
    """What one way of joining gave."""

    joiner: str
    n_pairs: int
    n_found: int
    mean_segments: float

    @property
    def share(self) -> float:
        """Return the share of seams that are boundaries of segments."""
        return self.n_found / self.n_pairs


def stopped(quotation: str) -> str:
    """Return the quotation with a full stop where it has no final mark.

    >>> stopped("More tea"), stopped("More tea!")
    ('More tea.', 'More tea!')
    """
    return quotation if quotation.rstrip(CLOSERS).endswith(FINAL) else quotation + "."


def unstopped(quotation: str) -> str:
    """Return the quotation without its final marks."""
    return quotation.rstrip(".!?…")


def capitalised(quotation: str) -> str:
    """Return the quotation beginning with a capital."""
    return quotation[:1].upper() + quotation[1:]


JOINERS: dict[str, Callable[[str, str], tuple[str, str]]] = {
    "space": lambda first, second: (stopped(first) + " ", second),
    "line break": lambda first, second: (first + "\n", second),
    "slash": lambda first, second: (first + " / ", second),
    "plus": lambda first, second: (first + " + ", second),
    "hard": lambda first, second: (unstopped(first) + " ", capitalised(second)),
}


def sample(quotations: Sequence[str], n_pairs: int, seed: int) -> list[tuple[str, str]]:
    """Return ordered pairs of different quotations; the same ones for the same seed."""
    chance = random.Random(seed)  # noqa: S311  # a sample, no secret
    pairs: list[tuple[str, str]] = []
    for _ in range(n_pairs):
        first, second = chance.sample(quotations, 2)
        pairs.append((first, second))
    return pairs


def measure(name: str, joined: Sequence[tuple[str, str]]) -> Row:
    """Return what the segments of the joined pairs show."""
    n_found = n_segments = 0
    for first, second in joined:
        pieces = secondcoder.segment(first + second)
        n_segments += len(pieces)
        n_found += len(first) in {piece.span.start for piece in pieces}
    return Row(name, len(joined), n_found, n_segments / len(joined))


def mixed(pairs: Sequence[tuple[str, str]], seed: int) -> list[tuple[str, str]]:
    """Return the pairs joined in the shares of `MIX`."""
    chance = random.Random(seed)  # noqa: S311  # a sample, no secret
    names = chance.choices(list(MIX), weights=list(MIX.values()), k=len(pairs))
    return [JOINERS[name](*pair) for name, pair in zip(names, pairs, strict=True)]


def main() -> None:
    """Print the table, or with `--json` the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--report", type=Path, default=REPORT)
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    posts = [entry.post.text for entry in secondcoder.read_report(given.report).codings.posts]
    quotations = [text.strip() for text in posts]
    pairs = sample(quotations, given.pairs, given.seed)
    rows = [measure(name, [join(*pair) for pair in pairs]) for name, join in JOINERS.items()]
    rows.append(measure("mixed", mixed(pairs, given.seed)))
    single = sum(len(secondcoder.segment(text)) for text in quotations) / len(quotations)
    whole = sum(len(secondcoder.segment(text)) == 1 for text in quotations) / len(quotations)
    if given.json:
        figures = {
            "seed": given.seed,
            "n_quotations": len(quotations),
            "mean_segments_of_a_quotation": single,
            "share_of_quotations_in_one_segment": whole,
            "mix": MIX,
            "joiners": {row.joiner: {**row._asdict(), "share": row.share} for row in rows},
        }
        print(json.dumps(figures, indent=2))
        return
    print(f"{'joiner':<12}{'pairs':>7}{'seam found':>12}{'segments per post':>20}")
    for row in rows:
        print(f"{row.joiner:<12}{row.n_pairs:>7}{row.share:>12.1%}{row.mean_segments:>20.2f}")
    print(f"\n{len(quotations)} quotations alone: {single:.2f} segments each, {whole:.0%} uncut")


if __name__ == "__main__":
    main()
