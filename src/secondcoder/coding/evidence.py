"""What a codebook's words say for each theme of a question: kernel ridge regression on examples.

Every text the codebook has is an example of a theme: the quotes given as examples, and the theme's
own name, definition and instructions as one pseudo-example. For each set of candidate themes
one regression learns each theme's membership (1 or 0) from the similarities between those texts;
its prediction for a new text is the theme's share. Linear in the number of posts.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from secondcoder.errors import CodebookError
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.similarity import FloatArray, SimilarityBackEnd

DESCRIPTION_WEIGHT = 2.0
"""A theme's name and definition count as two quotes. Our choice; 1 to 4 hardly differ."""
EXCLUDE_WEIGHT = 0.5
"""What a theme excludes counts half as much as a quote, against it. Our choice."""
RIDGE = 1.0
"""The penalty of the regression, in units of a text's similarity to itself."""

Example = tuple[str, str]
"""A theme's id and a quote that belongs to it."""


class Evidence(NamedTuple):
    """What speaks for each candidate theme in each text. Both of shape (n_texts, n_themes)."""

    shares: FloatArray
    """The predicted membership, about 0 to 1; sums to about 1 over the candidates."""
    nearness: FloatArray
    """Cosine with the centre of the theme's texts, in the back end's space."""
    n_examples: FloatArray
    """Quotes per candidate theme, on average. Shape: (n_texts,)."""


class _Model(NamedTuple):
    """One fitted set of candidate themes."""

    rows: NDArray[np.intp]
    weights: FloatArray
    """Shape: (n_rows, n_themes); times similarities gives shares above chance."""
    centres: FloatArray
    """Shape: (n_rows, n_themes); times similarities gives nearness."""
    n_examples: float


class Examples(NamedTuple):
    """All texts a codebook compares with. A row of `members` is 1 for the themes it belongs to."""

    texts: tuple[str, ...]
    members: FloatArray
    """Shape: (n_texts, n_themes); -1 for a text that says when not to use the theme."""
    weights: FloatArray
    is_quote: NDArray[np.bool_]


class ThemeEvidence:
    """Says how much speaks for each candidate theme in a text, from the codebook's words alone."""

    def __init__(
        self,
        codebook: Codebook,
        back_end: SimilarityBackEnd,
        *,
        examples: Iterable[Example] = (),
    ) -> None:
        """Fit the back end on the codebook's texts.

        Args:
            codebook: Its themes' names, definitions, include, exclude and examples are used.
            back_end: Fitted here.
            examples: Further quotes with their themes' ids. A quote may stand under several.

        Raises:
            CodebookError: If the codebook has no theme, or an example names an unknown one.
        """
        self._place = {theme.id: place for place, theme in enumerate(codebook.themes)}
        if not self._place:
            raise CodebookError(
                f"codebook '{codebook.title}' has no themes to choose from; add one, or let a "
                f"model propose them"
            )
        self._back_end = back_end
        self._examples = _gather(codebook.themes, self._place, examples)
        back_end.fit(self._examples.texts)
        self._kernel = back_end.similarities(self._examples.texts)
        self._models: dict[tuple[str, ...], _Model] = {}

    def similarities(self, texts: Sequence[str]) -> FloatArray:
        """Return how alike each text is to each of the codebook's. Shape: (n_texts, n_fitted)."""
        return self._back_end.similarities(texts)

    def weigh(self, similarities: FloatArray, theme_ids: tuple[str, ...]) -> Evidence:
        """Return what speaks for each of the candidate themes.

        Args:
            similarities: As `similarities` gives them. Shape: (n_texts, n_fitted).
            theme_ids: The candidates, each once.
        """
        model = self._model(theme_ids)
        near = similarities[:, model.rows]
        return Evidence(
            shares=near @ model.weights + 1 / len(theme_ids),
            nearness=near @ model.centres,
            n_examples=np.full(len(near), model.n_examples),
        )

    def _model(self, theme_ids: tuple[str, ...]) -> _Model:
        if theme_ids not in self._models:
            self._models[theme_ids] = self._fit(theme_ids)
        return self._models[theme_ids]

    def _fit(self, theme_ids: tuple[str, ...]) -> _Model:
        """Return the ridge regression for one set of candidates; themes weigh the same."""
        columns = [self._place[theme_id] for theme_id in theme_ids]
        members = self._examples.members[:, columns]
        rows = np.flatnonzero(members.any(axis=1))
        members = members[rows]
        kernel = self._kernel[np.ix_(rows, rows)]
        positive = np.maximum(members, 0) * self._examples.weights[rows, None]
        balance = (positive / positive.sum(axis=0)).sum(axis=1)
        balance = np.where(balance > 0, balance, EXCLUDE_WEIGHT * balance[balance > 0].min())
        root = np.sqrt(balance / balance.mean())
        target = members - 1 / len(theme_ids)
        ridge = root[:, None] * kernel * root + RIDGE * np.eye(len(rows))
        weights = root[:, None] * np.linalg.solve(ridge, root[:, None] * target)
        lengths = np.sqrt(np.einsum("at,ab,bt->t", positive, kernel, positive))
        is_quote = self._examples.is_quote[rows]
        return _Model(
            rows=rows,
            weights=weights,
            centres=positive / np.where(lengths > 0, lengths, 1.0),
            n_examples=float(members[is_quote].sum() / len(theme_ids)),
        )


def _gather(
    themes: Sequence[Theme], place: Mapping[str, int], examples: Iterable[Example]
) -> Examples:
    """Return every text of the themes; a quote under several themes is one text.

    Raises:
        CodebookError: If an example names an unknown theme.
    """
    quotes: dict[str, set[int]] = {}
    for theme in themes:
        for text in theme.examples:
            quotes.setdefault(text, set()).add(place[theme.id])
    for theme_id, text in examples:
        if theme_id not in place:
            known = ", ".join(place)
            raise CodebookError(
                f"an example names theme '{theme_id}', which the codebook lacks (it has: {known}); "
                f"correct the id"
            )
        quotes.setdefault(text, set()).add(place[theme_id])
    rows: list[tuple[str, dict[int, float], float, bool]] = [
        (text, dict.fromkeys(sorted(found), 1.0), 1.0, True) for text, found in quotes.items()
    ]
    for theme in themes:
        at = place[theme.id]
        rows.append((_description(theme), {at: 1.0}, DESCRIPTION_WEIGHT, False))
        rows.extend((text, {at: -1.0}, EXCLUDE_WEIGHT, False) for text in theme.exclude)
    members = np.zeros((len(rows), len(themes)))
    for row, (_, found_at, _, _) in enumerate(rows):
        for column, value in found_at.items():
            members[row, column] = value
    return Examples(
        texts=tuple(text for text, *_ in rows),
        members=members,
        weights=np.array([weight for *_, weight, _ in rows]),
        is_quote=np.array([is_quote for *_, is_quote in rows], dtype=np.bool_),
    )


def _description(theme: Theme) -> str:
    return " ".join(part for part in (theme.name, theme.definition, *theme.include) if part)
