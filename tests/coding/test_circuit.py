"""Outages: requests wait while the provider is down, one at a time asks whether it is back."""

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from coding.model_cases import BOOK, Shelf, failure_of, kind_of, run, task, tasks
from servers.openai_server import (
    ChatRequest,
    HttpReply,
    Json,
    Script,
    ScriptedServer,
    calling,
    code_by_keyword,
    failing,
    replying,
    saying,
)

from secondcoder.coding.circuit import Circuit
from secondcoder.coding.faults import Endpoint
from secondcoder.coding.model import ModelCoder
from secondcoder.coding.monitor import Monitor
from secondcoder.coding.pacing import Pacing
from secondcoder.errors import OutageError, PermanentProviderError, TransientProviderError
from secondcoder.schema.options import ModelOptions

N_AT_ONCE = 8


class Flaky:
    """A script of a server that answers for a while, is down for a while, and answers again."""

    def __init__(self, fault: HttpReply, *, n_good: int, n_pings: int) -> None:
        """Take what it says while it is down.

        Args:
            fault: That.
            n_good: Requests it answers first.
            n_pings: Requests without a post that it leaves unanswered before it is back.
        """
        self._fault = fault
        self._n_good = n_good
        self._n_pings = n_pings
        self._lock = threading.Lock()
        self._n_pinging = 0
        self.n_unanswered = 0
        """Requests with posts that came while it was down."""
        self.most_pings_at_once = 0

    def __call__(self, request: ChatRequest) -> HttpReply:
        """Answer, or not."""
        with self._lock:
            if self._n_good:
                self._n_good -= 1
                return code_by_keyword(request)
            if not self._n_pings:
                return code_by_keyword(request)
            self.n_unanswered += bool(request.posts)
            if not request.posts:
                self._n_pings -= 1
                self._n_pinging += 1
                self.most_pings_at_once = max(self.most_pings_at_once, self._n_pinging)
        if not request.posts:
            with self._lock:
                self._n_pinging -= 1
        return self._fault


def coder_of(
    server: ScriptedServer,
    answers: Shelf | None = None,
    told: Callable[[str | None], None] = lambda _: None,
    monitor: Monitor | None = None,
    **options: float,
) -> ModelCoder:
    """Return a coder that waits milliseconds where it would wait seconds."""
    monitor = monitor or Monitor()
    monitor.told = told
    chosen = {"base_url": server.url, "concurrency": N_AT_ONCE, "patience_s": 30, **options}
    return ModelCoder(
        BOOK,
        model="openai/tiny",
        options=ModelOptions.model_validate(chosen),
        answers=answers,
        backoff_s=0.001,
        monitor=monitor,
    )


@pytest.mark.parametrize(
    "fault",
    [failing(503), failing(500), failing(502), failing(429), HttpReply(drop=True)],
    ids=["503", "500", "502", "429", "dropped"],
)
@pytest.mark.parametrize("pack", [1, 4])
def test_posts_wait_while_the_provider_is_down_and_none_fails(
    server: ScriptedServer, fault: HttpReply, pack: int, caplog: pytest.LogCaptureFixture
) -> None:
    """What is in flight goes unanswered; then come single small requests, and then all goes on.

    The pause and its end are told, and logged.
    """
    script = Flaky(fault, n_good=4, n_pings=6)
    server.script = script
    told: list[str | None] = []
    with caplog.at_level(logging.WARNING, "secondcoder"):
        decisions = run(
            coder_of(server, told=told.append, posts_per_request=pack, max_attempts=2), tasks(60)
        )
    assert {kind_of(decision) for decision in decisions.values()} == {"quoted"}
    # As many as may be in flight, and again after each late answer to one that left before.
    assert script.n_unanswered <= 4 * N_AT_ONCE
    assert script.most_pings_at_once == 1
    why, back = told
    assert why is not None
    assert "nothing is answered" in why
    assert f"asks whether {server.url} is back, for up to 30 seconds" in why
    assert back is None
    assert caplog.records[0].message.startswith("paused: nothing is answered")
    assert "answers again after" in caplog.records[-1].message


