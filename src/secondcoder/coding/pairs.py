"""Pairs: two texts a request, and how much a model gives to each theme for each of them.

Which share one does not depend on which answer comes first: texts are put together when every post
that is not decided waits, in the order of the posts. So a run that is resumed puts the same ones
together, and what was answered serves.
"""

import asyncio
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from pydantic import BaseModel

from secondcoder.coding.asking import Asked, Counted
from secondcoder.coding.cards import ThemeCard
from secondcoder.coding.scales import (
    MARKS,
    OTHER,
    UNHEARD,
    Competing,
    Scales,
    Weighed,
    Weights,
    all_of,
    shares_of,
)
from secondcoder.schema.codings import Failure
from secondcoder.schema.drafting import Prompt
from secondcoder.schema.options import MOST_WEIGHED_TOGETHER
from secondcoder.schema.runs import Usage

PROMPT = "weigh-pairs"
SIZE = MOST_WEIGHED_TOGETHER
_MOST_TOKENS = 22
"""Of a reply. Two marks take five, but some models write the themes' names behind them."""
_LINE = re.compile(r"^\s*(\d+)\s*[:.]?\s*([A-Z])(?!\w)", re.MULTILINE)


class Spelt(BaseModel):
    """A reply token by token, with how likely the likeliest in each place were."""

    tokens: list[tuple[str, Weights]]

    def marks(self) -> dict[int, Weights]:
        """Return the weights in the place of the letter of each post's line, by its number.

        >>> said = [("1", Weights({})), ("B", Weights({"B": -0.1})), (". Tea", Weights({}))]
        >>> Spelt(tokens=said).marks()
        {1: Weights(root={'B': -0.1})}
        """
        ends = list(accumulate(len(token) for token, _ in self.tokens))
        found: dict[int, Weights] = {}
        for line in _LINE.finditer("".join(token for token, _ in self.tokens)):
            place = bisect_right(ends, line.start(2))
            found.setdefault(int(line[1]), self.tokens[place][1])
        return found


_Known = dict[tuple[Competing, str], Weighed]


class _Waiting(NamedTuple):
    """A post whose texts are to be weighed."""

    place: int
    among: Competing
    texts: Sequence[str]
    turn: asyncio.Future[asyncio.Task[None]]


