"""Boundary similarity of any number of coders, corrected for chance.

Source: Fournier (2013), Evaluating Text Segmentation using Boundary Edit Distance, ACL 2013;
Fournier & Inkpen (2012), Segmentation Similarity and Agreement, NAACL 2012 (multi-pi, multi-kappa).
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from secondcoder.agreement.estimates import Estimate, IntervalChoice, distinct_rows, ratio
from secondcoder.agreement.segmentation import SPANNING, Masses, boundaries, boundary_edits
from secondcoder.agreement.unitizing import Floats, Name
from secondcoder.errors import InputError
from secondcoder.schema.statistics import Statistic, Undefined

Segmentations = Mapping[Name, Sequence[Masses | None]]
"""For each coder one segmentation per text, None where the coder never saw the text."""


def boundary_agreement(
    coders: Segmentations[Name], *, spanning: int = SPANNING, interval: IntervalChoice = None
) -> Statistic | Undefined:
    """Return B over all texts and pairs of coders, not corrected for chance.

    Args:
        coders: For each coder one segmentation per text, None for texts the coder never saw.
        spanning: Potential boundaries that a transposition may span, its own included.
        interval: How to make an interval, texts being the clusters.

    >>> two = {"ann": [(2, 8, 2, 1)], "bob": [(2, 1, 7, 2, 1)]}
    >>> boundary_agreement(two).value
    0.75
    """
    return _agreement("boundary_agreement", _sums(coders, spanning), interval)


def boundary_pi(
    coders: Segmentations[Name], *, spanning: int = SPANNING, interval: IntervalChoice = None
) -> Statistic | Undefined:
    """Return pi_B: boundary similarity beyond chance, all coders cutting equally often.

    Args:
        coders: For each coder one segmentation per text, None for texts the coder never saw.
        spanning: Potential boundaries that a transposition may span, its own included.
        interval: How to make an interval, texts being the clusters.

    >>> two = {"ann": [(2, 8, 2, 1)], "bob": [(2, 1, 7, 2, 1)]}
    >>> round(boundary_pi(two).value, 5)
    0.72676
    """
    return _agreement("boundary_pi", _sums(coders, spanning), interval)


def boundary_kappa(
    coders: Segmentations[Name], *, spanning: int = SPANNING, interval: IntervalChoice = None
) -> Statistic | Undefined:
    """Return kappa_B: boundary similarity beyond chance, each coder cutting as often as it does.

    Args:
        coders: For each coder one segmentation per text, None for texts the coder never saw.
        spanning: Potential boundaries that a transposition may span, its own included.
        interval: How to make an interval, texts being the clusters.

    >>> two = {"ann": [(2, 8, 2, 1)], "bob": [(2, 1, 7, 2, 1)]}
    >>> round(boundary_kappa(two).value, 5)
    0.72727
    """
    return _agreement("boundary_kappa", _sums(coders, spanning), interval)


class _Sums(NamedTuple):
    """Sums per text: agreement of all pairs, and per coder what was cut and could have been."""

    alike: Floats
    """Shape: (n_texts,)."""
    n_all: Floats
    """Shape: (n_texts,)."""
    rates: Floats
    """Boundaries over potential boundaries, times partners. Shape: (n_texts,)."""
    partners: Floats
    """How many segmentations `rates` adds up. Shape: (n_texts,)."""
    cut: Floats
    """Boundaries. Shape: (n_texts, n_pairs, 2)."""
    potential: Floats
    """Places where a boundary could be. Shape: (n_texts, n_pairs, 2)."""


def _sums(coders: Segmentations[Name], spanning: int) -> _Sums:
    if not isinstance(coders, Mapping):
        raise InputError(
            "segmentations are a mapping from each coder to one segmentation per text, such as "
            "{'ann': [(2, 8)], 'bob': [(5, 5)]}"
        )
    columns = list(coders.values())
    n_texts = len(columns[0]) if columns else 0
    pairs = list(combinations(range(len(columns)), 2))
    alike, n_all, rates, partners = np.zeros((4, n_texts))
    cut, potential = np.zeros((2, n_texts, len(pairs), 2))
    for text, row in enumerate(_texts(coders)):
        cuts = [None if masses is None else boundaries(masses) for masses in row]
        for pair, (one, two) in enumerate(pairs):
            first, second = cuts[one], cuts[two]
            if first is None or second is None:
                continue
            edits = boundary_edits(first, second, spanning=spanning)
            alike[text] += edits.alike
            n_all[text] += edits.n_all
            n_places = sum(row[one] or ()) - 1
            cut[text, pair] = len(first), len(second)
            potential[text, pair] = n_places
            # Pairs count, as in segeval: a coder's rate comes up once per partner.
            if n_places:
                rates[text] += (len(first) + len(second)) / n_places
                partners[text] += 2
    return _Sums(alike, n_all, rates, partners, cut, potential)


def _texts(coders: Segmentations[Name]) -> list[tuple[Masses | None, ...]]:
    """Return the segmentations text by text, checked.

    Raises:
        InputError: They are not by coder, coders have different numbers of texts, or a text
            different lengths.
    """
    if len({len(column) for column in coders.values()}) > 1:
        raise InputError("each coder needs one segmentation per text; use None for texts not seen")
    rows = list(zip(*coders.values(), strict=True))
    for place, row in enumerate(rows):
        if len({sum(masses) for masses in row if masses is not None}) > 1:
            raise InputError(f"text {place}: coders' segments do not add up to the same length")
    return rows


def _agreement(name: str, sums: _Sums, how: IntervalChoice) -> Statistic | Undefined:
    added = [sums.alike, sums.n_all]
    chance: Callable[[Floats], Floats] | None = None
    if name == "boundary_pi":
        added += [sums.rates, sums.partners]
        chance = _squared_rate
    elif name == "boundary_kappa":
        n_rates = 2 * sums.cut.shape[1]
        added += [part.reshape(len(part), n_rates) for part in (sums.cut, sums.potential)]
        chance = _product_of_rates

    def formula(summed: Floats) -> Floats:
        actual = ratio(summed[:, 0], summed[:, 1])
        if chance is None:
            return actual
        expected = chance(summed[:, 2:])
        return ratio(actual - expected, 1 - expected)

    rows, kinds = distinct_rows(np.column_stack(added))
    return Estimate(
        name=name,
        formula=formula,
        rows=rows,
        kinds=kinds,
        n_units=int(sums.n_all.sum()),
        why_undefined="every coder cut everywhere, so agreement can't be told from chance",
        why_empty="no boundary in any text that two coders saw",
        bounds=(-np.inf, 1.0),
    ).result(how)


def _squared_rate(summed: Floats) -> Floats:
    """Return the chance agreement of coders who all cut equally often."""
    return np.asarray(ratio(summed[:, 0], summed[:, 1]) ** 2, np.float64)


def _product_of_rates(summed: Floats) -> Floats:
    """Return the mean over pairs of coders of the chance that both cut."""
    cut, potential = summed.reshape(len(summed), 2, -1, 2).swapaxes(0, 1)
    seen = potential[:, :, 0] > 0
    both = np.where(seen, ratio(cut, potential).prod(axis=2), 0.0)
    return ratio(both.sum(axis=1), seen.sum(axis=1).astype(float))
