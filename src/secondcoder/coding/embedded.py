"""The embedded coder: no key, no network, deterministic. A measured baseline, not a mock.

How each of its thresholds was chosen stands in docs/decisions/0003-embedded-coder.md.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from secondcoder.coding.calibration import SHIPPED, Calibration
from secondcoder.coding.candidates import GENERAL_HANDICAP, UNASKED_BAR, Candidates, compete
from secondcoder.coding.evidence import Evidence, Example, ThemeEvidence
from secondcoder.coding.joining import SWITCH_COST, joined
from secondcoder.coding.pieces import Piece, find_said, whole, without_a_piece
from secondcoder.coding.segments import quote_spans
from secondcoder.coding.similarity import Words
from secondcoder.coding.tasks import Decision, Task
from secondcoder.schema.chat import AttributionRule
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import (
    Abstention,
    Coding,
    Outcome,
    Quoted,
)
from secondcoder.schema.quotes import Quote
from secondcoder.schema.runs import Coder, CoderKind, Run
from secondcoder.schema.similarity import FloatArray, SimilarityBackEnd

ABSTAIN_BELOW = 0.4
"""A wrong theme is charged 1, a post handed to people 0.6: then this is the bar (Chow 1970)."""
NEAR = 0.04
"""Texts farther than this from every theme carry another idea."""
SECOND_LEAD = 0.1
"""How far a second theme must lead the third, or chance, to be given too."""
SECOND_GAP = 0.1
"""How close behind the first a second theme must be."""

SAYS_IT_ANSWERS = frozenset({AttributionRule.GIVEN, AttributionRule.LABEL})
"""Without one of these, words far from every theme are as often chatter as another idea."""

CHUNK_POSTS = 512
"""Posts held at a time, fewer when they are long."""
CHUNK_CHARACTERS = 200_000
_DECIMALS = 6
"""Shares are rounded, so that the last bits of a product of matrices decide nothing."""


class _Reading(NamedTuple):
    """What the evidence says of a piece."""

    places: tuple[int, ...]
    """The themes, best first, as places among the candidates; none means another idea."""
    confidence: float | None
    """None for another idea: too few people's quotes are such to calibrate it."""