class Pairs:
    """Weighs texts two a request, and one alone that is left, or of which a reply says nothing."""

    def __init__(self, asker: Counted, alone: Scales, version: int) -> None:
        """Start with no post.

        Args:
            asker: Who asks the model.
            alone: Weighs single texts.
            version: Of the prompt.
        """
        self._asker = asker
        self._alone = alone
        self._version = version
        self._n_open = 0
        self._waiting: list[_Waiting] = []
        self._round: asyncio.Task[None] | None = None
        self._known: _Known = {}

    def begin(self, n_posts: int) -> None:
        """Take so many posts, each of which is told of when it is `decided`; forget others."""
        self._n_open = n_posts
        self._known = {}

    async def weigh(self, place: int, among: Competing, texts: Sequence[str]) -> list[Weighed]:
        """Return what each text comes to, once every open post has said what it wants weighed.

        A text that was weighed for these posts, or could not be, is not asked about again.

        Args:
            place: Of the post among those begun with.
            among: Questions and themes.
            texts: What is weighed, without what tells who is meant.
        """
        turn: asyncio.Future[asyncio.Task[None]] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(place, among, texts, turn))
        self._begin_round()
        await asyncio.shield(await turn)
        found = []
        for text in texts:
            found.append(self._known[among, text])
            # What is asked for again, here or by others, has been paid for once.
            self._known[among, text] = found[-1]._replace(usage=Usage())
        return found

    def decided(self) -> None:
        """Note that a post wants nothing more."""
        self._n_open -= 1
        self._begin_round()

    async def end(self) -> None:
        """Call back what is still on its way."""
        self._waiting.clear()
        if self._round is not None:
            self._round.cancel()
            await asyncio.gather(self._round, return_exceptions=True)

    def _begin_round(self) -> None:
        if not self._waiting or len(self._waiting) < self._n_open:
            return
        waiting, self._waiting = sorted(self._waiting, key=lambda one: one.place), []
        self._round = asyncio.create_task(self._all(waiting))
        for post in waiting:
            if not post.turn.done():
                post.turn.set_result(self._round)

    async def _all(self, waiting: Sequence[_Waiting]) -> None:
        """Find what becomes of all texts of some posts, each asked about once."""
        alike: dict[Competing, dict[str, None]] = {}
        for post in waiting:
            new = (text for text in post.texts if (post.among, text) not in self._known)
            alike.setdefault(post.among, {}).update(dict.fromkeys(new))
        together = [
            (among, list(texts)[start : start + SIZE])
            for among, texts in alike.items()
            for start in range(0, len(texts), SIZE)
        ]
        found = await all_of(self._weigh(among, texts) for among, texts in together)
        for (among, texts), each in zip(together, found, strict=True):
            for text, weighed in zip(texts, each, strict=True):
                self._known[among, text] = weighed

    async def _weigh(self, among: Competing, texts: Sequence[str]) -> list[Weighed]:
        """Return what the texts of one request come to."""
        if len(texts) < SIZE:
            return [await self._alone.weigh(among, text) for text in texts]
        asked = await all_of(
            self._asker.asked(self._prompt(among, texts, is_turned=is_turned))
            for is_turned in (False, True)
        )
        found = []
        for at, text in enumerate(texts):
            shares = _shares(asked, at, len(among.themes) + 1)
            # One of the two requests is counted with the one text, the other with the other.
            spent = asked[at].usage
            if shares is None:
                alone = await self._alone.weigh(among, text)
                found.append(Weighed(alone.what, spent.plus(alone.usage)))
            else:
                found.append(Weighed(shares, spent))
        return found

    def _prompt(self, among: Competing, texts: Sequence[str], *, is_turned: bool) -> Prompt[Spelt]:
        now, *before = (
            _prompt(among.questions, told, texts, self._version, is_turned=is_turned)
            for told in (among.themes, *among.before)
        )
        return replace(now, as_before=tuple(before))


def _shares(asked: Sequence[Asked[Spelt]], text: int, n_themes: int) -> tuple[float, ...] | None:
    """Return the shares of the themes for one of the texts; None where a reply does not tell.

    Args:
        asked: What came of the texts in their order, and of both the texts and themes turned round.
        text: Which of them.
        n_themes: With another idea.
    """
    weights = []
    for is_turned, each in enumerate(asked):
        if isinstance(each.reply, Failure):
            return None
        heard = each.reply.marks().get((SIZE - text) if is_turned else text + 1)
        if heard is None:
            return None
        found = [heard.of(mark, UNHEARD) for mark in MARKS[:n_themes]]
        weights.append(found[::-1] if is_turned else found)
    # In one order only, what stands first there would win.
    if min(map(max, weights)) <= UNHEARD:
        return None
    return shares_of(np.array(weights))


def _prompt(
    questions: tuple[str, ...],
    themes: Sequence[ThemeCard],
    texts: Sequence[str],
    version: int,
    *,
    is_turned: bool,
) -> Prompt[Spelt]:
    told = [*(theme._asdict() for theme in themes), OTHER]
    step = -1 if is_turned else 1
    posts = [
        {
            "number": number,
            "text": text,
            "themes": [
                {**theme, "mark": f"{number}{mark}"}
                for mark, theme in zip(MARKS, told[::step], strict=False)
            ],
        }
        for number, text in enumerate(texts[::step], 1)
    ]
    alike = Weights(dict.fromkeys(MARKS[: len(told)], 0.0))
    usual = [
        token
        for number in range(1, len(texts) + 1)
        for token in ((str(number), Weights({})), ("A", alike), ("\n", Weights({})))
    ]
    return Prompt(
        task=PROMPT,
        version=version,
        system={},
        user={"questions": questions, "posts": posts, "n_posts": len(posts)},
        reply=Spelt,
        weighs=_MOST_TOKENS,
        expected=lambda: Spelt(tokens=usual),
    )
