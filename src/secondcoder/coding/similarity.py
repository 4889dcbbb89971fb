"""How alike texts are: the pluggable back end of the embedded coder.

A back end is fitted on the codebook's texts alone, so what it says of a post depends on nothing but
that post and the codebook: not on the chat, and not on the posts that share its chunk.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

from secondcoder.errors import InputError, MissingExtraError
from secondcoder.schema.similarity import FloatArray

_WORD = re.compile(r"[^\W_]+")
_SUFFIX = re.compile(
    r"(?<=\w{3})(?:ingly|edly|ations?|ings?|ness|ments?|ities|ity|ies|ed|es|s|ly|al|e)$"
)
"""Endings that a stem of three letters or more drops: the longest that fits. Our own list."""
_NOT_STOP_WORDS_TEXT = "alone bill cry detail empty fire interest serious sincere system"
"""Words of scikit-learn's list that carry meaning in a chat about work and feelings."""
STOP_WORDS = ENGLISH_STOP_WORDS.difference(_NOT_STOP_WORDS_TEXT.split())
"""English words that say little of what a text is about."""


class Encoder(Protocol):
    """Anything that turns texts into vectors, such as a `SentenceTransformer`."""

    def encode(self, sentences: list[str], /) -> ArrayLike:
        """Return one vector per text. Shape: (n_texts, n_dimensions)."""
        ...


class Words:
    """The default back end: words and pieces of words, weighed by how rare they are.

    Three TF-IDF views, each with logarithmic counts and rows of length 1: character 3- to 5-grams
    within words, all words, and stems without stop words. Their cosines are averaged with weights
    1/4, 1/4 and 1/2; see docs/decisions/0003-embedded-coder.md for how they were chosen.
    """

    name = "words-v1"

    def __init__(self, *, language: str = "en") -> None:
        """Make an unfitted back end.

        Args:
            language: Of the codebook, ISO 639-1. Stop words and stems are English; for another
                language the third view is of all words, as written.
        """
        self._language = language
        self._views: list[_View] = []

    def fit(self, texts: Sequence[str]) -> None:
        """Learn which words are rare among the texts, and keep them to compare with."""
        stems = "stems" if self._language == "en" else "words"
        views = [_View("pieces", 0.25), _View("words", 0.25), _View(stems, 0.5)]
        self._views = [view for view in views if view.fit(texts)]
        self._n_fitted = len(texts)

    def similarities(self, texts: Sequence[str]) -> FloatArray:
        """Return how alike each text is to each fitted one. Shape: (n_texts, n_fitted)."""
        total = np.zeros((len(texts), self._n_fitted))
        for view in self._views:
            total += view.similarities(texts)
        return total


class _View:
    """One TF-IDF view of texts, with its share of the similarity."""

    def __init__(self, kind: str, weight: float) -> None:
        self._weight = weight
        if kind == "pieces":
            self._tfidf = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
        else:
            analyzer = stems if kind == "stems" else words
            self._tfidf = TfidfVectorizer(analyzer=analyzer, sublinear_tf=True)

    def fit(self, texts: Sequence[str]) -> bool:
        """Learn from the texts; return False when they hold nothing this view can see."""
        analyze = self._tfidf.build_analyzer()
        if not any(len(analyze(text)) for text in texts):
            return False
        self._fitted = self._tfidf.fit_transform(texts).T.tocsr()
        return True

    def similarities(self, texts: Sequence[str]) -> FloatArray:
        product = self._tfidf.transform(texts) @ self._fitted
        return np.asarray(product.toarray() * self._weight, dtype=np.float64)


class Embeddings:
    """A back end that averages the words' cosines with those of an encoder's vectors.

    Negative cosines of the vectors are kept: they are evidence too.
    """

    def __init__(self, encoder: Encoder, *, name: str, language: str = "en") -> None:
        """Make an unfitted back end around an encoder.

        Args:
            encoder: Deterministic; each vector depends on its text alone.
            name: What to record: the model and its version.
            language: Of the codebook; see `Words`.
        """
        self.encoder = encoder
        self._words = Words(language=language)
        self.name = f"embeddings-v1:{name}"

    def fit(self, texts: Sequence[str]) -> None:
        """Encode the texts and keep their vectors to compare with."""
        self._words.fit(texts)
        self._fitted = self._unit(texts)

    def similarities(self, texts: Sequence[str]) -> FloatArray:
        """Return how alike each text is to each fitted one. Shape: (n_texts, n_fitted)."""
        cosines = self._unit(texts) @ self._fitted.T
        return np.asarray((self._words.similarities(texts) + cosines) / 2, dtype=np.float64)

    def _unit(self, texts: Sequence[str]) -> FloatArray:
        vectors = np.asarray(self.encoder.encode(list(texts)), dtype=np.float64)
        vectors = vectors.reshape(len(texts), -1)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(lengths > 0, lengths, 1.0), dtype=np.float64)


def load_embeddings(
    model: str | Path, *, language: str = "en", download: bool = False
) -> Embeddings:
    """Return a back end around a sentence-transformers model that lies on this machine.

    Args:
        model: A folder, or the name of a model in the local cache.
        language: Of the codebook, ISO 639-1.
        download: Fetch the model when it is not here. Nothing is fetched otherwise.

    Raises:
        MissingExtraError: If sentence-transformers is not installed.
        InputError: If the model is not on this machine and `download` is false.
    """
    try:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415  # optional, slow
    except ImportError as error:
        raise MissingExtraError("embeddings", "The embedding back end") from error
    try:
        encoder = SentenceTransformer(str(model), local_files_only=not download, device="cpu")
    except (OSError, ValueError) as error:
        raise InputError(
            f"model '{model}' is not on this machine or can't be read ({error}); name a folder "
            f"that holds it, or ask for the download with download=True"
        ) from error
    return Embeddings(encoder, name=Path(model).name, language=language)


def words(text: str) -> list[str]:
    """Return a text's words in lower case, hashtags and handles as words.

    >>> words("It's OK, #Improvement2!")
    ['it', 's', 'ok', 'improvement2']
    """
    return _WORD.findall(text.casefold())


def stems(text: str) -> list[str]:
    """Return the stems of a text's words, English stop words left out.

    >>> stems("We are listening to the listeners")
    ['listen', 'listener']
    """
    return [_SUFFIX.sub("", word) for word in words(text) if word not in STOP_WORDS]
