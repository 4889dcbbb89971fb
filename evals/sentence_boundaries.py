"""Which sentence splitter holds up on tweets? Own rules beside four libraries.

Two measures: boundaries of invented tweet-like posts with marks (`evals/data/sentences.txt`), and
the known seam of pairs of a report's quotations joined by a space after a final mark. A library
that changes a character cannot give offsets: such posts are counted as altered.

Run from the repository root; libraries that are not installed are left out:
`pip install pysbd sentencex syntok blingfire; python evals/sentence_boundaries.py [--json]`.
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import secondcoder
from secondcoder.coding.sentences import sentence_ends

CASES = Path(__file__).parent / "data" / "sentences.txt"
REPORT = Path(__file__).resolve().parents[1] / ".." / "shared" / "qi-hour" / "report-part1.txt"
LINE, MARK = "⏎", "¦"
Splitter = Callable[[str], Sequence[str]]


class Score(NamedTuple):
    """How one splitter did."""

    splitter: str
    n_right: int
    n_missed: int
    n_extra: int
    n_exact: int
    """Posts with every boundary right and no other."""
    n_altered: int
    """Posts whose characters came back changed (white space aside)."""
    seam_share: float | None
    posts_per_s: float


def own(text: str) -> list[str]:
    """Return the sentences by this project's rules."""
    ends = [position for position, _ in sentence_ends(text, 0, len(text))]
    return [text[a:b] for a, b in zip([0, *ends], [*ends, len(text)], strict=True)]


def pysbd() -> Splitter:
    """Return pySBD's splitter."""
    segmenter = import_module("pysbd").Segmenter(language="en", clean=False)
    return lambda text: list(segmenter.segment(text))


def sentencex() -> Splitter:
    """Return Sentencex's splitter."""
    module = import_module("sentencex")
    return lambda text: list(module.segment("en", text))


def syntok() -> Splitter:
    """Return syntok's splitter; it gives tokens, which carry the space before them."""
    module = import_module("syntok.segmenter")
    return lambda text: [
        "".join(token.spacing + token.value for token in sentence)
        for paragraph in module.process(text)
        for sentence in paragraph
    ]


def blingfire() -> Splitter:
    """Return BlingFire's splitter."""
    module = import_module("blingfire")
    return lambda text: module.text_to_sentences(text).split("\n")


SPLITTERS: dict[str, Callable[[], Splitter]] = {
    "own": lambda: own,
    "pysbd": pysbd,
    "sentencex": sentencex,
    "syntok": syntok,
    "blingfire": blingfire,
}


def solid(text: str) -> str:
    """Return the text without white space: what positions are counted in."""
    return "".join(text.split())


def boundaries(pieces: Sequence[str]) -> set[int]:
    """Return where pieces end, in characters that are no white space; the last end is left out."""
    found: set[int] = set()
    position = 0
    for piece in pieces:
        position += len(solid(piece))
        found.add(position)
    return found - {0, position}


def score(
    name: str, split: Splitter, cases: Sequence[str], pairs: Sequence[tuple[str, str]]
) -> Score:
    """Return how a splitter does on the marked cases and the joined pairs."""
    n_right = n_missed = n_extra = n_exact = n_altered = 0
    started = time.perf_counter()
    for case in cases:
        wanted = boundaries(case.split(MARK))
        text = case.replace(MARK, "")
        pieces = split(text)
        if solid("".join(pieces)) != solid(text):
            n_altered += 1
            n_missed += len(wanted)
            continue
        found = boundaries(pieces)
        n_right += len(found & wanted)
        n_missed += len(wanted - found)
        n_extra += len(found - wanted)
        n_exact += found == wanted
    posts_per_s = len(cases) / (time.perf_counter() - started)
    seams = [len(solid(first)) in boundaries(split(first + second)) for first, second in pairs]
    share = sum(seams) / len(seams) if seams else None
    return Score(name, n_right, n_missed, n_extra, n_exact, n_altered, share, posts_per_s)


def joined(n_pairs: int, seed: int) -> list[tuple[str, str]]:
    """Return pairs of the report's quotations, the first with a final mark and a space behind."""
    chance = random.Random(seed)  # noqa: S311  # a sample, no secret
    quotations = [
        entry.post.text.strip() for entry in secondcoder.read_report(REPORT).codings.posts
    ]
    pairs: list[tuple[str, str]] = []
    for _ in range(n_pairs):
        first, second = chance.sample(quotations, 2)
        mark = "" if first.rstrip("\"'”\u2019)").endswith((".", "!", "?", "…")) else "."
        pairs.append((first + mark + " ", second))
    return pairs


def main() -> None:
    """Print the table, or with `--json` the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    lines = CASES.read_text(encoding="utf-8").splitlines()
    cases = [line.replace(LINE, "\n") for line in lines if line and not line.startswith("#")]
    pairs = joined(given.pairs, given.seed) if REPORT.exists() else []
    scores: list[Score] = []
    for name, load in SPLITTERS.items():
        try:
            split = load()
        except ModuleNotFoundError:
            continue
        scores.append(score(name, split, cases, pairs))
    if given.json:
        print(json.dumps([row._asdict() for row in scores], indent=2))
        return
    print(f"{len(cases)} cases, {len(pairs)} joined pairs")
    heads = ("splitter", "right", "missed", "extra", "exact", "altered", "seams", "posts/s")
    print("".join(f"{head:>11}" for head in heads))
    for row in scores:
        seam = "-" if row.seam_share is None else f"{row.seam_share:.1%}"
        counts = (row.n_right, row.n_missed, row.n_extra, row.n_exact, row.n_altered)
        cells = (row.splitter, *counts, seam, f"{row.posts_per_s:.0f}")
        print("".join(f"{cell:>11}" for cell in cells))


if __name__ == "__main__":
    main()
