"""A server of which every fifth reply is faulty, in every way that is known; it keeps accounts.

Posts say who they are in their words ("on day 17"), since their ids are not sent.
"""

import random
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from pydantic import JsonValue
from servers.openai_server import (
    ChatRequest,
    HttpReply,
    Json,
    Script,
    calling,
    code_by_keyword,
    coded,
    failing,
    replying,
    saying,
)

_DAY = re.compile(r"on day (\d+)")
_HANGS_EVERY = 700
"""Requests; a client waits its whole time-out for each of these."""

UNUSABLE: Mapping[str, Script] = {
    "429 with a pause": lambda _: failing(429, retry_after="0.05"),
    "429": lambda _: failing(429),
    "500": lambda _: failing(500),
    "502": lambda _: failing(502),
    "503": lambda _: failing(503, retry_after_ms="20"),
    "dropped": lambda _: HttpReply(drop=True),
    "dropped in the middle": lambda request: code_by_keyword(request)._replace(cut=True),
    "a page": lambda _: HttpReply(200, "<html>maintenance</html>"),
    "broken JSON of the server": lambda _: HttpReply(
        200, '{"choices": [', {"Content-Type": "application/json"}
    ),
    "truncated": lambda request: calling(request, '{"posts": [{"post": 1, "quotes": [{"segm'),
    "cut off": lambda request: calling(request, '{"posts": [', finish_reason="length"),
    "empty": lambda request: calling(request, ""),
    "prose": lambda request: saying(request, "I had rather talk about the weather."),
    "no post at all": lambda request: replying(request, []),
}
"""Nothing of these replies can be used."""

Spoil = Callable[[Json], Sequence[JsonValue]]


def _quote(**changed: JsonValue) -> Json:
    quote: Json = {"segments": [1], "question": "Q1", "themes": ["T1"], **changed}
    return {"quotes": [quote], "left_out": None, "undecided": None}


SPOILT: Mapping[str, Spoil] = {
    "missing": lambda _: [],
    "doubled": lambda post: [post, post],
    "foreign number": lambda post: [{**post, "post": 99}],
    "unknown theme": lambda post: [{**post, **_quote(themes=["T9"])}],
    "theme by its id": lambda post: [{**post, **_quote(themes=["time"])}],
    "invented segment": lambda post: [{**post, **_quote(segments=[40])}],
    "no segment": lambda post: [{**post, **_quote(segments=[])}],
    "unknown question": lambda post: [f"{post['post']}: 1/Q7 T1"],
    "no line": lambda post: [f"post {post['post']} wants time"],
    "unknown reason": lambda post: [{"post": post["post"], "quotes": [], "left_out": "dull"}],
}
"""One post of these replies can't be used; the others must be."""


def is_refused(day: int) -> bool:
    """Return whether the model declines to look at a post, however often it is asked."""
    return day % 997 == 0


def is_filtered(day: int) -> bool:
    """Return whether the provider's filter refuses every request with the post."""
    return day % 1499 == 0


def is_beyond_it(day: int) -> bool:
    """Return whether every reply about the post is unusable."""
    return day % 1999 == 0


def days_of(request: ChatRequest) -> dict[int, int]:
    """Return the day of each post of a request, by its number there."""
    found = {number: _DAY.search(block) for number, block in request.posts.items()}
    return {number: int(day[1]) for number, day in found.items() if day is not None}


class FaultyScript:
    """A script. What it says of a post is always the same, when it can be used."""

    def __init__(self, share: float, *, seed: int = 1) -> None:
        """Take the share of faulty replies, from 0 to 1."""
        self._share = share
        self._random = random.Random(seed)  # noqa: S311  # repeatable
        self._lock = threading.Lock()
        self._n_busy = 0
        self.idle = threading.Event()
        """Set while no request is being answered."""
        self.good: dict[int, list[int]] = defaultdict(list)
        """By day, the requests whose replies said something of it that can be used."""
        self.n_requests = 0
        self.n_faulty = 0
        self.kinds: set[str] = set()
        self.most_carried: dict[int, int] = defaultdict(int)
        """By day, the requests that carried it since `since_start` was called."""
        self.after: Callable[[int], None] = lambda _: None
        """Called with the number of days answered, before each good reply is sent."""

    def since_start(self) -> None:
        """Begin to count anew how many requests carry each post."""
        self.most_carried.clear()

    def __call__(self, request: ChatRequest) -> HttpReply:
        """Answer a request, in one way or another."""
        days = days_of(request)
        if not days:
            return code_by_keyword(request)
        with self._lock:
            self._n_busy += 1
            self.idle.clear()
            self.n_requests += 1
            number = self.n_requests
            for day in days.values():
                self.most_carried[day] += 1
            kind = self._kind(number, days)
        try:
            return self._reply(request, number, days, kind)
        finally:
            with self._lock:
                self._n_busy -= 1
                if not self._n_busy:
                    self.idle.set()

    def _kind(self, number: int, days: Mapping[int, int]) -> str | None:
        """Return in which way a request goes wrong; None: in no way."""
        if any(map(is_filtered, days.values())):
            kind = "filtered"
        elif any(map(is_refused, days.values())):
            kind = "refused"
        elif any(map(is_beyond_it, days.values())):
            kind = "truncated"
        elif self._share and number % _HANGS_EVERY == 0 and len(self.good) < 6000:
            kind = "hangs"
        elif self._random.random() < self._share:
            kind = self._random.choice([*UNUSABLE, *SPOILT, "more posts than were asked about"])
        else:
            return None
        self.n_faulty += 1
        self.kinds.add(kind)
        return kind

    def _reply(
        self, request: ChatRequest, number: int, days: Mapping[int, int], kind: str | None
    ) -> HttpReply:
        if kind == "hangs":
            return HttpReply(hang=True)
        if kind == "filtered":
            return failing(400, "blocked by the content filter", code="content_filter")
        if kind == "refused":
            if len(days) == 1:  # then the refusal is what is known of the post
                self._account(number, list(days.values()))
            return saying(request, "", refusal="I can't help with that.")
        if kind is not None and kind in UNUSABLE:
            return UNUSABLE[kind](request)
        first, *others = (coded(request, place) for place in request.posts)
        posts: list[JsonValue] = [first, *others]
        good = list(days.values())
        if kind is not None and kind in SPOILT:
            # The first one: a foreign number in a reply to one post is its own.
            posts[:1] = SPOILT[kind](first)
            good = good[1:]
        elif kind is not None:
            posts.append({**first, "post": 99})
        self._account(number, good)
        return replying(request, posts)

    def _account(self, number: int, days: Sequence[int]) -> None:
        with self._lock:
            for day in days:
                self.good[day].append(number)
            n_answered = len(self.good)
        self.after(n_answered)
