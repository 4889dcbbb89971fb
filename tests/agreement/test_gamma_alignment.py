"""The best alignment is exact: replayed and published disorders, by hand, brute force."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from agreement.unit_tables import ALEX_PAUL_SUZAN
from hypothesis import given, settings
from hypothesis import strategies as st

from secondcoder.agreement import Unit, gamma_alignment
from secondcoder.agreement import gamma_candidates as module
from secondcoder.agreement.gamma_alignment import best_alignment
from secondcoder.agreement.gamma_candidates import (
    EMPTY,
    Blocks,
    Dissimilarity,
    candidates,
    dissimilarities,
    positional,
)
from secondcoder.errors import InputError

REPLAYS = Path(__file__).parents[3] / "shared" / "agreement" / "gamma"
"""Continua and disorders that pygamma-agreement 0.5.9 computed in single precision."""


def blocks_of(units: Sequence[Unit], n_coders: int | None = None) -> Blocks:
    """Return the units of one continuum as a block."""
    coders = sorted({unit.coder for unit in units}, key=str)
    categories = sorted({unit.category for unit in units}, key=str)
    return Blocks(
        n_coders or len(coders),
        np.zeros(len(units), np.int64),
        np.array([coders.index(unit.coder) for unit in units], np.int64),
        np.array([unit.start for unit in units], float),
        np.array([unit.end for unit in units], float),
        np.array([categories.index(unit.category) for unit in units], np.int64),
    )


def disorder(blocks: Blocks, costs: Dissimilarity) -> float:
    """Return the cost of the best alignment over the mean number of units."""
    return float(best_alignment(blocks, costs).cost.sum() / (len(blocks.start) / blocks.n_coders))


def row(coder: str, spans: str) -> list[Unit]:
    """Return the units of one coder written `1-5a 6-10b`."""
    found = []
    for span in spans.split():
        start, end = span[:-1].split("-")
        found.append(Unit(coder, int(start), int(end), span[-1]))
    return found


def brute_force(units: Sequence[Unit], n_coders: int, costs: Dissimilarity) -> float:
    """Return the least total cost, every partition tried."""
    n_pairs = n_coders * (n_coders - 1) // 2

    def cost(one: Unit | None, two: Unit | None) -> float:
        if one is None or two is None:
            return costs.d_empty
        apart = abs(one.start - two.start) + abs(one.end - two.end)
        place = costs.alpha * (apart / (one.end - one.start + two.end - two.start)) ** 2
        return (place + costs.beta * (one.category != two.category)) * costs.d_empty

    @cache
    def least(rest: frozenset[int]) -> float:
        if not rest:
            return 0.0
        first = min(rest)
        options: list[list[int | None]] = [
            [first]
            if units[first].coder == coder
            else [None, *(place for place in rest if units[place].coder == coder)]
            for coder in range(n_coders)
        ]
        found = []
        for places in product(*options):
            members = [None if place is None else units[place] for place in places]
            total = sum(cost(*pair) for pair in combinations(members, 2)) / n_pairs
            found.append(total + least(rest - {place for place in places if place is not None}))
        return min(found)

    return least(frozenset(range(len(units))))


@st.composite
def continua(draw: st.DrawFn) -> tuple[int, list[Unit]]:
    """Return two to four coders with up to three units each, one at least in all."""
    n_coders = draw(st.integers(2, 4))
    units = []
    for coder in range(n_coders):
        for _ in range(draw(st.integers(1 if coder == 0 else 0, 3 if n_coders < 4 else 2))):
            start = draw(st.integers(0, 12))
            units.append(
                Unit(coder, start, start + draw(st.integers(1, 8)), draw(st.sampled_from("ab")))
            )
    return n_coders, units


@pytest.mark.parametrize(
    "name", ["01_two_annotators_simple", "02_unequal_counts", "04_three_annotators"]
)
def test_disorders_equal_the_replayed_ones(name: str) -> None:
    """Pair dissimilarities, the best disorder and those of ten random continua, to 1e-5."""
    path = REPLAYS / f"fixture_{name}.json"
    if not path.exists():
        pytest.skip(f"needs the replay data: {path.name} beside the repository")
    replay = json.loads(path.read_text(encoding="utf-8"))

    def read(rows: Sequence[Mapping[str, object]]) -> Blocks:
        return blocks_of([
            Unit(str(r["annotator"]), float(str(r["start"])), float(str(r["end"])), r["category"])
            for r in rows
        ])

    given_costs = replay["params"]
    costs = Dissimilarity(given_costs["alpha"], given_costs["beta"], given_costs["deltaEmpty"])
    blocks = read(replay["continuum"])
    names = sorted({r["annotator"] for r in replay["continuum"]})
    for pair in replay["tier1"]["pairDissimilarities"]:
        one, two = (
            np.flatnonzero(blocks.slot == names.index(pair[f"annotator{side}"]))[
                [pair[f"unitIndex{side}"]]
            ]
            for side in "AB"
        )
        assert positional(blocks, one, two)[0] == pytest.approx(pair["positional"], rel=1e-5)
        combined = dissimilarities(blocks, costs, one, two)[0]
        assert combined == pytest.approx(pair["combined"], rel=1e-5)
    best = disorder(blocks, costs)
    assert best == pytest.approx(replay["tier1"]["bestAlignmentDisorder"], rel=1e-5)
    gamma = 1 - best / replay["tier3"]["expectedDisorder"]
    assert gamma == pytest.approx(replay["tier3"]["gamma"], rel=1e-5)
    for sample in replay["tier2"]["sampledContinua"]:
        found = disorder(read(sample["units"]), costs)
        assert found == pytest.approx(sample["bestAlignmentDisorder"], rel=1e-5)


@pytest.mark.parametrize(
    ("units", "costs", "expected"),
    [
        (row("A", "1-5a 6-10b 11-15a") + row("B", "2-6a 7-11b 12-16a"), (1, 1, 1), 0.0625),
        (row("A", "1-5a 6-10b 20-24a 30-34b") + row("B", "2-6a 31-35b"), (1, 1, 1), 0.708333),
        (row("A", "1-5a 6-10b") + row("B", "1-5a 6-10b"), (1, 1, 1), 0.0),
        (
            row("A", "1-5a 10-14b") + row("B", "2-6a 11-15b") + row("C", "1-4a 9-14c"),
            (1, 1, 1),
            0.408756,
        ),
        (row("A", "1-5a 6-10b 11-15c") + row("B", "2-7a 8-12b 11-15a"), (3, 2, 1), 1.027778),
        (ALEX_PAUL_SUZAN, (3, 1, 1), 0.960625),
    ],
)
def test_disorders_equal_the_reference(
    units: list[Unit], costs: tuple[float, float, float], expected: float
) -> None:
    """Computed by pygamma-agreement and DKPro; the last is its AlexPaulSuzan example."""
    assert disorder(blocks_of(units), Dissimilarity(*costs)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("most_units", [0, 10])
def test_of_equal_alignments_the_one_with_fewer_parts_is_taken(
    most_units: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alex's last unit and Suzan's cost as much together as apart: 6 alignments, not 7."""
    monkeypatch.setattr(gamma_alignment, "MOST_UNITS", most_units)
    found = best_alignment(blocks_of(ALEX_PAUL_SUZAN), Dissimilarity(3, 1, 1))
    assert len(found.cost) == 6
    assert sorted(found.members[found.members != EMPTY].tolist()) == list(range(16))


