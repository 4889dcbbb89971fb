"""How often the embedded coder chooses the theme that people chose, and how well it knows.

Run from the repository's root: `python -m evals.embedded [--report FILE] [--json] [--calibrate]`.
Theme choice within the question, over people's quotations whose question has several themes.
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from evals.held_out import REPORT, HeldOut, Weighed, has_report, several
from secondcoder.coding.calibration import SHIPPED, Calibration, fit_calibration
from secondcoder.coding.similarity import (
    Embeddings,
    Encoder,
    Words,
    load_embeddings,
)
from secondcoder.schema.similarity import SimilarityBackEnd

N_REPLICATES = 2000
COVERAGES = (1.0, 0.9, 0.8, 0.7, 0.5)
N_BINS = 5

Row = dict[str, float | int | str]


def main() -> None:
    """Print the tables, or JSON, or the curve of the confidence."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=Path, default=REPORT)
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--calibrate", action="store_true", help="print the confidence's curve")
    parser.add_argument("--embeddings", type=Path, help="folder of a sentence-transformers model")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    if not has_report(chosen.report):
        return
    held_out = HeldOut(chosen.report, _back_end(chosen.embeddings))
    names, few, others = held_out.names_alone(), held_out.with_few(), held_out.with_others()
    if chosen.calibrate:
        curve = _curve([*names, *few, *others])
        print(f"Calibration(intercept={curve.intercept:.3f}, slope={curve.slope:.3f})")
        return
    plain = {
        "names alone": held_out.baseline(with_examples=False),
        "all others as examples": held_out.baseline(with_examples=True),
    }
    coder = {"names alone": names, "two examples each": few, "all others as examples": others}
    counts = {
        "n_quotations": len(held_out.quotations),
        "n_scored": len(held_out.scored),
        "n_other_ideas": held_out.n_other_ideas,
        "n_near_copy_pairs": held_out.n_near_pairs,
    }
    tables: dict[str, list[Row]] = {
        "theme_choice": [
            *(_scores("baseline", what, found, chosen.seed) for what, found in plain.items()),
            *(_scores("coder", what, found, chosen.seed) for what, found in coder.items()),
        ],
        "gain": [_gain(what, coder[what], plain[what], chosen.seed) for what in plain],
        "by_question": _by_question(held_out, names, others),
        "coverage": [_coverage(what, found) for what, found in coder.items()],
        "confidence": [_confidence(held_out, coder, what) for what in coder],
        "reliability": _reliability(others),
    }
    if chosen.json:
        print(json.dumps({**counts, **tables}, indent=2))
        return
    print("\n".join(f"{name}: {value}" for name, value in counts.items()))
    for name, rows in tables.items():
        _print_table(name, rows)


class _Remembering:
    """An encoder that encodes each text once, since the same ones return in every fold."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._vectors: dict[str, NDArray[np.float64]] = {}

    def encode(self, sentences: list[str], /) -> NDArray[np.float64]:
        """Return one vector per text."""
        new = [text for text in sentences if text not in self._vectors]
        if new:
            vectors = np.asarray(self._encoder.encode(new), dtype=np.float64)
            self._vectors.update(zip(new, vectors, strict=True))
        return np.array([self._vectors[text] for text in sentences])


def _back_end(folder: Path | None) -> Callable[[], SimilarityBackEnd]:
    if folder is None:
        return Words
    loaded = load_embeddings(folder)
    encoder = _Remembering(loaded.encoder)
    return lambda: Embeddings(encoder, name=folder.name)


def _right(weighed: Sequence[Weighed]) -> NDArray[np.bool_]:
    return np.array([one.is_right for one in weighed], dtype=np.bool_)


def _leads(weighed: Sequence[Weighed]) -> NDArray[np.float64]:
    return np.array([one.lead for one in weighed], dtype=np.float64)


def _curve(weighed: Sequence[Weighed]) -> Calibration:
    return fit_calibration(_leads(weighed), _right(weighed))


def _truth(one: Weighed) -> str:
    """Return the people's theme; of several, the coder's if it is among them."""
    return one.best if one.is_right else min(one.quotation.theme_ids)


def _scores(coder: str, given: str, weighed: Sequence[Weighed], seed: int) -> Row:
    truth, chosen = [_truth(one) for one in weighed], [one.best for one in weighed]
    low, high = _interval(_right(weighed).astype(float), seed)
    return {
        "coder": coder,
        "given": given,
        "accuracy": float(_right(weighed).mean()),
        "low": low,
        "high": high,
        "kappa": _kappa(weighed),
        "macro_f1": float(f1_score(truth, chosen, average="macro", zero_division=0)),
    }


def _kappa(weighed: Sequence[Weighed]) -> float:
    """Return Cohen's kappa given the question: chance agreement is taken within each question."""
    expected = 0.0
    for question_id in {one.quotation.question_id for one in weighed}:
        here = [one for one in weighed if one.quotation.question_id == question_id]
        people, coder = Counter(map(_truth, here)), Counter(one.best for one in here)
        expected += sum(people[theme] * coder[theme] for theme in people) / len(here)
    expected /= len(weighed)
    return (float(_right(weighed).mean()) - expected) / (1 - expected)


