"""The panel: members go through the posts side by side; models over real HTTP."""

import asyncio
from collections import Counter
from collections.abc import Iterator

import pytest
from coding.model_cases import BOOK, Shelf, run, task, tasks
from coding.panel_cases import POST, TIME, Says, coding, failed, left_out, quoted
from coding.test_budget import PRICE, costly, paid
from pydantic import JsonValue, SecretStr
from servers.openai_server import ChatRequest, HttpReply, ScriptedServer, code_by_keyword, replying

from secondcoder.coding import client, seats
from secondcoder.coding.abreast import abreast
from secondcoder.coding.coders import seat
from secondcoder.coding.consensus import VotingRule
from secondcoder.coding.panel import Member, PanelCoder
from secondcoder.coding.seats import make_panel, panel_name
from secondcoder.coding.segments import segments
from secondcoder.coding.tasks import Decision, Task
from secondcoder.errors import BudgetError, InputError, PermanentProviderError
from secondcoder.schema.chat import Attribution
from secondcoder.schema.codings import Abstention, Failure, Quoted
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.runs import Run

TASK = Task(POST, Attribution(), segments(POST.text))


def panel(*members: Says, min_votes: float | None = None, ahead: int = 8) -> PanelCoder:
    """Return a panel of coders that say what they were told to."""
    named = [Member(each.name, each) for each in members]
    return PanelCoder(named, rule=VotingRule(min_votes), ahead=ahead)


def of_models(
    server: ScriptedServer, *coders: str, samples: int = 1, **options: object
) -> PanelCoder:
    """Return a panel of models on the local server."""
    chosen = ModelOptions.model_validate({"base_url": server.url, **options})
    return make_panel(coders, BOOK, samples=samples, options=chosen)


def test_a_panel_keeps_what_each_member_decided_and_adds_up_what_they_cost() -> None:
    """A failed member is among them, with its failure."""
    time = quoted(coding(TIME, themes="time"))
    members = (Says("a", time), Says("b", failed()), Says("c", time))
    decision = run(panel(*members), [TASK])["p"]
    assert isinstance(decision.outcome, Quoted)
    assert [one.outcome for one in decision.by_members] == [time, failed(), time]
    assert (decision.usage.n_requests, decision.usage.cost_usd) == (3, 0.75)


def test_a_quick_member_does_not_run_far_ahead_of_a_slow_one() -> None:
    """What is held in memory does not grow with the chat."""
    quick, slow = Says("quick", left_out()), Says("slow", left_out(), is_slow=True)
    posts = [task(f"p{n}", "Some words here.") for n in range(200)]

    async def leads() -> list[int]:
        both = abreast([quick, slow], posts, ahead=8)
        return [quick.n_read - slow.n_read async for _ in both]

    found = asyncio.run(leads())
    assert len(found) == len(posts)
    assert max(found) <= 10


def test_a_member_that_forgets_a_post_is_named() -> None:
    """A coder answers every task."""
    with pytest.raises(InputError, match="coder b gave no decision on 1 posts"):
        run(panel(Says("a", left_out()), Says("b", left_out(), forgets="p2")), tasks(3))


@pytest.mark.parametrize(
    ("members", "min_votes", "message"),
    [
        (("a",), None, "two members at least"),
        (("a", "a"), None, "two members are called a"),
        (("a", "b"), 0.5, "above 0.5"),
        (("a", "b"), 1.5, "above 0.5"),
    ],
)
def test_a_panel_that_cannot_vote_is_refused(
    members: tuple[str, ...], min_votes: float | None, message: str
) -> None:
    """With what to do instead."""
    with pytest.raises(InputError, match=message):
        panel(*(Says(name, left_out()) for name in members), min_votes=min_votes)


def test_the_run_holds_each_members_own() -> None:
    """Every endpoint is on record; the panel has one of its own only where all share it."""
    two = panel(Says("a", left_out()), Says("b", left_out()), min_votes=0.67)
    described = two.describe(Run(id="r", coder=two.coder))
    assert described.coder.id == "panel:a+b"
    assert [one.id for one in described.members] == ["r-1", "r-2"]
    assert described.endpoints == ("http://a/v1", "http://b/v1")
    assert described.base_url is None
    assert described.parameters == {"min_votes": 0.67, "quote_overlap": 0.5}


