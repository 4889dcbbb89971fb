"""The weighing coder: takes not what a model writes, but how likely it finds each theme's mark.

A small model writes the mark that stands in its favourite place, whatever a post says. So every
piece of a post is asked about twice, with the themes in opposite orders, and what the model finds
likely about no words at all is taken off (Zhao and others 2021, Calibrate Before Use). What comes
of a post depends on it alone, and every answer is kept: a run that is resumed decides the same.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import NamedTuple

import numpy as np

from secondcoder.coding.asking import Counted, ModelAsker
from secondcoder.coding.cards import Cards, ThemeCard, cards
from secondcoder.coding.endpoints import Settings, endpoint_url
from secondcoder.coding.joining import PAIRED_SWITCH_COST, SWITCH_COST, joined
from secondcoder.coding.monitor import Monitor
from secondcoder.coding.pairs import PROMPT as PAIRS_PROMPT
from secondcoder.coding.pairs import SIZE as PAIR
from secondcoder.coding.pairs import Pairs
from secondcoder.coding.pieces import Piece, find_said, whole, without_a_piece
from secondcoder.coding.pricing import Budget
from secondcoder.coding.prompts import load_template
from secondcoder.coding.pseudonyms import Pseudonyms, shown_between
from secondcoder.coding.scales import MARKS, Competing, Scales, Weighed, all_of
from secondcoder.coding.scales import PROMPT as SCALES_PROMPT
from secondcoder.coding.segments import quote_spans
from secondcoder.coding.tasks import Decision, Task
from secondcoder.errors import CodebookError
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import (
    Abstention,
    Coding,
    Failure,
    Outcome,
    Quoted,
)
from secondcoder.schema.drafting import DraftStore
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.quotes import Quote
from secondcoder.schema.renames import earlier
from secondcoder.schema.runs import Coder, CoderKind, PromptUsed, Run, Usage
from secondcoder.schema.similarity import FloatArray

_ROUNDS_AT_ONCE = 8
"""Posts taken at once, for each request that may be on its way."""
_PAIRED_AT_ONCE = 64
"""Posts taken at once where pairs are made of them: however many requests may be on their way, the
same ones share a request."""
_DECIMALS = 4


Cut = Callable[[FloatArray], Iterable[tuple[int, int]]]
"""From the shares of a post's pieces to the runs of them that are weighed as one."""


class _Slice(NamedTuple):
    """The themes that compete for a post."""

    question_ids: tuple[str, ...]
    among: Competing
    question_of: Mapping[str, str | None]
    """Of each theme; None: it is for all questions."""


class _Weighers(NamedTuple):
    """Who weighs the texts of a post."""

    alone: Scales
    pairs: Pairs | None
    """None: each is asked about alone."""


