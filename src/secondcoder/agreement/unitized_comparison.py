"""Every figure on which stretches of the posts coders marked."""

from collections.abc import Sequence
from itertools import pairwise

from secondcoder.agreement.boundary_agreement import boundary_agreement
from secondcoder.agreement.gamma import gamma_of
from secondcoder.agreement.gamma_settings import Options
from secondcoder.agreement.marked_posts import MarkedPosts
from secondcoder.agreement.spans import span_scores
from secondcoder.agreement.unitized_alpha import u_alphas
from secondcoder.agreement.unitizing import Continua, Unit, read_units
from secondcoder.errors import InputError
from secondcoder.schema.agreement import Unitizing
from secondcoder.schema.statistics import IntervalOptions, Result, Undefined

_TWO = 2

_SAMPLES = 10
"""Random continua of gamma to begin with. Each draws all posts anew: with many posts they hardly
differ, and `_PRECISION` asks for more where they do."""

_PRECISION = 0.02
"""How well gamma's expected disorder is to be known, as a share of itself, at 95 %: the 2 % of
Mathet, Widlöcher & Métivier (2015)."""


def compare_marks(
    marked: MarkedPosts,
    interval: IntervalOptions | None,
    *,
    overlap: float,
    gamma_limit: int,
    seed: int = 0,
) -> Unitizing:
    """Return how far coders agree on what to quote, and on the themes of what they quote.

    Args:
        marked: What the coders marked; the first of two is the reference of span scores.
        interval: How intervals are made, posts being the clusters; None: without.
        overlap: Least intersection over union of two spans that count as found.
        gamma_limit: Gamma is computed for at most this many stretches.
        seed: Of gamma's random continua.
    """
    coders, missing = marked.coders, marked.missing
    apart = _read(marked, marked.apart)
    # Most often no two quotes of a coder overlap; reading takes longer than looking.
    whole = apart if marked.whole == marked.apart else _read(marked, marked.whole)
    spans: dict[str, list[Unit]] = {name: [] for name in coders}
    for unit in marked.whole:
        if not any((name, unit.continuum) in missing for name in coders):
            spans[str(unit.coder)].append(unit)
    two = len(coders) == _TWO
    first, second = (spans[name] for name in coders[:2])
    gamma, gamma_cat = _gamma(whole, interval, limit=gamma_limit, seed=seed)
    return Unitizing(
        **u_alphas(apart, interval)._asdict(),
        boundary_similarity=boundary_agreement(segmentations(marked), interval=interval),
        spans_exact=span_scores(first, second, interval=interval) if two else None,
        spans_overlap=span_scores(first, second, iou=overlap, interval=interval) if two else None,
        gamma=gamma,
        gamma_cat=gamma_cat,
    )


def segmentations(marked: MarkedPosts) -> dict[str, list[list[int] | None]]:
    """Return each coder's posts cut where a stretch starts or ends, None where never rated.

    Returns:
        Lengths of the segments, post by post, for each coder.

    >>> marks = [Unit("ann", 2, 5, None, "1"), Unit("bob", 0, 4, None, "1")]
    >>> segmentations(MarkedPosts(("ann", "bob"), marks, marks, {"1": 9.0}, set()))
    {'ann': [[2, 3, 4]], 'bob': [[4, 5]]}
    """
    cuts: dict[tuple[object, object], set[int]] = {}
    for unit in marked.apart:
        places = cuts.setdefault((unit.coder, unit.continuum), set())
        places.update((int(unit.start), int(unit.end)))
    found: dict[str, list[list[int] | None]] = {name: [] for name in marked.coders}
    for post_id, length in marked.lengths.items():
        for name in marked.coders:
            if (name, post_id) in marked.missing:
                found[name].append(None)
                continue
            ends = sorted(cuts.get((name, post_id), set()) | {0, int(length)})
            found[name].append([end - start for start, end in pairwise(ends)])
    return found


def _read(marked: MarkedPosts, units: Sequence[Unit]) -> Continua:
    return read_units(units, marked.lengths, coders=marked.coders, missing=marked.missing)


def _gamma(
    whole: Continua, interval: IntervalOptions | None, *, limit: int, seed: int
) -> tuple[Result, Result]:
    n_units = len(whole.start)
    options = Options(n_samples=_SAMPLES, precision=_PRECISION, seed=seed, interval=interval)
    reason = (
        f"{n_units:,} stretches are more than the {limit:,} up to which gamma is computed; "
        f"raise gamma_limit to have it all the same"
    )
    if n_units <= limit:
        try:
            found = gamma_of(whole, options)
        except InputError as error:
            # Of too many coders; what else is wrong with units was refused when they were read.
            reason = str(error)
        else:
            return found.gamma, found.gamma_cat
    return (
        Undefined(name="gamma", reason=reason, n_units=n_units),
        Undefined(name="gamma_cat", reason=reason, n_units=n_units),
    )