def test_a_provider_that_stays_down_ends_the_run_and_the_same_run_goes_on(
    server: ScriptedServer,
) -> None:
    """Patience ends, a sentence says how to go on, and nothing that was answered is asked again."""
    shelf = Shelf()
    server.script = Flaky(failing(503), n_good=10, n_pings=10_000)
    with pytest.raises(OutageError, match=r"nothing was answered for 0\.3 seconds.*run the same"):
        run(coder_of(server, shelf, patience_s=0.3), tasks(40))
    assert len(shelf.answers) == 10
    n_posts = sum(len(request.posts) for request in server.requests)
    assert n_posts <= 10 + 4 * N_AT_ONCE
    server.requests.clear()
    server.script = code_by_keyword
    decisions = run(coder_of(server, shelf), tasks(40))
    assert {kind_of(decision) for decision in decisions.values()} == {"quoted"}
    assert sum(len(request.posts) for request in server.requests) == 30


@pytest.mark.parametrize("at_once", [1, N_AT_ONCE])
def test_a_post_that_never_gets_an_answer_is_no_outage(
    server: ScriptedServer, at_once: int
) -> None:
    """Others are answered: it fails after its eight requests, and nobody is told of a pause."""
    told: list[str | None] = []
    server.script = lambda request: (
        failing(500, "out of luck") if "Post 3 " in request.user else code_by_keyword(request)
    )
    decisions = run(coder_of(server, told=told.append, concurrency=at_once), tasks(5))
    assert failure_of(decisions["p3"]).error == "ServerFaultError"
    assert [kind_of(decisions[f"p{n}"]) for n in (1, 2, 4, 5)] == ["quoted"] * 4
    assert sum("Post 3 " in request.user for request in server.requests) == 8
    assert told == []


def test_a_post_that_brings_the_server_down_each_time_fails_in_the_end(
    server: ScriptedServer,
) -> None:
    """Three outages are not held against it; from then on its requests count."""
    n_down = 0

    def script(request: ChatRequest) -> HttpReply:
        nonlocal n_down
        if "Post 2 " in request.user:
            n_down = 3
            return HttpReply(drop=True)
        n_down -= 1
        return HttpReply(drop=True) if n_down > 0 else code_by_keyword(request)

    server.script = script
    decisions = run(coder_of(server, concurrency=1, max_attempts=2), tasks(4))
    assert kind_of(decisions["p2"]) == "failed"
    assert [kind_of(decisions[f"p{n}"]) for n in (1, 3, 4)] == ["quoted"] * 3
    assert sum("Post 2 " in request.user for request in server.requests) <= 2 + 3 * 2


def test_a_key_withdrawn_during_an_outage_ends_the_run(server: ScriptedServer) -> None:
    """What a small request is told of keys and models holds for all of them."""

    def script(request: ChatRequest) -> HttpReply:
        if not request.posts:
            return failing(401)
        return code_by_keyword(request) if len(server.requests) <= 2 else failing(503)

    server.script = script
    with pytest.raises(PermanentProviderError, match="refused the key"):
        run(coder_of(server), tasks(20))


def test_a_small_request_that_is_refused_is_an_answer(server: ScriptedServer) -> None:
    """A server that says "bad request" is not down."""
    faults = [failing(503)] * 7

    def script(request: ChatRequest) -> HttpReply:
        if not request.posts:
            return failing(400, "no such thing")
        return faults.pop() if faults else code_by_keyword(request)

    server.script = script
    told: list[str | None] = []
    decisions = run(coder_of(server, told=told.append, concurrency=2), tasks(20))
    assert {kind_of(decision) for decision in decisions.values()} == {"quoted"}
    assert told == []


def test_no_words_of_posts_are_in_the_request_that_asks_whether_it_is_back(
    server: ScriptedServer,
) -> None:
    """It is a few words long, and asks for one."""
    server.script = Flaky(failing(503), n_good=1, n_pings=2)
    run(coder_of(server), tasks(12))
    pings = [request.body for request in server.requests if not request.posts]
    assert len(pings) == 3
    assert all(
        body
        == {
            "model": "tiny",
            "messages": [
                {"role": "system", "content": "This is a test."},
                {"role": "user", "content": "Say OK."},
            ],
        }
        for body in pings
    )


def test_what_small_requests_use_is_counted(server: ScriptedServer) -> None:
    """The run's record has every token that was paid for."""
    server.script = Flaky(failing(503), n_good=1, n_pings=2)
    monitor = Monitor()
    decisions = run(coder_of(server, monitor=monitor), tasks(12))
    used = monitor.total
    by_posts = sum(decision.usage.prompt_tokens for decision in decisions.values())
    assert used.prompt_tokens == by_posts + len("This is a test.Say OK.") // 4
    assert used.n_requests == len(server.requests)