class WeighingCoder:
    """Codes posts by how likely a model finds each theme; one theme a quote."""

    def __init__(  # noqa: PLR0913  # all but the codebook by keyword
        self,
        codebook: Codebook,
        *,
        model: str,
        options: ModelOptions,
        drafts: DraftStore | None = None,
        backoff_s: float = 0.5,
        budget: Budget | None = None,
        monitor: Monitor | None = None,
    ) -> None:
        """Prepare; nothing is read or sent yet.

        Args:
            codebook: Questions and themes.
            model: A provider's name, or a server's own with a base URL.
            options: How the model is reached and asked.
            drafts: Where answers are looked up first, and kept the moment they arrive.
            backoff_s: Longest first pause between attempts, in seconds; it doubles.
            budget: Shared with other coders; None: the options', for this coder alone.
            monitor: Shared likewise: told what is used.
        """
        self._codebook = codebook
        # In this mode nothing but the text is sent.
        self.settings = Settings(model, options.model_copy(update={"mode": "json"}), backoff_s)
        self._drafts = drafts
        self._budget = budget
        self._monitor = monitor
        self._template = load_template(SCALES_PROMPT, version=1)
        self._of_pairs = None
        if options.posts_per_request == PAIR:
            self._of_pairs = load_template(PAIRS_PROMPT, version=1)
        self._switch_cost = PAIRED_SWITCH_COST if self._of_pairs else SWITCH_COST
        self._slices: dict[tuple[str, ...], _Slice] = {}

    @property
    def coder(self) -> Coder:
        """Return who this is, for the record."""
        return Coder(id=self.settings.model, kind=CoderKind.MODEL)

    def describe(self, run: Run) -> Run:
        """Return the run with this coder's parameters, prompt and endpoint filled in."""
        options = self.settings.options
        first = self._of_pairs or self._template
        used = (first, self._template) if self._of_pairs else ()
        found = {
            "parameters": {
                "likelihoods": True,
                "switch_cost": self._switch_cost,
                "temperature": options.temperature,
                **({} if options.pseudonyms else {"pseudonyms": False}),
                **({"posts_per_request": PAIR} if self._of_pairs else {}),
            },
            "prompt_sha256": first.sha256,
            "prompt_version": first.name,
            "prompts": tuple(PromptUsed(name=one.name, sha256=one.sha256) for one in used),
            "base_url": endpoint_url(self.settings),
        }
        return run.model_copy(update=found)

    async def code(self, tasks: Iterable[Task]) -> AsyncGenerator[Decision, None]:
        """Yield a decision per task; what the model has answered already is not asked again."""
        asker = ModelAsker(
            self.settings.model,
            options=self.settings.options,
            drafts=self._drafts,
            backoff_s=self.settings.backoff_s,
            budget=self._budget,
            monitor=self._monitor,
        )
        async with asker:
            async for decision in self.code_by(asker, tasks):
                yield decision

    async def code_by(
        self, asker: Counted, tasks: Iterable[Task], *, cut: Cut | None = None
    ) -> AsyncGenerator[Decision, None]:
        """Yield a decision per task, by what an asker says.

        Args:
            asker: Who asks the model, or only counts what would be asked.
            tasks: The posts.
            cut: Which neighbouring pieces of a post make one, by their shares; None: those whose
                theme does not change.
        """
        cut = cut or partial(joined, cost=self._switch_cost)
        source = iter(tasks)
        at_once = self.settings.options.concurrency * _ROUNDS_AT_ONCE
        alone = Scales(asker, self._template.front.version)
        by = _Weighers(alone, None)
        if self._of_pairs is not None:
            by = _Weighers(alone, Pairs(asker, alone, self._of_pairs.front.version))
            at_once = _PAIRED_AT_ONCE
        while chunk := list(islice(source, at_once)):
            if by.pairs is not None:
                by.pairs.begin(len(chunk))
            posts = [
                asyncio.create_task(self._decided(by, place, task, cut))
                for place, task in enumerate(chunk)
            ]
            try:
                done = await asyncio.gather(*posts, return_exceptions=True)
            finally:
                if by.pairs is not None:
                    await by.pairs.end()
                await alone.end(posts)
            for decision in done:
                if isinstance(decision, Decision):
                    yield decision
            for error in done:
                if isinstance(error, BaseException):
                    raise error

    async def _decided(self, by: _Weighers, place: int, task: Task, cut: Cut) -> Decision:
        try:
            return await self._decision(by, place, task, cut)
        finally:
            if by.pairs is not None:
                by.pairs.decided()

    async def _decision(self, by: _Weighers, place: int, task: Task, cut: Cut) -> Decision:
        try:
            part = self._slice(task)
        except CodebookError as error:
            return Decision(task, Failure(error=type(error).__name__, detail=str(error)))
        pieces = find_said(task, self._codebook.language)
        if not pieces:
            return Decision(task, without_a_piece(task))
        if not part.among.themes:
            note = "no theme competes for it: none is of its question, and none of all questions"
            return Decision(task, Abstention(note=note))
        weighed: list[Weighed] = []
        if len(pieces) > 1:
            weighed = await self._weigh(by, place, part.among, task, pieces)
            if all(isinstance(each.what, tuple) for each in weighed):
                shares = np.array([each.what for each in weighed])
                pieces = [one for start, end in cut(shares) for one in whole(pieces[start:end])]
        last = await self._weigh(by, place, part.among, task, pieces)
        usage = _together([each.usage for each in (*weighed, *last)])
        return Decision(task, _outcome(task, part, pieces, last), usage)

    async def _weigh(
        self, by: _Weighers, place: int, among: Competing, task: Task, pieces: Sequence[Piece]
    ) -> list[Weighed]:
        # Hidden before they are compared: what differs in whom it names is asked about once. In the
        # whole post: half a number tells whose it is, and looks like none.
        hides = self.settings.options.pseudonyms
        names = Pseudonyms(everyone="@someone", hides=hides, known=task.named)
        text = task.post.text
        masks = tuple(names.masks(text))
        shown = {
            each.number: shown_between(text, masks, each.span.start, each.span.end).strip()
            for each in task.segments
        }
        texts = [" ".join(shown[number] for number in piece.numbers) for piece in pieces]
        if by.pairs is not None:
            return await by.pairs.weigh(place, among, texts)
        return await all_of(by.alone.weigh(among, text) for text in texts)

    def _slice(self, task: Task) -> _Slice:
        """Return the themes that compete for a post.

        Raises:
            CodebookError: If its question is not in the codebook, or has more themes than marks.
        """
        book = self._codebook
        ids = book.answerable_by(task.attribution.question_ids)
        if ids not in self._slices:
            named = self.settings.options.named
            told = cards(book, ids, named=named)
            question_of: dict[str, str | None] = {}
            for question in told.questions:
                for theme in question.themes:
                    question_of.setdefault(theme.id, question.id)
            themes = _competing(told)
            if len(themes) >= len(MARKS):
                raise CodebookError(
                    f"{len(themes)} themes compete for it, and at most {len(MARKS) - 1} can be "
                    f"weighed: leave out --likelihoods"
                )
            # Ids are not sent, so only earlier references can tell earlier answers from those now.
            before = [
                tuple(
                    card._replace(id=now.id)
                    for card, now in zip(
                        _competing(cards(then, ids, named=named)), themes, strict=True
                    )
                )
                for then, *_ in earlier(book)
            ]
            words = tuple(f"{each.parent_text} {each.text}".strip() for each in told.questions)
            others = tuple(one for one in dict.fromkeys(before) if one != themes)
            self._slices[ids] = _Slice(ids, Competing(words, themes, others), question_of)
        return self._slices[ids]


