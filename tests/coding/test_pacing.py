"""Pacing: how many requests are in flight, and when they leave."""

import asyncio
import threading
import time

import pytest
from coding.model_cases import kind_of, model_coder, run, tasks
from servers.openai_server import (
    ChatRequest,
    HttpReply,
    ScriptedServer,
    code_by_keyword,
    failing,
)

from secondcoder.coding.pacing import Pacing, duration_s


def held(pacing: Pacing, n: int) -> int:
    """Return how many of n requests that never end are let go at once."""

    async def count() -> int:
        gone = 0

        async def ask() -> None:
            nonlocal gone
            async with pacing.turn(30):
                gone += 1
                await asyncio.Event().wait()

        asked = [asyncio.create_task(ask()) for _ in range(n)]
        for _ in range(20):
            await asyncio.sleep(0)
        for one in asked:
            one.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        return gone

    return asyncio.run(count())


def test_as_many_as_allowed_leave_at_once() -> None:
    """Not one more than the user said."""
    assert held(Pacing(5), 9) == 5


def test_the_number_in_flight_is_halved_once_per_round() -> None:
    """Eight requests turned away together are one sign, not eight; a later one is another."""
    pacing = Pacing(16)
    for _ in range(8):
        pacing.overloaded(0, None)
    assert pacing.limit == 8
    pacing.overloaded(1, None)
    assert pacing.limit == 4
    assert held(pacing, 9) == 4


def test_the_number_in_flight_never_falls_below_one() -> None:
    """A server that turns everything away is still asked, one request at a time."""
    pacing = Pacing(2)
    for since in range(5):
        pacing.overloaded(since, None)
    assert pacing.limit == 1


def test_a_round_of_answers_makes_room_for_one_more_up_to_the_most() -> None:
    """From 4, four or five answers lead to 5; a thousand lead back to 8 and no further."""
    pacing = Pacing(8)
    pacing.overloaded(0, None)
    for _ in range(5):
        pacing.answered()
    assert int(pacing.limit) == 5
    for _ in range(1000):
        pacing.answered()
    assert pacing.limit == 8


@pytest.mark.parametrize(
    ("headers", "pause_s"),
    [
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "20s"}, 20),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1m5s"}, 65),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "9h"}, 120),
        ({"x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "20s"}, None),
        ({}, None),
    ],
)
def test_a_limit_that_is_used_up_is_waited_for(
    headers: dict[str, str], pause_s: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next request waits until the server renews its limit, two minutes at most."""
    pauses: list[float] = []
    real = asyncio.sleep

    async def at_once(seconds: float) -> None:
        pauses.append(seconds)
        await real(0)

    monkeypatch.setattr(asyncio, "sleep", at_once)
    pacing = Pacing(1)
    pacing.heard(headers)

    async def ask() -> None:
        async with pacing.turn(30):
            pass

    asyncio.run(ask())
    assert pauses == ([] if pause_s is None else [pytest.approx(pause_s, abs=1)])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1s", 1), ("6m0s", 360), ("1h1m1s", 3661), ("17ms", 0.017), ("2.5s", 2.5), ("3", 3)],
)
def test_durations_are_read_as_servers_write_them(text: str, seconds: float) -> None:
    """Hours, minutes, seconds, milliseconds, or bare seconds."""
    assert duration_s(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "soon", "\u00b2", "-1s", "1..5s", "5 s"])
def test_what_is_no_duration_is_no_pause(text: str) -> None:
    """A header that can't be read does not stop a run."""
    assert duration_s(text) == 0


def test_requests_per_minute_are_spread_over_time() -> None:
    """At 1,200 a minute, six requests leave over a quarter of a second, or more."""

    async def ask_six() -> float:
        pacing = Pacing(6, requests_per_minute=1200)

        async def ask() -> float:
            async with pacing.turn(1):
                return time.monotonic()

        left = await asyncio.gather(*(ask() for _ in range(6)))
        return max(left) - min(left)

    assert asyncio.run(ask_six()) >= 5 * 0.05 - 0.01


def test_tokens_per_minute_hold_back_what_exceeds_them() -> None:
    """Of ten requests of 30 tokens, three leave at once under a limit of 1,200 a minute."""
    assert held(Pacing(10, tokens_per_minute=1200), 10) == 3


def test_tokens_per_minute_are_spread_over_the_minute() -> None:
    """At 1,200,000 a minute 120,000 need a second, after the first 100,000: not at once."""

    async def ask_ten() -> float:
        pacing = Pacing(10, tokens_per_minute=1_200_000)

        async def ask() -> float:
            async with pacing.turn(12_000):
                return time.monotonic()

        left = await asyncio.gather(*(ask() for _ in range(10)))
        return max(left) - min(left)

    assert asyncio.run(ask_ten()) >= 1 - 0.05


def test_a_request_larger_than_the_limit_of_tokens_leaves_and_the_next_waits_for_it() -> None:
    """Waiting for itself, it would never leave."""
    assert held(Pacing(10, tokens_per_minute=0.5), 1) == 1
    assert held(Pacing(10, tokens_per_minute=0.5), 2) == 1


def test_a_server_that_bears_few_requests_gets_few_and_loses_no_post() -> None:
    """It turns away what exceeds three at once: most of 16, less than half of what is paced."""
    flying = 0
    lock = threading.Lock()
    turned_away: list[bool] = []

    def script(request: ChatRequest) -> HttpReply:
        nonlocal flying
        with lock:
            flying += 1
            too_many = flying > 3
            turned_away.append(too_many)
        server.closing.wait(0.05)
        with lock:
            flying -= 1
        return failing(429) if too_many else code_by_keyword(request)

    with ScriptedServer(script) as server:
        decisions = run(model_coder(server, concurrency=16, max_attempts=50), tasks(120))
    assert {kind_of(decision) for decision in decisions.values()} == {"quoted"}
    assert sum(turned_away) < len(turned_away) / 2