def test_the_best_alignment_by_hand() -> None:
    """[0, 4) and [1, 5) of one category: (2 / 8)^2 = 1/16; another category: 17/16 < 2 apart."""
    same = blocks_of([Unit("a", 0, 4, "x"), Unit("b", 1, 5, "x")])
    assert best_alignment(same, Dissimilarity()).cost.tolist() == [1 / 16]
    other = blocks_of([Unit("a", 0, 4, "x"), Unit("b", 1, 5, "y")])
    assert best_alignment(other, Dissimilarity()).cost.tolist() == [17 / 16]
    assert best_alignment(other, Dissimilarity(beta=3)).cost.tolist() == [1, 1]


@given(
    continua(),
    st.sampled_from([(0, 1, 1), (1, 0, 2), (0.3, 1, 0.5), (1, 1, 1), (3, 2, 1)]),
    st.sampled_from(["dynamic", "linear"]),
)
@settings(deadline=None, max_examples=80)
def test_the_best_alignment_equals_trying_all(
    continuum: tuple[int, list[Unit]], weights: tuple[float, float, float], solver: str
) -> None:
    """Every unit once; no partition costs less. By dynamic and by linear programming."""
    n_coders, units = continuum
    costs = Dissimilarity(*weights)
    blocks = blocks_of(units)._replace(n_coders=n_coders)
    blocks = blocks._replace(slot=np.array([unit.coder for unit in units], np.int64))
    with pytest.MonkeyPatch.context() as patch:
        if solver == "linear":
            patch.setattr(gamma_alignment, "MOST_UNITS", 0)
        found = best_alignment(blocks, costs)
    assert found.cost.sum() == pytest.approx(brute_force(units, n_coders, costs), abs=1e-6)
    assert sorted(found.members[found.members != EMPTY].tolist()) == list(range(len(units)))