def _competing(told: Cards) -> tuple[ThemeCard, ...]:
    """Return the themes of some questions, each once, the general ones last."""
    every = [theme for question in told.questions for theme in question.themes]
    return tuple({theme.id: theme for theme in (*every, *told.general_themes)}.values())


def _outcome(
    task: Task, part: _Slice, pieces: Sequence[Piece], weighed: Sequence[Weighed]
) -> Outcome:
    """Return what a post comes to: neighbouring pieces of one theme are one quote."""
    codings: list[Coding] = []
    numbers: list[tuple[int, ...]] = []
    theme_ids = tuple(theme.id for theme in part.among.themes)
    for piece, each in zip(pieces, weighed, strict=True):
        if not isinstance(each.what, tuple):
            return each.what
        best = int(np.argmax(each.what))
        themes = theme_ids[best : best + 1]  # none for the last, which is another idea
        own = part.question_of.get(themes[0]) if themes else None
        question_id = own or next(iter(part.question_ids), None)
        confidence = round(each.what[best], _DECIMALS)
        if codings and codings[-1].theme_ids == themes:
            confidence = min(confidence, codings.pop().confidence or 0.0)
            numbers.append(numbers.pop() + piece.numbers)
        else:
            numbers.append(piece.numbers)
        spans = quote_spans(task.segments, numbers[-1], task.post.text)
        codings.append(
            Coding(
                quote=Quote.cut(task.post, spans),
                question_id=question_id,
                theme_ids=themes,
                confidence=confidence,
            )
        )
    return Quoted(codings=tuple(codings))


def in_pairs(shares: FloatArray) -> Iterator[tuple[int, int]]:
    """Yield the runs that take most requests: a piece by itself is not asked about again.

    >>> list(in_pairs(np.zeros((5, 2))))
    [(0, 2), (2, 5)]

    Args:
        shares: Of the pieces of a post. Shape: (n_pieces, n_themes).
    """
    n_runs = max(1, len(shares) // 2)
    for run in range(n_runs):
        yield 2 * run, len(shares) if run == n_runs - 1 else 2 * run + 2


def _together(usages: Sequence[Usage]) -> Usage:
    """Return what a post took; it is reused if nothing was asked for it."""
    total = Usage()
    for usage in usages:
        total = total.plus(usage)
    return total.model_copy(update={"n_reused": int(not total.n_requests)})