class EmbeddedCoder:
    """Codes posts by the words they share with the codebook."""

    def __init__(
        self,
        codebook: Codebook,
        *,
        examples: Iterable[Example] = (),
        back_end: SimilarityBackEnd | None = None,
        abstain_below: float = ABSTAIN_BELOW,
        calibration: Calibration = SHIPPED,
    ) -> None:
        """Fit the coder to a codebook.

        Args:
            codebook: Needs themes; a `CodebookError` otherwise. Examples help most.
            examples: Quotes with their themes' ids, beside the codebook's own examples.
            back_end: What tells how alike texts are; `Words` by default.
            abstain_below: Posts whose best theme is less likely to be right go to people.
            calibration: The curve of the confidence, `fit_calibration`'s for another back end.
        """
        self._codebook = codebook
        self._back_end = back_end or Words(language=codebook.language)
        self._evidence = ThemeEvidence(codebook, self._back_end, examples=examples)
        self._abstain_below = abstain_below
        self._candidates: dict[tuple[str, ...], Candidates] = {}
        self._calibration = calibration

    @property
    def coder(self) -> Coder:
        """Return who this is, for the record."""
        return Coder(
            id=f"embedded/{self._back_end.name}",
            kind=CoderKind.EMBEDDED,
            description="similarity of words with the codebook",
        )

    @property
    def parameters(self) -> dict[str, str | int | float | bool | None]:
        """Return what determines its decisions beside the codebook and the examples."""
        return {
            "back_end": self._back_end.name,
            "abstain_below": self._abstain_below,
            "unasked_bar": UNASKED_BAR,
            "near": NEAR,
            "switch_cost": SWITCH_COST,
            "second_lead": SECOND_LEAD,
            "second_gap": SECOND_GAP,
            "general_handicap": GENERAL_HANDICAP,
            "confidence_intercept": round(self._calibration.intercept, _DECIMALS),
            "confidence_slope": round(self._calibration.slope, _DECIMALS),
        }

    def describe(self, run: Run) -> Run:
        """Return the run with this coder's parameters written into it."""
        return run.model_copy(update={"coder": self.coder, "parameters": self.parameters})

    async def code(self, tasks: Iterable[Task]) -> AsyncGenerator[Decision, None]:
        """Yield one decision per task, in their order, holding one chunk of posts at a time."""
        for chunk in _chunks(tasks):
            for task, outcome in zip(chunk, self._outcomes(chunk), strict=True):
                yield Decision(task, outcome)
            await asyncio.sleep(0)

    def _outcomes(self, tasks: Sequence[Task]) -> list[Outcome]:
        """Return one outcome per task; each depends on its task alone."""
        candidates = [self._candidates_of(task) for task in tasks]
        said = [find_said(task, self._codebook.language) for task in tasks]
        pieces = self._joined(said, candidates)
        readings = self._readings(pieces, candidates)
        merged = [
            _merged(found, read, self._bar(themes))
            for found, read, themes in zip(pieces, readings, candidates, strict=True)
        ]
        changed = [
            new if len(new) < len(old) else [] for new, old in zip(merged, pieces, strict=True)
        ]
        again = self._readings(changed, candidates)
        readings = [new or old for new, old in zip(again, readings, strict=True)]
        return [
            self._outcome(task, found, read, themes)
            for task, found, read, themes in zip(tasks, merged, readings, candidates, strict=True)
        ]

    def _bar(self, themes: Candidates) -> float:
        return max(self._abstain_below, themes.bar)

    def _joined(self, said: list[list[Piece]], candidates: list[Candidates]) -> list[list[Piece]]:
        """Return each post's segments, neighbours joined where they carry one idea."""
        several = [found if len(found) > 1 else [] for found in said]
        weighed = self._weigh(several, candidates)
        return [
            whole(found)
            if evidence is None
            else [
                piece for start, end in joined(evidence.shares) for piece in whole(found[start:end])
            ]
            for found, evidence in zip(said, weighed, strict=True)
        ]

    def _readings(
        self, pieces: list[list[Piece]], candidates: list[Candidates]
    ) -> list[list[_Reading]]:
        return [
            [] if evidence is None else _read(evidence, themes, self._calibration)
            for evidence, themes in zip(self._weigh(pieces, candidates), candidates, strict=True)
        ]

    def _weigh(
        self, pieces: list[list[Piece]], candidates: list[Candidates]
    ) -> list[Evidence | None]:
        """Return the evidence for each post's pieces; None for no pieces or no candidates."""
        texts = [piece.text for found in pieces for piece in found]
        weighed: list[Evidence | None] = [None] * len(pieces)
        if not texts:
            return weighed
        similarities = self._evidence.similarities(texts)
        rows: dict[Candidates, list[tuple[int, int, int]]] = {}
        end = 0
        for post, (found, themes) in enumerate(zip(pieces, candidates, strict=True)):
            start, end = end, end + len(found)
            if found and themes.theme_ids:
                rows.setdefault(themes, []).append((post, start, end))
        for themes, ranges in rows.items():
            picked = np.concatenate([np.arange(start, end) for _, start, end in ranges])
            evidence = self._evidence.weigh(similarities[picked], themes.theme_ids)
            shares = evidence.shares - np.array(themes.handicaps)
            shares = np.round(shares, _DECIMALS)
            nearness = np.round(evidence.nearness, _DECIMALS)
            at = 0
            for post, start, end_of_post in ranges:
                here = slice(at, at + end_of_post - start)
                weighed[post] = Evidence(shares[here], nearness[here], evidence.n_examples[here])
                at = here.stop
        return weighed

    def _outcome(
        self,
        task: Task,
        pieces: list[Piece],
        readings: list[_Reading],
        themes: Candidates,
    ) -> Outcome:
        if not pieces:
            return without_a_piece(task)
        if not themes.theme_ids:
            readings = [_Reading((), None)] * len(pieces)
        chances = [read.confidence for read in readings if read.confidence is not None]
        bar = self._bar(themes)
        if themes.is_general and not chances:
            return Abstention(note="too unsure: it answers no question, and no theme is near")
        if not chances and task.attribution.rule not in SAYS_IT_ANSWERS:
            return Abstention(note="too unsure: it may be no answer, and no theme is near")
        if chances and max(chances) < bar:
            return Abstention(note=_too_unsure(bar, themes), confidence=max(chances))
        return Quoted(
            codings=tuple(
                self._coding(task, piece, reading, themes)
                for piece, reading in zip(pieces, readings, strict=True)
            )
        )

    @staticmethod
    def _coding(task: Task, piece: Piece, reading: _Reading, themes: Candidates) -> Coding:
        spans = quote_spans(task.segments, piece.numbers, task.post.text)
        question_id = themes.questions[reading.places[0]] if reading.places else themes.question_id
        return Coding(
            quote=Quote.cut(task.post, spans),
            question_id=question_id,
            theme_ids=tuple(
                themes.theme_ids[place]
                for place in reading.places
                if themes.questions[place] == question_id
            ),
            confidence=reading.confidence,
        )

    def _candidates_of(self, task: Task) -> Candidates:
        asked = task.attribution.question_ids
        if asked not in self._candidates:
            self._candidates[asked] = compete(self._codebook, asked)
        return self._candidates[asked]