def test_fractions_of_the_linear_programme_are_made_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Units of three coders that pair up in a ring: half of each pairing is cheaper than any."""
    monkeypatch.setattr(gamma_alignment, "MOST_UNITS", 0)
    spans = [(0, 6, 7, "x"), (0, 0, 2, "y"), (0, 5, 10, "y"), (1, 4, 6, "x"), (1, 2, 6, "x")]
    spans += [(2, 6, 11, "y"), (2, 4, 7, "y"), (2, 3, 4, "y")]
    units = [Unit(*span) for span in spans]
    found = best_alignment(blocks_of(units), Dissimilarity())
    assert found.cost.sum() == pytest.approx(brute_force(units, 3, Dissimilarity()), abs=1e-9)


def test_continua_never_meet() -> None:
    """Two blocks, or a coder who found nothing in one: aligned apart, in one call."""
    two = blocks_of(row("A", "1-5a 20-25b") + row("B", "1-5a 21-25b"))
    apart = two._replace(block=np.array([0, 1, 0, 1]))
    assert best_alignment(apart, Dissimilarity()).cost.sum() == pytest.approx((1 / 9) ** 2)
    crossed = two._replace(block=np.array([0, 0, 1, 1]))
    assert best_alignment(crossed, Dissimilarity()).cost.tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize("n_coders", [2, 3, 4])
def test_batches_change_nothing(n_coders: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks weighed one after the other, or all at once: the same alignments."""
    rng = np.random.default_rng(n_coders)
    n = 300
    start = rng.integers(0, 40, n).astype(float)
    blocks = Blocks(
        n_coders,
        np.sort(rng.integers(0, 50, n)),
        rng.integers(0, n_coders, n),
        start,
        start + rng.integers(1, 20, n),
        rng.integers(0, 3, n),
    )
    at_once = best_alignment(blocks, Dissimilarity())
    monkeypatch.setattr(gamma_alignment, "_BATCH", 20)
    one_by_one = best_alignment(blocks, Dissimilarity())

    def parts(found: gamma_alignment.Alignment) -> list[tuple[int, list[int], float]]:
        rows = zip(found.block.tolist(), found.members.tolist(), found.cost.tolist(), strict=True)
        return sorted(rows)

    assert parts(one_by_one) == parts(at_once)


@pytest.mark.parametrize("n_coders", [2, 3])
def test_no_units_need_no_alignment(n_coders: int) -> None:
    """Random coders may all have found nothing."""
    found = best_alignment(blocks_of([], n_coders), Dissimilarity())
    assert len(found.cost) == 0


def test_more_than_fits_into_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than an exhausted machine, a word on what to do."""
    monkeypatch.setattr(module, "_MAX_CANDIDATES", 3)
    with pytest.raises(InputError, match="compare fewer coders"):
        candidates(blocks_of(row("A", "1-5a 2-6b") + row("B", "1-5a 2-6b")), Dissimilarity())


@pytest.mark.parametrize("weights", [(-1, 1, 1), (1, -1, 1), (1, 1, 0)])
def test_costs_below_zero_are_refused(weights: tuple[float, float, float]) -> None:
    """d_empty is the scale of all costs and can't be 0."""
    with pytest.raises(InputError, match="the last above 0"):
        Dissimilarity(*weights)
