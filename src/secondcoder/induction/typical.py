"""The most typical of some texts: the one that is on average most like the others."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[^\W_]+")
_FEWEST_WORDS = 5

Vector = dict[str, float]


class Typicality:
    """Tells which texts of a group are typical, by their words and how rare those are elsewhere.

    Each text is a TF-IDF vector of length 1; how alike two are is their cosine. The mean cosine of
    a text with the others needs only the sum of all vectors, so the work grows with the words and
    not with the pairs.
    """

    def __init__(self, corpus: Iterable[str]) -> None:
        """Learn which words are rare among all texts, those of the groups included."""
        self._n_texts = 0
        self._n_with: Counter[str] = Counter()
        for text in corpus:
            self._n_texts += 1
            self._n_with.update(set(_words(text)))

    def order(self, texts: Sequence[str]) -> list[int]:
        """Return the places of the texts, the most typical first; equals keep their order.

        Texts of fewer than five words come after all others: they say too little on their own.

        >>> texts = ["a pause for people", "pauses for tired people", "an oven in the hall"]
        >>> Typicality(texts).order([text + " of ours" for text in texts])
        [0, 1, 2]
        """
        vectors = [self._vector(text) for text in texts]
        total: Counter[str] = Counter()
        for vector in vectors:
            total.update(vector)
        # Rounded, so that a sum in another order of addition can't swap two equals.
        alike = [
            round(sum(weight * total[word] for word, weight in vector.items()) - bool(vector), 9)
            for vector in vectors
        ]
        short = [len(_words(text)) < _FEWEST_WORDS for text in texts]
        return sorted(range(len(texts)), key=lambda place: (short[place], -alike[place], place))

    def _vector(self, text: str) -> Vector:
        """Return the text's words, logarithmically counted and weighed by rarity. Length: 1 or 0.

        Source: Manning, Raghavan and Schütze (2008), Introduction to Information Retrieval,
        chapter 6 (sublinear tf, idf with smoothing as scikit-learn does it, less its constant).
        """
        vector = {
            word: (1 + math.log(count)) * math.log((2 + self._n_texts) / (1 + self._n_with[word]))
            for word, count in Counter(_words(text)).items()
        }
        length = math.sqrt(sum(weight * weight for weight in vector.values()))
        return {word: weight / length for word, weight in vector.items()} if length else {}


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