class Wavering:
    """A script that answers the same request in another way each time it comes."""

    def __init__(self, *themes: str) -> None:
        self._themes = themes
        self._asked: Counter[str] = Counter()

    def __call__(self, request: ChatRequest) -> HttpReply:
        """Give every post the next theme, by its mark."""
        self._asked[request.user] += 1
        theme = self._themes[(self._asked[request.user] - 1) % len(self._themes)]
        quote: JsonValue = {"segments": [1], "question": "Q1", "themes": [theme]}
        posts: list[JsonValue] = [
            {"post": number, "quotes": [quote], "left_out": None, "undecided": None}
            for number in request.posts
        ]
        return replying(request, posts)


def test_samples_are_asked_anew_each_and_kept_each(server: ScriptedServer) -> None:
    """Three answers to one request, under three keys; a second run asks for none."""
    server.script = Wavering("T1", "T2", "T1")
    shelf = Shelf()
    chosen = ModelOptions(base_url=server.url, concurrency=1)

    def again() -> Decision:
        made = make_panel(["openai/m"], BOOK, samples=3, options=chosen, answers=shelf)
        return run(made, tasks(1))["p1"]

    decision = again()
    assert len(server.requests) == len(shelf.answers) == 3
    assert isinstance(decision.outcome, Quoted)
    assert decision.outcome.codings[0].theme_ids == ("time",)
    assert decision.outcome.codings[0].confidence == pytest.approx(2 / 3)
    resumed = again()
    assert len(server.requests) == 3
    assert resumed.outcome == decision.outcome
    assert (resumed.usage.n_reused, resumed.usage.n_requests) == (3, 0)


def test_the_first_sample_is_the_answer_of_a_run_without_a_panel(server: ScriptedServer) -> None:
    """So a panel of three after a plain run pays for two more."""
    shelf = Shelf()
    chosen = ModelOptions(base_url=server.url)
    plain = seat("openai/m", chosen)
    assert plain.options == chosen
    run(make_panel(["openai/m"], BOOK, samples=2, options=chosen, answers=shelf), tasks(1))
    run(make_panel(["openai/m"], BOOK, samples=3, options=chosen, answers=shelf), tasks(1))
    assert len(server.requests) == 3


def test_a_panel_that_was_stopped_asks_nothing_twice(server: ScriptedServer) -> None:
    """One member fails on one post: the next run asks that member about that post alone."""

    def broken(request: ChatRequest) -> HttpReply:
        if request.body["model"] == "b" and "Post 2 " in request.user:
            return replying(request, [])
        return code_by_keyword(request)

    server.script = broken
    shelf = Shelf()
    chosen = ModelOptions(base_url=server.url)
    names = ["openai/a", "openai/b"]
    first = run(make_panel(names, BOOK, options=chosen, answers=shelf), tasks(3))
    assert isinstance(first["p2"].outcome, Failure)
    assert "openai/b: ResponseError" in first["p2"].outcome.detail
    server.script = code_by_keyword
    server.requests.clear()
    second = run(make_panel(names, BOOK, options=chosen, answers=shelf), tasks(3))
    assert isinstance(second["p2"].outcome, Quoted)
    assert [request.body["model"] for request in server.requests] == ["b"]


