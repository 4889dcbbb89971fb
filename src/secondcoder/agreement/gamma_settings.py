"""What can be set for gamma, named as in the paper of Mathet, Widlöcher & Métivier (2015)."""

from dataclasses import dataclass
from typing import TypedDict

from secondcoder.agreement.gamma_candidates import Dissimilarity
from secondcoder.errors import InputError
from secondcoder.schema.statistics import IntervalMethod, IntervalOptions

MAX_SAMPLES = 10_000
"""Random continua at most, however fine the precision asked for."""


class Settings(TypedDict, total=False):
    """Settings of gamma, named as in the paper."""

    alpha: float
    """Weight of positions; 1."""
    beta: float
    """Weight of categories; 1."""
    d_empty: float
    """Cost of a unit without a partner; 1."""
    n_samples: int
    """Random continua for the expected disorder, at least; 30."""
    precision: float | None
    """Draw more until the expected disorder is known this well: 0.02 is within 2 % of itself."""
    seed: int
    """Of the random continua; 0."""
    counts_unaligned: bool
    """Gamma-cat takes a unit without a partner for a pair that differs; no, as in the paper."""
    interval: IntervalOptions | IntervalMethod | None
    """How to make an interval, continua being the clusters; none."""


@dataclass(frozen=True)
class Options:
    """The settings with their defaults, checked."""

    alpha: float = 1.0
    beta: float = 1.0
    d_empty: float = 1.0
    n_samples: int = 30
    precision: float | None = None
    seed: int = 0
    counts_unaligned: bool = False
    interval: IntervalOptions | IntervalMethod | None = None

    def __post_init__(self) -> None:
        if not 2 <= self.n_samples <= MAX_SAMPLES:  # noqa: PLR2004 # one has no spread
            raise InputError(f"n_samples is {self.n_samples}; it must be from 2 to {MAX_SAMPLES:,}")
        if self.precision is not None and not 0 < self.precision < 1:
            raise InputError(f"precision is {self.precision}; it must lie between 0 and 1")

    @property
    def costs(self) -> Dissimilarity:
        """Return what differences cost."""
        return Dissimilarity(
            self.alpha, self.beta, self.d_empty, counts_unaligned=self.counts_unaligned
        )
