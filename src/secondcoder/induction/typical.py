"""The most typical of some texts: the one that is on average most like the others."""

from collections.abc import Sequence

import numpy as np

from secondcoder.schema.similarity import SimilarityBackEnd

_FEWEST_WORDS = 5


def by_typicality(texts: Sequence[str], back_end: SimilarityBackEnd) -> list[int]:
    """Return the places of the texts, the most typical first; equals keep their order.

    Typical is the mean similarity to the other texts, which makes the first one their medoid. Texts
    of fewer than five words come after all others: they say too little on their own.

    Args:
        texts: What is compared; the back end is fitted on these anew.
        back_end: What tells how alike two texts are.
    """
    if len(texts) == 1:
        return [0]
    back_end.fit(texts)
    alike = back_end.similarities(texts)
    np.fill_diagonal(alike, 0.0)
    # Rounded, so that a sum in another order of addition can't swap two equals.
    means = np.round(alike.sum(axis=1) / (len(texts) - 1), 9)
    short = [len(text.split()) < _FEWEST_WORDS for text in texts]
    return sorted(range(len(texts)), key=lambda place: (short[place], -means[place], place))