def _interval(values: NDArray[np.float64], seed: int) -> tuple[float, float]:
    """Return the percentile bootstrap 95 % interval of a mean, over quotations."""
    rng = np.random.default_rng(seed)
    means = values[rng.integers(0, len(values), (N_REPLICATES, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def _gain(given: str, coder: Sequence[Weighed], plain: Sequence[Weighed], seed: int) -> Row:
    gains = _right(coder).astype(float) - _right(plain)
    low, high = _interval(gains, seed)
    return {"given": given, "gain": float(gains.mean()), "low": low, "high": high}


def _by_question(
    held_out: HeldOut, names: Sequence[Weighed], others: Sequence[Weighed]
) -> list[Row]:
    rows: list[Row] = []
    for question_id in several(held_out.codebook):
        here = [one.quotation.question_id == question_id for one in names]
        if any(here):
            rows.append({
                "question": question_id,
                "themes": len(held_out.codebook.themes_for(question_id)),
                "quotations": sum(here),
                "names_alone": float(_right(names)[here].mean()),
                "with_others": float(_right(others)[here].mean()),
            })
    return rows


def _coverage(given: str, weighed: Sequence[Weighed]) -> Row:
    """Return accuracy where only the most certain share of quotations is decided."""
    right = _right(weighed)[np.argsort(-_leads(weighed), kind="stable")]
    row: Row = {"given": given}
    for coverage in COVERAGES:
        row[f"{coverage:.0%}"] = float(right[: round(len(right) * coverage)].mean())
    return row


def _confidence(held_out: HeldOut, coder: dict[str, list[Weighed]], given: str) -> Row:
    """Return how far confidence is off: as shipped, and for questions it was not fitted on."""
    weighed = coder[given]
    chances = np.zeros(len(weighed))
    for question_id in several(held_out.codebook):
        here = np.array([one.quotation.question_id == question_id for one in weighed])
        apart = [
            one
            for found in coder.values()
            for one in found
            if one.quotation.question_id != question_id
        ]
        chances[here] = _curve(apart).confidence(_leads(weighed)[here])
    right = _right(weighed)
    shipped = SHIPPED.confidence(_leads(weighed))
    return {
        "given": given,
        "ece_shipped": _ece(shipped, right),
        "ece_question_left_out": _ece(chances, right),
        "brier_question_left_out": float(((chances - right) ** 2).mean()),
        "mean_confidence": float(shipped.mean()),
        "accuracy": float(right.mean()),
    }


def _bins(chances: NDArray[np.float64]) -> list[NDArray[np.intp]]:
    return np.array_split(np.argsort(chances, kind="stable"), N_BINS)


def _ece(chances: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the expected calibration error over bins of equal size (Naeini et al. 2015)."""
    gaps = [abs(chances[rows].mean() - right[rows].mean()) * len(rows) for rows in _bins(chances)]
    return float(sum(gaps) / len(chances))


def _reliability(weighed: Sequence[Weighed]) -> list[Row]:
    chances, right = SHIPPED.confidence(_leads(weighed)), _right(weighed)
    return [
        {
            "from": float(chances[rows].min()),
            "to": float(chances[rows].max()),
            "n": len(rows),
            "mean_confidence": float(chances[rows].mean()),
            "accuracy": float(right[rows].mean()),
        }
        for rows in _bins(chances)
    ]


def _print_table(name: str, rows: Sequence[Row]) -> None:
    print(f"\n{name}")
    print("| " + " | ".join(rows[0]) + " |")
    print("|" + "---|" * len(rows[0]))
    for row in rows:
        cells = (f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row.values())
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
