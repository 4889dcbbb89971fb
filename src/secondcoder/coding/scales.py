"""Scales: how much a model gives to each theme for a text, asked in both orders of the themes."""

import asyncio
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

import numpy as np
from pydantic import RootModel

from secondcoder.coding.asking import Asked, Counted
from secondcoder.coding.cards import ThemeCard
from secondcoder.coding.tasks import Decision
from secondcoder.schema.codings import Abstention, Failure
from secondcoder.schema.drafting import Prompt
from secondcoder.schema.runs import Usage
from secondcoder.schema.similarity import FloatArray

PROMPT = "weigh-themes"
MARKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""One token each for all models we know."""
UNHEARD = -50.0
"""Weight of a mark that is not among the likeliest tokens about a text: it is not chosen."""
_AROUND_A_MARK = " \t\n().:*\"'[]`"
OTHER = {"name": "Another idea", "definition": "", "include": [], "exclude": [], "examples": []}
"""The mark of what no theme covers."""

T = TypeVar("T")


class Weights(RootModel[dict[str, float]]):
    """How likely the likeliest first tokens of a reply are, as natural logarithms."""

    def of(self, mark: str, otherwise: float) -> float:
        """Return the weight of a mark, with or without a space or a bracket around it.

        >>> Weights({" A": -1.0, "B": -9999.0}).of("A", otherwise=-9.0)
        -1.0

        Args:
            mark: The letter.
            otherwise: What it weighs where it is none of the tokens.
        """
        found = [w for token, w in self.root.items() if token.strip(_AROUND_A_MARK) == mark]
        # Servers write -9999 for what is as good as impossible.
        return max(UNHEARD, float(np.logaddexp.reduce(found)) if found else otherwise)

    @property
    def least(self) -> float:
        """Return the least weight, which no token that is not there exceeds."""
        return min(self.root.values())


class Weighed(NamedTuple):
    """What a model makes of a text, and what that took."""

    what: tuple[float, ...] | Failure | Abstention
    """Shares of the themes, and of another idea; they add up to 1."""
    usage: Usage


class Competing(NamedTuple):
    """What texts may answer, and the themes that compete for them."""

    questions: tuple[str, ...]
    """As they are sent."""
    themes: tuple[ThemeCard, ...]
    before: tuple[tuple[ThemeCard, ...], ...] = ()
    """The same themes under earlier references; what was answered then serves."""


class _Question(NamedTuple):
    questions: tuple[str, ...]
    theme_ids: tuple[str, ...]
    order: int
    text: str


class Scales:
    """Weighs texts; the same text is asked about once."""

    def __init__(self, asker: Counted, version: int) -> None:
        """Start with nothing known.

        Args:
            asker: Who asks the model.
            version: Of the prompt.
        """
        self._asker = asker
        self._version = version
        self._known: dict[_Question, asyncio.Task[Asked[Weights]]] = {}

    async def weigh(self, among: Competing, text: str) -> Weighed:
        """Return the shares of the themes in their order, and of another idea.

        Args:
            among: Questions and themes.
            text: What is weighed, without what tells who is meant.
        """
        n_themes = len(among.themes)
        orders = [range(n_themes + 1), range(n_themes, -1, -1)]
        # The orders of one text in a row: a server that remembers how a prompt begins reads the
        # text once.
        asked = await all_of(
            self._ask(among, order, each) for each in ("", text) for order in range(len(orders))
        )
        usage = Usage()
        for each in asked:
            usage = usage.plus(each.usage)
        weights = []
        for number, each in enumerate(asked):
            if isinstance(each.reply, Failure):
                return Weighed(each.reply, usage)
            # What is not heard about no words is no likelier there than what is.
            otherwise = UNHEARD if number >= len(orders) else each.reply.least
            order = orders[number % len(orders)]
            weights.append([each.reply.of(MARKS[order.index(p)], otherwise) for p in orders[0]])
        nothing, said = np.array(weights[: len(orders)]), np.array(weights[len(orders) :])
        if said.max() <= UNHEARD:
            return Weighed(Abstention(note="the model names none of the marks it may name"), usage)
        return Weighed(shares_of(said - nothing), usage)

    async def end(self, posts: Sequence[asyncio.Task[Decision]]) -> None:
        """Call back what is still on its way for some posts, and forget what was said of texts.

        What was said about no words is remembered: each text is weighed against it.
        """
        away = [each for each in self._known.values() if not each.done()]
        for one in (*posts, *away):
            one.cancel()
        await asyncio.gather(*posts, *away, return_exceptions=True)
        self._known = {
            question: task
            for question, task in self._known.items()
            if not question.text and _is_known(task)
        }

    async def _ask(self, among: Competing, order: int, text: str) -> Asked[Weights]:
        theme_ids = tuple(theme.id for theme in among.themes)
        question = _Question(among.questions, theme_ids, order, text)
        is_new = question not in self._known
        if is_new:
            now, *before = (
                _prompt(among.questions, told, order, text, self._version)
                for told in (among.themes, *among.before)
            )
            prompt = replace(now, as_before=tuple(before))
            self._known[question] = asyncio.create_task(self._asker.asked(prompt))
        # What one post waits for may be what others wait for.
        asked = await asyncio.shield(self._known[question])
        return asked if is_new else Asked(asked.reply, Usage())


def shares_of(weights: FloatArray) -> tuple[float, ...]:
    """Return what each theme has of 1, the orders averaged as logarithms.

    Args:
        weights: Logarithms. Shape: (n_orders, n_themes).
    """
    logarithms = (weights - np.logaddexp.reduce(weights, axis=1, keepdims=True)).mean(axis=0)
    shares = np.exp(logarithms - np.logaddexp.reduce(logarithms))
    return tuple((shares / shares.sum()).tolist())


async def all_of(parts: Iterable[Awaitable[T]]) -> list[T]:
    """Return what comes of all; an error is raised when all are done, for each may be paid for."""
    done = await asyncio.gather(*parts, return_exceptions=True)
    found = [each for each in done if not isinstance(each, BaseException)]
    for each in done:
        if isinstance(each, BaseException):
            raise each
    return found


def _prompt(
    questions: tuple[str, ...], themes: Sequence[ThemeCard], order: int, text: str, version: int
) -> Prompt[Weights]:
    told = [*(theme._asdict() for theme in themes), OTHER]
    return Prompt(
        task=PROMPT,
        version=version,
        system={},
        user={
            "questions": questions,
            "themes": [
                {**theme, "mark": mark}
                for mark, theme in zip(MARKS, told[::-1] if order else told, strict=False)
            ],
            "text": text,
        },
        reply=Weights,
        weighs=1,
        expected=lambda: Weights(dict.fromkeys(MARKS[: len(told)], 0.0)),
    )


def _is_known(task: asyncio.Task[Asked[Weights]]) -> bool:
    return (
        not task.cancelled()
        and task.exception() is None
        and not isinstance(task.result().reply, Failure)
    )