def _chunks(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    """Yield the tasks in chunks bounded by their number and by their characters."""
    chunk: list[Task] = []
    n_characters = 0
    for task in tasks:
        chunk.append(task)
        n_characters += len(task.post.text)
        if len(chunk) >= CHUNK_POSTS or n_characters >= CHUNK_CHARACTERS:
            yield chunk
            chunk, n_characters = [], 0
    if chunk:
        yield chunk


def _merged(pieces: list[Piece], readings: list[_Reading], bar: float) -> list[Piece]:
    """Return the pieces, those too unsure to stand alone joined to the surer one before them.

    What comes before the first sure piece is joined to it. Without a sure piece nothing changes.
    """
    is_sure = [read.confidence is not None and read.confidence >= bar for read in readings]
    if all(is_sure) or not any(is_sure):
        return pieces
    runs: list[list[Piece]] = [[]]
    has_sure = False
    for piece, sure in zip(pieces, is_sure, strict=True):
        if sure and has_sure:
            runs.append([])
        has_sure = has_sure or sure
        runs[-1].append(piece)
    return [piece for run in runs for piece in whole(run)]


def _read(evidence: Evidence, themes: Candidates, calibration: Calibration) -> list[_Reading]:
    """Return the themes of each piece, best first, with the chance that the best is right."""
    readings = []
    for shares, nearness, n_examples in zip(
        evidence.shares, evidence.nearness, evidence.n_examples, strict=True
    ):
        if n_examples >= 1 and nearness.max() < NEAR:
            readings.append(_Reading((), None))
            continue
        order = np.argsort(-shares, kind="stable")
        allowed = [int(place) for place in order if themes.is_allowed[place]]
        others = [place for place in order if place != allowed[0]]
        rival = shares[others[0]] if others else shares[allowed[0]] - nearness[0]
        chance = calibration.confidence(np.asarray(shares[allowed[0]] - rival))
        readings.append(_Reading(_places(shares, allowed), round(float(chance), 4)))
    return readings


def _places(shares: FloatArray, allowed: list[int]) -> tuple[int, ...]:
    """Return the places of the theme or themes, best first; ties go to the codebook's order.

    Args:
        shares: Of all themes that compete. Shape: (n_themes,).
        allowed: Places of the themes that may be given, best first.
    """
    best, *rest = allowed
    if not rest:
        return (best,)
    second = rest[0]
    rivals = [float(share) for place, share in enumerate(shares) if place not in {best, second}]
    is_close = shares[best] - shares[second] <= SECOND_GAP
    is_ahead = shares[second] - max([1 / len(shares), *rivals]) >= SECOND_LEAD
    return (best, second) if is_close and is_ahead else (best,)


def _too_unsure(bar: float, themes: Candidates) -> str:
    where = "answers no question, and " if themes.is_general else ""
    return f"{where}no theme reaches the confidence of {bar:.2f}"
