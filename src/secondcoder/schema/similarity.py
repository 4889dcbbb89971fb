"""How alike texts are, for stages that compare them."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


class SimilarityBackEnd(Protocol):
    """What tells how alike two texts are. Deterministic: same texts, same numbers."""

    @property
    def name(self) -> str:
        """Return its name and version, for the record: `words-v1`."""
        ...

    def fit(self, texts: Sequence[str]) -> None:
        """Learn from the texts, and keep them to compare with."""
        ...

    def similarities(self, texts: Sequence[str]) -> FloatArray:
        """Return how alike each text is to each fitted one. Shape: (n_texts, n_fitted).

        A kernel: the dot products of vectors of length 1 or 0. Each row depends on its text alone.
        """
        ...
