"""What the embedded coder's confidence is worth beside people, and what it could keep.

Run from the repository's root: `python -m evals.confidence [--report FILE] [--json]`. Two
materials: the quotations of a thematic report, coded blind with the report's own codebook, and the
invented chat. The coder's curve was fitted on part 1 of the QI-hour report (with other quotations
as examples), so the first is not held out for the curve as shipped; the cross-fitted figures are.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import secondcoder
from evals.held_out import REPORT, has_report
from secondcoder import CalibrationReport, Codings, Statistic, Undefined

EXAMPLE = Path(__file__).parents[1] / "examples" / "improvement-chat"
TARGETS = (0.6, 0.7, 0.8)

Row = dict[str, str | float | int | None]


def main() -> None:
    """Print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=Path, default=REPORT)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    chosen = parser.parse_args()
    rows = [row for coded, people in _coded(chosen.report) for row in _rows(coded, people)]
    if chosen.json:
        print(json.dumps(rows, indent=2))
        return
    names = list(rows[0])
    print(*names, sep="\t")
    for row in rows:
        print(*("-" if row[name] is None else row[name] for name in names), sep="\t")


def _coded(report: Path) -> Iterator[tuple[Codings, Codings]]:
    """Yield the coder's codings of each material, and people's."""
    if has_report(report):
        people = secondcoder.read_report(report).codings
        with tempfile.TemporaryDirectory() as folder:
            # From a file of codings the question of each quotation is known, as people knew it.
            file = Path(folder) / "people.jsonl"
            secondcoder.write_codings(people, file)
            yield secondcoder.code(file, people.info.codebook), people
    codebook = secondcoder.read_codebook(EXAMPLE / "codebook.yaml")
    yield (
        secondcoder.code(EXAMPLE / "chat.csv", codebook),
        secondcoder.read_codings(EXAMPLE / "reference.jsonl"),
    )


def _rows(coded: Codings, people: Codings) -> Iterator[Row]:
    """Yield one row per target: the confidence's worth, and what may be kept for it."""
    for target in TARGETS:
        found = secondcoder.calibrate(coded, people, target=f"alpha={target}")
        yield {"material": found.title, **_worth(found), "target": target, **_kept(found)}


def _worth(found: CalibrationReport) -> Row:
    after = found.calibrated
    return {
        "posts": found.n_posts,
        "judgements": found.n_judgements,
        "right": round(found.n_right / found.n_judgements, 3),
        "brier": _value(found.as_given.brier),
        "ece": _value(found.as_given.ece),
        "brier_cross_fitted": None if isinstance(after, Undefined) else _value(after.brier),
        "ece_cross_fitted": None if isinstance(after, Undefined) else _value(after.ece),
    }


def _kept(found: CalibrationReport) -> Row:
    threshold = found.threshold
    if threshold is None or isinstance(threshold, Undefined):
        names = ("below", "coverage", "alpha", "coverage_held_out", "alpha_held_out")
        return dict.fromkeys(names)
    return {
        "below": round(threshold.abstain_below, 3),
        "coverage": round(threshold.coverage, 3),
        "alpha": _value(threshold.reached),
        "coverage_held_out": round(threshold.held_out_coverage, 3),
        "alpha_held_out": _value(threshold.held_out),
    }


def _value(result: Statistic | Undefined) -> float | None:
    return None if isinstance(result, Undefined) else round(result.value, 3)


if __name__ == "__main__":
    main()