def test_after_an_outage_requests_come_back_one_two_four() -> None:
    """All at once might bring the server down again."""
    pacing = Pacing(16)
    pacing.restart()
    limits = []
    for _ in range(15):
        limits.append(int(pacing.limit))
        pacing.answered()
    assert limits[:4] == [1, 2, 3, 4]
    assert pacing.limit == 16
    pacing.overloaded(0, None)
    pacing.answered()
    assert pacing.limit == 8 + 1 / 8


FAULTS: dict[str, Script] = {
    "overloaded": lambda _: failing(503),
    "broken": lambda _: failing(500),
    "dropped": lambda _: HttpReply(drop=True),
    "truncated": lambda request: calling(request, '{"posts": [{"post": 1, "quo'),
    "empty": lambda request: calling(request, ""),
    "prose": lambda request: saying(request, "What a lovely chat!"),
    "missing": lambda request: replying(request, []),
    "foreign": lambda request: replying(request, [{"post": 99, "left_out": "no-idea"}]),
}


@pytest.mark.parametrize("pack", [1, 2, 3, 8, 20])
@pytest.mark.parametrize("most", [1, 2, 3, 5, 8])
def test_all_requests_that_carry_a_post_are_bounded_by_one_number(
    server: ScriptedServer, pack: int, most: int
) -> None:
    """Faults of the server, unusable replies, halving: together no more than `max_attempts`.

    Counted at the server. One post of 20 spoils every request it is in, each time in another way;
    the others are all coded.
    """
    faults = list(FAULTS.values())

    def script(request: ChatRequest) -> HttpReply:
        if "Post 13 " not in request.user:
            return code_by_keyword(request)
        faults.append(faults.pop(0))
        return faults[-1](request)

    server.script = script
    decisions = run(coder_of(server, posts_per_request=pack, max_attempts=most), tasks(20))
    assert [name for name, one in decisions.items() if kind_of(one) != "quoted"] == ["p13"]
    assert kind_of(decisions["p13"]) == "failed"
    carried = Counter(
        f"p{block.split('Post ')[1].split()[0]}"
        for request in server.requests
        for block in request.posts.values()
    )
    # Where posts share requests, each has one of its own whatever happened before.
    bound = max(most, 2) if pack > 1 else most
    assert carried["p13"] == bound
    assert max(carried.values()) == bound


def test_a_fault_does_not_make_the_model_forget_what_was_wrong(server: ScriptedServer) -> None:
    """An unusable reply, a fault, then a request that still says what to mend."""
    bad: Json = {"post": 1, "quotes": [{"segments": [7], "question": "Q1", "themes": []}]}
    scripts: list[Script] = [
        code_by_keyword,
        lambda _: failing(503),
        lambda request: replying(request, [bad]),
    ]

    def script(request: ChatRequest) -> HttpReply:
        return scripts.pop()(request)

    server.script = script
    run(coder_of(server), [task("p1", "Protected hours would help us.")])
    assert ["there is no segment 7" in request.user for request in server.requests] == [
        False,
        True,
        True,
    ]


def circuit_of(*pings: BaseException | None) -> Circuit:
    """Return a circuit whose small requests end like this, one after the other."""
    ends = iter(pings)

    async def ping() -> None:
        end = next(ends)
        if end is not None:
            raise end

    return Circuit(ping, Endpoint("u", "m", "K"), patience_s=30, backoff_s=0.001, told=print)


def test_an_outage_excuses_what_it_fell_into_and_nothing_before() -> None:
    """Request 2 got no answer while 3 did, which had left later: that is 2's own matter.

    4 left before the outage and 5 in it; that 3 was answered late says nothing of them.
    """
    down = TransientProviderError("down")
    circuit = circuit_of(down, None)

    async def go() -> int:
        left = [circuit.leaves() for _ in range(2)]
        own = circuit.unanswered(left[1], down)
        left += [circuit.leaves() for _ in range(2)]
        first = circuit.unanswered(left[3], down)
        circuit.answered(left[2])
        second = circuit.unanswered(circuit.leaves(), down)
        assert circuit.excused([own, first, second]) == 0
        await circuit.assure(second)
        assert circuit.excused([own]) == 0
        return circuit.excused([own, first, second])

    assert asyncio.run(go()) == 2


def test_three_outages_are_excused_and_no_more() -> None:
    """What is in flight in each of four may be their cause."""
    down = TransientProviderError("down")
    circuit = circuit_of(*[down, None] * 4)

    async def go() -> int:
        silences = []
        for _ in range(4):
            silences.append(circuit.unanswered(circuit.leaves(), down))
            await circuit.assure(silences[-1])
        return circuit.excused(silences)

    assert asyncio.run(go()) == 3
