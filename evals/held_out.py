"""People's quotations of a thematic report, each weighed by a coder that has not seen it.

No quotation is its own example, nor is a near-copy of it (`secondcoder.schema.near_copies`).
"""

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from secondcoder.coding.evidence import DESCRIPTION_WEIGHT, ThemeEvidence
from secondcoder.ingest.report_text import read_report
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.near_copies import Copy, letters_of
from secondcoder.schema.similarity import FloatArray, SimilarityBackEnd

REPORT = Path(__file__).parents[1] / ".." / "shared" / "qi-hour" / "report-part1.txt"
N_FEW = 2
"""Examples per theme where only few are given."""

Example = tuple[str, str]


class Quotation(NamedTuple):
    """What people quoted, and the themes they gave it."""

    text: str
    question_id: str
    theme_ids: frozenset[str]


class Weighed(NamedTuple):
    """A quotation and what spoke for each theme of its question."""

    quotation: Quotation
    theme_ids: tuple[str, ...]
    shares: FloatArray
    nearness: FloatArray

    @property
    def best(self) -> str:
        """Return the theme with the greatest share."""
        return self.theme_ids[int(self.shares.argmax())]

    @property
    def is_right(self) -> bool:
        """Return whether people gave the best theme too."""
        return self.best in self.quotation.theme_ids

    @property
    def lead(self) -> float:
        """Return how far the best theme leads the second."""
        first, second = np.sort(self.shares)[::-1][:2]
        return float(first - second)


class HeldOut:
    """A report's quotations, and which of them are near-copies of each other."""

    def __init__(self, path: Path, make_back_end: Callable[[], SimilarityBackEnd]) -> None:
        """Read the report.

        Args:
            path: The report.
            make_back_end: Makes a fresh, unfitted back end.
        """
        reading = read_report(path)
        self.codebook = reading.codebook
        self._make_back_end = make_back_end
        found: dict[str, Quotation] = {}
        for coding in reading.codings.quotes:
            text, question_id = coding.quote.text, coding.question_id
            if question_id is None:
                continue
            key = f"{question_id} {letters_of(text)}"
            before = found.get(key)
            themes = frozenset(coding.theme_ids) | (before.theme_ids if before else frozenset())
            found[key] = Quotation(text, question_id, themes)
        self.n_other_ideas = sum(not quotation.theme_ids for quotation in found.values())
        self.quotations = [one for one in found.values() if one.theme_ids]
        copies = [Copy(quotation.text) for quotation in self.quotations]
        self.is_near = np.array([[one.is_near(other) for other in copies] for one in copies])

    @property
    def n_near_pairs(self) -> int:
        """Return how many pairs are near-copies."""
        return int((self.is_near.sum() - len(self.quotations)) // 2)

    @property
    def scored(self) -> list[int]:
        """Return the places of the quotations whose question has several themes."""
        return [
            place
            for place, quotation in enumerate(self.quotations)
            if len(self.codebook.themes_for(quotation.question_id)) > 1
        ]

    def drawn(self, seed: int) -> list[int]:
        """Return the places of the scored quotations in an order that a seed draws."""
        places = self.scored
        random.Random(seed).shuffle(places)  # noqa: S311  # a sample, no secret
        return places

    def others(self, *places: int) -> list[int]:
        """Return the places of all quotations but these and their near-copies."""
        return [
            place
            for place in range(len(self.quotations))
            if not any(self.is_near[place, left_out] for left_out in places)
        ]

    def examples(self, places: Sequence[int]) -> list[Example]:
        """Return these quotations as examples of their themes."""
        return [
            (theme_id, self.quotations[place].text)
            for place in places
            for theme_id in sorted(self.quotations[place].theme_ids)
        ]

    def few(self, place: int) -> list[Example]:
        """Return `N_FEW` examples per theme, drawn from the others by a seed of the place."""
        rng = np.random.default_rng(place)
        counts: dict[str, int] = {}
        chosen = []
        for example in self.examples([int(i) for i in rng.permutation(self.others(place))]):
            counts[example[0]] = counts.get(example[0], 0) + 1
            if counts[example[0]] <= N_FEW:
                chosen.append(example)
        return chosen

    def weigher(self, examples: Sequence[Example]) -> ThemeEvidence:
        """Return the coder's evidence, fitted to the codebook and these examples alone."""
        return ThemeEvidence(self.codebook, self._make_back_end(), examples=examples)

    def themes_of(self, place: int) -> tuple[str, ...]:
        """Return the themes of a quotation's question."""
        question_id = self.quotations[place].question_id
        return tuple(theme.id for theme in self.codebook.themes_for(question_id))

    def weigh(self, place: int, examples: Sequence[Example]) -> Weighed:
        """Return what a coder with these examples says of one quotation."""
        weigher = self.weigher(examples)
        quotation, themes = self.quotations[place], self.themes_of(place)
        evidence = weigher.weigh(weigher.similarities([quotation.text]), themes)
        return Weighed(quotation, themes, evidence.shares[0], evidence.nearness[0])

    def names_alone(self) -> list[Weighed]:
        """Return every scored quotation weighed by theme names alone."""
        return [self.weigh(place, ()) for place in self.scored]

    def with_few(self) -> list[Weighed]:
        """Return every scored quotation weighed with few examples."""
        return [self.weigh(place, self.few(place)) for place in self.scored]

    def with_others(self) -> list[Weighed]:
        """Return every scored quotation weighed with all others as examples."""
        return [self.weigh(place, self.examples(self.others(place))) for place in self.scored]

    def baseline(self, *, with_examples: bool) -> list[Weighed]:
        """Return every scored quotation weighed by a plain TF-IDF centroid."""
        return [
            self._centroid(place, self.examples(self.others(place)) if with_examples else [])
            for place in self.scored
        ]

    def _centroid(self, place: int, examples: Sequence[Example]) -> Weighed:
        """Weigh by the cosine with each theme's centroid: the baseline the coder must beat."""
        names = [(theme.id, f"{theme.name} {theme.definition}") for theme in self.codebook.themes]
        rows = [*((*one, 1.0) for one in examples), *((*one, DESCRIPTION_WEIGHT) for one in names)]
        pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
        features = FeatureUnion([("pieces", pieces), ("words", TfidfVectorizer(sublinear_tf=True))])
        texts = features.fit_transform([text for _, text, _ in rows])
        quotation, themes = self.quotations[place], self.themes_of(place)
        owners = np.array([[row[0] == theme for theme in themes] for row in rows], dtype=float)
        centroids = texts.T @ (owners * np.array([row[2] for row in rows])[:, None])
        cosines = (features.transform([quotation.text]) @ centroids)[0]
        cosines = cosines / np.linalg.norm(centroids, axis=0)
        return Weighed(quotation, themes, cosines, cosines)


def has_report(path: Path) -> bool:
    """Return whether the report is there; say what is missing when it is not."""
    if path.is_file():
        return True
    print(f"skipped: {path} is not there; name a thematic report of people's coding with --report")
    return False


def several(codebook: Codebook) -> tuple[str, ...]:
    """Return the ids of the questions with several themes."""
    return tuple(leaf.id for leaf in codebook.leaves if len(codebook.themes_for(leaf.id)) > 1)
