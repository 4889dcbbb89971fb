"""Random continua: what coders' units would look like if they had nothing to do with the text.

Source: Mathet, Widlöcher & Métivier (2015), Computational Linguistics 41(3), section 5.2 as
pygamma-agreement cites it: each random coder is a real one, cut at a random position and with the
two parts exchanged.
"""

import numpy as np

from secondcoder.agreement.gamma_candidates import Blocks
from secondcoder.agreement.unitizing import Continua, Floats, Ints

_TRIES = 50
"""Positions drawn until one is far enough from the others; where there is no room, any will do."""


class Arena:
    """The continua that the same number of coders saw, and random ones in their place."""

    def __init__(self, found: Continua, n_coders: int) -> None:
        self.n_coders = n_coders
        self.continua: Ints = np.flatnonzero(found.n_present == n_coders)
        """Places of the blocks among all continua."""
        self._found = found
        # Every pair of a coder and a continuum the coder saw.
        continuum, coder = np.nonzero(found.present)
        keys = found.continuum * len(found.coders) + found.coder
        self._source = continuum
        self._first = np.searchsorted(keys, continuum * len(found.coders) + coder, side="left")
        self._last = np.searchsorted(keys, continuum * len(found.coders) + coder, side="right")
        relative = (found.end - found.start) / found.lengths[found.continuum]
        self._distance = float(relative.mean()) / 2

    def observed(self) -> Blocks:
        """Return the units as they are."""
        found = self._found
        block_of = np.full(len(found.ids), -1)
        block_of[self.continua] = np.arange(len(self.continua))
        slots = np.cumsum(found.present, axis=1) - 1
        mine = np.flatnonzero(block_of[found.continuum] >= 0)
        return Blocks(
            n_coders=self.n_coders,
            block=block_of[found.continuum[mine]],
            slot=slots[found.continuum[mine], found.coder[mine]],
            start=found.start[mine],
            end=found.end[mine],
            category=found.category[mine],
        )

    def random(self, rng: np.random.Generator) -> Blocks:
        """Return units as chance would put them.

        Each coder of each continuum gets all that a coder, drawn at random with a continuum that
        this coder saw, marked there; stretched to the length of the new continuum, moved on by a
        random distance, and what then starts beyond the end taken back to the beginning. With one
        continuum this is the procedure of the paper.
        """
        found, n_blocks = self._found, len(self.continua)
        drawn = rng.integers(len(self._source), size=n_blocks * self.n_coders)
        pivots = self._pivots(rng).ravel()
        count = self._last[drawn] - self._first[drawn]
        place = np.repeat(np.arange(len(drawn)), count)
        within = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
        unit = self._first[drawn[place]] + within
        source = self._source[drawn[place]]
        block = place // self.n_coders
        low, length = found.lows[source], found.lengths[source]
        start = (found.start[unit] - low) / length + pivots[place]
        start = np.where(start >= 1, start - 1, start)
        share = (found.end[unit] - found.start[unit]) / length
        target = found.lengths[self.continua[block]]
        return Blocks(
            n_coders=self.n_coders,
            block=block,
            slot=place % self.n_coders,
            start=start * target,
            end=(start + share) * target,
            category=found.category[unit],
        )

    def _pivots(self, rng: np.random.Generator) -> Floats:
        """Return how far to move each coder, as a share of the length. Shape: (n_blocks, n_coders).

        Two coders of a continuum are moved by distances at least half a unit apart, where there is
        room: moved alike, they would agree as they did.
        """
        pivots = np.full((len(self.continua), self.n_coders), np.inf)
        for slot in range(self.n_coders):
            rows = np.arange(len(self.continua))
            for _ in range(_TRIES):
                pivots[rows, slot] = rng.random(len(rows))
                near = np.abs(pivots[rows, :slot] - pivots[rows, slot : slot + 1]) < self._distance
                rows = rows[near.any(axis=1)]
                if not len(rows):
                    break
        return pivots