def test_members_at_other_addresses_get_no_key_of_ours(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OPENAI_API_KEY goes to the address of --base-url, not to the one behind a member's name."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    with ScriptedServer() as other:
        chosen = ModelOptions(base_url=server.url)
        names = ["openai/a", f"b@{other.url}", "embedded"]
        decision = run(make_panel(names, BOOK, options=chosen), tasks(1))["p1"]
        assert len(decision.by_members) == 3
        assert [one.headers["authorization"] for one in server.requests] == ["Bearer sk-secret"]
        assert [one.headers["authorization"] for one in other.requests] == ["Bearer none-needed"]
        assert other.requests[0].body["model"] == "b"


def test_one_model_at_two_addresses_is_two_members(server: ScriptedServer) -> None:
    """Their names tell them apart."""
    made = make_panel(["m@http://a/v1", "m@http://b/v1"], BOOK)
    assert [member.name for member in made.members] == ["m@http://a/v1", "m@http://b/v1"]
    assert [m.name for m in of_models(server, "x", "y", samples=2).members] == [
        "x#1", "x#2", "y#1", "y#2",
    ]  # fmt: skip


def test_members_of_one_endpoint_share_its_limits() -> None:
    """Six samples at one server ask together what one would."""
    options = ModelOptions(
        base_url="http://a/v1", concurrency=8, requests_per_minute=60, tokens_per_minute=600
    )
    taken = seats.seats(["x", "y", "embedded", "z@http://b/v1"], 3, options)
    assert [one.name for one in taken][-4:] == ["embedded", "z#1", "z#2", "z#3"]
    x, z = taken[0].options, taken[-1].options
    assert (x.concurrency, x.requests_per_minute, x.tokens_per_minute) == (1, 10, 100)
    assert (z.concurrency, z.requests_per_minute) == (2, 20)
    alone = seats.seats(["x", "embedded"], 1, ModelOptions(base_url="http://a/v1"))
    assert alone[0].options.requests_per_minute is None


@pytest.mark.parametrize(
    ("coders", "samples", "options", "message"),
    [
        (["openai/m"], 3, {"temperature": 0}, "one answer 3 times"),
        (["embedded"], 3, {}, "the embedded coder says the same"),
        (["openai/m"], 0, {}, "give 1 or more"),
        (["openai/m", "openai/m"], 1, {}, "named twice"),
        (["openai/m", "groq/m"], 1, {"api_key": SecretStr("k")}, "several endpoints"),
        (["openai/m", "x@http://a/v1"], 1, {"budget_usd": 1}, "no price is known for"),
    ],
)
def test_what_would_mislead_is_refused_before_anything_is_sent(
    coders: list[str], samples: int, options: dict[str, object], message: str
) -> None:
    """Each says what to do."""
    with pytest.raises(InputError, match=message):
        make_panel(coders, BOOK, samples=samples, options=ModelOptions.model_validate(options))


@pytest.fixture
def priced(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give the local server the price of a model of OpenAI."""
    monkeypatch.setattr(client, "price_of", lambda *_: PRICE)
    monkeypatch.setattr(seats, "price_of", lambda *_: PRICE)
    return iter(())


@pytest.mark.usefixtures("priced")
def test_the_budget_is_for_all_members_and_what_was_paid_is_kept(server: ScriptedServer) -> None:
    """Three members stop before they have spent it together; a later run asks for the rest."""
    server.script = costly
    shelf = Shelf()
    chosen = ModelOptions(base_url=server.url, concurrency=2)
    names = ["openai/a", "openai/b", "embedded"]
    run(make_panel(names, BOOK, options=chosen), tasks(1))
    budget = paid(server.requests) * 6
    server.requests.clear()
    limited = chosen.model_copy(update={"budget_usd": budget})
    with pytest.raises(BudgetError, match="larger --budget"):
        run(make_panel(names, BOOK, options=limited, answers=shelf), tasks(40))
    assert paid(server.requests) <= budget
    assert 4 < len(server.requests) == len(shelf.answers) < 13
    decisions = run(make_panel(names, BOOK, options=chosen, answers=shelf), tasks(40))
    assert len(server.requests) == 80
    assert not any(isinstance(one.outcome, Failure) for one in decisions.values())


def test_a_member_nobody_can_reach_ends_the_panel(server: ScriptedServer) -> None:
    """A panel without one of its members is not the one that was asked for."""
    with ScriptedServer() as gone:
        address = gone.url
    with pytest.raises(PermanentProviderError):
        run(of_models(server, "openai/a", f"b@{address}"), tasks(2))


def test_members_who_disagree_send_the_post_to_people(server: ScriptedServer) -> None:
    """Over HTTP as by hand: two models, two themes."""
    server.script = Wavering("T1", "T2")
    decision = run(of_models(server, "openai/a", samples=2), tasks(1))["p1"]
    assert isinstance(decision.outcome, Abstention)
    assert "(money 1, time 1 of 2)" in decision.outcome.note


def test_a_panels_name_says_who_sits_in_it() -> None:
    """It is the coder's id in files and reports."""
    assert panel_name(["openai/m", "embedded"], 1) == "panel:openai/m+embedded"
