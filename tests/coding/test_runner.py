"""Several posts in one request: the good ones are kept, the others asked again, none lost."""

import json
from collections.abc import Iterable

import pytest
from coding.model_cases import (
    Shelf,
    codings_of,
    failure_of,
    kind_of,
    model_coder,
    nested_coder,
    run,
    task,
    tasks,
)
from pydantic import JsonValue
from servers.openai_server import (
    ChatRequest,
    HttpReply,
    Json,
    Script,
    ScriptedServer,
    calling,
    code_by_keyword,
    coded,
    failing,
    replying,
    saying,
)

from secondcoder.schema.codings import Abstention


def names(request: ChatRequest) -> list[str]:
    """Return which of `tasks` a request holds: `Post 3 wants …` is 3."""
    return [block.split("Post ")[1].split()[0] for block in request.posts.values()]


def first_of(n: int, fault: Script) -> Script:
    """Return a script that answers a request of `n` posts with the fault, all others well."""
    return lambda request: (fault if len(request.posts) == n else code_by_keyword)(request)


def whole(request: ChatRequest) -> list[Json]:
    """Return good codings of all posts of a request."""
    return [coded(request, number) for number in request.posts]


def test_posts_of_one_question_share_a_request(server: ScriptedServer) -> None:
    """Six posts, three per request, two requests; tokens are divided without loss."""
    shelf = Shelf()
    decisions = run(model_coder(server, shelf, posts_per_request=3), tasks(6))
    assert [len(request.posts) for request in server.requests] == [3, 3]
    assert all(kind_of(decision) == "quoted" for decision in decisions.values())
    spent = sum(decision.usage.prompt_tokens for decision in decisions.values())
    assert spent == sum((len(r.system) + len(r.user)) // 4 for r in server.requests)
    assert sum(decision.usage.n_requests for decision in decisions.values()) == 2
    assert sum(answer.prompt_tokens for answer in shelf.answers.values()) == spent


def test_posts_of_different_questions_never_share_a_request(server: ScriptedServer) -> None:
    """Each request shows the themes of its own question alone."""
    posts = [task(str(i), "Simple tools help", questions=(q,)) for i, q in enumerate(["Q1", "Q2a"])]
    run(model_coder(server, posts_per_request=4), posts)
    assert sorted(len(request.posts) for request in server.requests) == [1, 1]


def test_the_start_of_a_request_is_the_same_for_all_posts_of_a_question(
    server: ScriptedServer,
) -> None:
    """The provider's cache can keep it: system message, tools and schema do not vary."""
    run(model_coder(server), tasks(4))
    assert len({request.system for request in server.requests}) == 1
    assert len({json.dumps(request.body["tools"]) for request in server.requests}) == 1


@pytest.mark.parametrize(
    ("spoil", "again"),
    [
        (lambda posts: posts[:2] + posts[3:], ["3"]),
        (lambda posts: [*posts, posts[1]], ["2"]),
        (lambda posts: [*posts, {**posts[1], "post": 9}], []),
        (lambda posts: [{**posts[0], "post": 7}, *posts[1:]], ["1"]),
        (lambda posts: [{**posts[0], "quotes": [quote(themes=["luck"])]}, *posts[1:]], ["1"]),
        (lambda posts: [{**posts[0], "quotes": [quote(segments=[4])]}, *posts[1:]], ["1"]),
        (lambda posts: [{**posts[0], "quotes": [quote(segments=[])]}, *posts[1:]], ["1"]),
        (lambda posts: [{**posts[0], "quotes": [quote(question="Q7")]}, *posts[1:]], ["1"]),
        (lambda posts: [{**posts[0], "quotes": [quote(question=None)]}, *posts[1:]], ["1"]),
        (lambda posts: [{**posts[0], "quotes": []}, *posts[1:]], ["1"]),
        (lambda posts: [{**posts[0], "left_out": "no-idea"}, *posts[1:]], ["1"]),
        (lambda posts: [{**posts[0], "left_out": "dull", "quotes": []}, *posts[1:]], ["1"]),
        (lambda posts: ["first", *posts[1:]], ["1"]),
    ],
    ids=[
        "missing",
        "doubled",
        "extra",
        "foreign",
        "unknown theme",
        "segment out of range",
        "no segment",
        "unknown question",
        "theme without its question",
        "nothing said",
        "quotes and left out",
        "unknown reason",
        "not an object",
    ],
)
def test_a_post_answered_badly_is_asked_again_alone(
    server: ScriptedServer, spoil: "Spoil", again: list[str]
) -> None:
    """The others keep their answer of the first request, and all end up quoted."""
    server.script = first_of(4, lambda request: replying(request, list(spoil(whole(request)))))
    decisions = run(nested_coder(server, posts_per_request=4), tasks(4))
    assert [names(request) for request in server.requests] == [
        ["1", "2", "3", "4"],
        *[[name] for name in again],
    ]
    assert [kind_of(decisions[f"p{i}"]) for i in range(1, 5)] == ["quoted"] * 4


def quote(
    segments: Iterable[int] = (1,), question: str | None = "Q1", themes: Iterable[str] = ("time",)
) -> Json:
    """Return a quote of a reply."""
    return {"segments": [*segments], "question": question, "themes": [*themes]}


LINES: dict[str, list[JsonValue]] = {
    "missing": [],
    "doubled": ["1: T1", "1: T1"],
    "doubled with another theme": ["1: T1", "1: T2"],
    "extra": ["1: T1", "9: T1"],
    "foreign": ["7: T1"],
    "unknown theme": ["1: T9"],
    "theme by its id": ["1: time"],
    "theme of another question": ["1: T1,T4"],
    "segment out of range": ["1: 2 T1"],
    "range out of range": ["1: 1-3 T1"],
    "range backwards": ["1: 3-1 T1"],
    "segment 0": ["1: 0 T1"],
    "unknown question": ["1: 1/Q7 T1"],
    "theme without its question": ["1: 1/none T1"],
    "no theme": ["1: 1"],
    "nothing said": ["1:"],
    "quote and reason": ["1: T1; no-idea"],
    "unknown reason": ["1: dull"],
    "words copied": ["1: protected hours each week"],
    "no number": ["T1"],
    "an object": [{"post": 1, "quotes": [quote(themes=["T1"])]}],
    "no text": [1],
}
"""What a reply says of the first of four posts."""


@pytest.mark.parametrize("kind", LINES)
def test_a_line_that_can_t_be_used_takes_no_other_with_it(
    server: ScriptedServer, kind: str
) -> None:
    """Its post is asked about again alone, and all are quoted; a line too many does no harm."""

    def spoilt(request: ChatRequest) -> HttpReply:
        said = [*LINES[kind], "2: T1", "3: 1 T2", "4: other"]
        return calling(request, json.dumps({"posts": said}))

    server.script = first_of(4, spoilt)
    decisions = run(model_coder(server, posts_per_request=4), tasks(4))
    again = [] if kind == "extra" else [["1"]]
    assert [names(request) for request in server.requests] == [["1", "2", "3", "4"], *again]
    assert [themes for name in decisions for _, _, themes in codings_of(decisions[name])].count((
        "time",
    )) == 2
    assert codings_of(decisions["p3"])[0][2] == ("money",)
    assert codings_of(decisions["p4"])[0][2] == ()


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("1: T9", "post 1: theme T9 is not one of T1, T2, T3"),
        ("1: 8 T1", "post 1: there is no segment 8; the last one is 1"),
        ("1: 1/Q7 T1", "post 1: question 'Q7' is not one of Q1, none"),
        ("1: dull", "post 1: 'dull' is not like '1-2 T1,T2', 'T1', 'other' or a reason"),
        ("7: T1", "post 1 is missing (the reply names 7 instead)"),
    ],
)
def test_the_model_is_told_what_was_wrong_with_its_line(
    server: ScriptedServer, line: str, complaint: str
) -> None:
    """Three times alone, then it stands as a failure with the raw reply; nothing is kept of it."""
    shelf = Shelf()
    server.script = lambda request: replying(request, [line])
    failure = failure_of(run(model_coder(server, shelf, max_attempts=3), tasks(1))["p1"])
    told = [complaint in request.user for request in server.requests]
    assert told == [False, True, True]
    assert failure.error == "ResponseError"
    assert complaint.removeprefix("post 1").removeprefix(": ") in failure.detail
    assert json.dumps({"posts": [line]}) in failure.detail
    assert shelf.answers == {}


def test_a_line_asked_for_again_alone_goes_by_its_new_number(server: ScriptedServer) -> None:
    """The third of three is post 1 of its own request, and told so."""
    server.script = first_of(3, lambda request: replying(request, ["1: T1", "2: T1", "3: T9"]))
    run(model_coder(server, posts_per_request=3), tasks(3))
    assert "could not be used: post 1: theme T9" in server.requests[1].user


def test_an_idea_named_twice_in_a_line_is_one_quote(server: ScriptedServer) -> None:
    """The same segments under two themes: both, once each."""
    server.script = lambda request: replying(request, ["1: T1; 1 T3,T1"])
    decision = run(model_coder(server), tasks(1))["p1"]
    assert [themes for _, _, themes in codings_of(decision)] == [("time", "joy")]


class Spoil:
    """How a test spoils the posts of a reply."""

    def __call__(self, posts: list[Json]) -> Iterable[Json | str]:
        """Return them spoilt."""
        return posts


def test_the_model_is_told_what_was_wrong(server: ScriptedServer) -> None:
    """At temperature 0 the same question would get the same answer."""
    bad: Json = {"post": 1, "quotes": [quote(themes=["luck"])]}
    faults = [bad]
    server.script = lambda request: (
        replying(request, [faults.pop()]) if faults else code_by_keyword(request)
    )
    run(nested_coder(server), tasks(1))
    assert "theme 'luck' is not one of time, money, joy" in server.requests[1].user


def test_a_post_asked_again_alone_goes_by_its_new_number(server: ScriptedServer) -> None:
    """The third of three is post 1 of its own request, and told so."""
    bad: Json = {"post": 3, "quotes": [quote(themes=["luck"])]}
    server.script = first_of(3, lambda request: replying(request, [*whole(request)[:2], bad]))
    run(nested_coder(server, posts_per_request=3), tasks(3))
    assert "could not be used: post 1: quotes.0.themes.0: theme 'luck'" in server.requests[1].user


def test_a_post_never_answered_well_is_a_failure_with_the_raw_reply(
    server: ScriptedServer,
) -> None:
    """Three times alone, then it stands as a failure; it is not kept, and asked again next time."""
    shelf = Shelf()
    server.script = lambda request: replying(request, [{"post": 1, "quotes": [quote([8])]}])
    failure = failure_of(run(nested_coder(server, shelf, max_attempts=3), tasks(1))["p1"])
    assert len(server.requests) == 3
    assert failure.error == "ResponseError"
    assert "there is no segment 8; the last one is 1" in failure.detail
    assert '"segments": [8]' in failure.detail
    assert shelf.answers == {}


def test_a_request_that_keeps_failing_is_halved_until_the_bad_post_stands_alone(
    server: ScriptedServer,
) -> None:
    """Eight posts, the sixth spoils every reply: seven are quoted, one is a failure."""

    def script(request: ChatRequest) -> HttpReply:
        return calling(request, "{") if "6" in names(request) else code_by_keyword(request)

    server.script = script
    decisions = run(model_coder(server, posts_per_request=8), tasks(8))
    assert failure_of(decisions["p6"]).error == "ResponseError"
    assert [kind_of(decisions[f"p{i}"]) for i in range(1, 9)].count("quoted") == 7
    assert len(server.requests) < 20


@pytest.mark.parametrize(
    "fault",
    [
        lambda request: calling(request, '{"posts": [{"post": 1, "quotes": [{"segm'),
        lambda request: calling(request, ""),
        lambda request: saying(request, "I had rather talk about the weather."),
        lambda request: calling(request, '{"posts": []}', finish_reason="length"),
    ],
    ids=["truncated", "empty", "prose", "cut off"],
)
def test_a_reply_without_use_is_asked_again(server: ScriptedServer, fault: Script) -> None:
    """Forced to tools, so that no other mode is tried: the second reply counts."""
    scripts = [code_by_keyword, fault]

    def script(request: ChatRequest) -> HttpReply:
        return scripts.pop()(request)

    server.script = script
    decision = run(model_coder(server, mode="tools"), tasks(1))["p1"]
    assert kind_of(decision) == "quoted"
    assert len(server.requests) == 2


def test_a_refusal_is_an_abstention(server: ScriptedServer) -> None:
    """The model declined on one post of three; the other two are coded, and all are kept."""

    def script(request: ChatRequest) -> HttpReply:
        if "2" in names(request):
            return saying(request, "", refusal="I can't help with that.")
        return code_by_keyword(request)

    server.script = script
    shelf = Shelf()
    outcome = run(model_coder(server, shelf, posts_per_request=3), tasks(3))["p2"].outcome
    assert isinstance(outcome, Abstention)
    assert "I can't help with that." in outcome.note
    assert len(shelf.answers) == 3


@pytest.mark.parametrize(
    "fault",
    [
        lambda _: failing(400, "blocked by the content filter", code="content_filter"),
        lambda request: calling(request, "", finish_reason="content_filter"),
        lambda _: failing(400, "maximum context length exceeded"),
        lambda _: failing(413),
        lambda _: failing(503),
    ],
    ids=["filter", "filter in the reply", "too long", "too large", "server"],
)
def test_a_post_the_server_rejects_does_not_take_others_with_it(
    server: ScriptedServer, fault: Script
) -> None:
    """Post 3 can't be sent; its neighbours of the same request are coded."""
    server.script = lambda request: (fault if "3" in names(request) else code_by_keyword)(request)
    decisions = run(model_coder(server, posts_per_request=2, max_attempts=1), tasks(4))
    assert [kind_of(decisions[f"p{i}"]) for i in (1, 2, 3, 4)] == [
        "quoted",
        "quoted",
        "failed",
        "quoted",
    ]
    assert len([request for request in server.requests if request.posts]) == 4


SLIPS: dict[str, Json] = {
    "post as text": {"post": "1", "quotes": [quote()]},
    "post in brackets": {"post": "[1]", "quotes": [quote()]},
    "post without its number": {"quotes": [quote()]},
    "segments as text": {"post": 1, "quotes": [{**quote(), "segments": ["1"]}]},
    "one segment": {"post": 1, "quotes": [{**quote(), "segments": 1}]},
    "one segment as text": {"post": 1, "quotes": [{**quote(), "segments": "[1]"}]},
    "one theme": {"post": 1, "quotes": [{**quote(), "themes": "time"}]},
    "one quote": {"post": 1, "quotes": quote()},
    "more keys": {
        "post": 1,
        "quotes": [{**quote(), "confidence": 0.9, "text": "made up"}],
        "reason": "It names hours.",
    },
    "empty texts": {"post": 1, "quotes": [quote()], "left_out": "", "undecided": "null"},
}


@pytest.mark.parametrize("said", SLIPS.values(), ids=SLIPS.keys())
def test_a_slip_that_can_mean_one_thing_only_costs_no_second_request(
    server: ScriptedServer, said: Json
) -> None:
    """What small models write in place of the form asked for is read as what it means."""
    server.script = lambda request: replying(request, [said])
    decision = run(nested_coder(server), tasks(1))["p1"]
    assert codings_of(decision) == [
        ("Post 1 wants protected hours each week.", "Q1", ("time",)),
    ]
    assert len(server.requests) == 1


@pytest.mark.parametrize("themes", [None, [], [None], ""])
def test_no_themes_are_other_ideas_however_they_are_written(
    server: ScriptedServer, themes: JsonValue
) -> None:
    """The same as an empty list."""
    said: Json = {"post": 1, "quotes": [{**quote(), "themes": themes}]}
    server.script = lambda request: replying(request, [said])
    assert codings_of(run(nested_coder(server), tasks(1))["p1"])[0][2] == ()


@pytest.mark.parametrize("around", ["object", "list", "text number"])
def test_posts_that_are_no_list_are_read(server: ScriptedServer, around: str) -> None:
    """One post under `posts`, a bare list, a bare post whose number is a text."""
    said = {"post": "1", "quotes": [quote()]}
    shapes = {"object": {"posts": said}, "list": [said], "text number": said}
    server.script = lambda request: saying(request, json.dumps(shapes[around]))
    assert kind_of(run(nested_coder(server), tasks(1))["p1"]) == "quoted"
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("spoilt", "sentence"),
    [
        ({"themes": "luck"}, "theme 'luck' is not one of time, money, joy"),
        ({"themes": "tools"}, "theme 'tools' is not one of"),
        ({"segments": "99"}, "there is no segment 99; the last one is 1"),
        ({"segments": "1-3"}, "segments.0: Input should be a valid integer"),
        ({"question": "Q7"}, "question 'Q7' is not one of Q1"),
    ],
)
def test_a_slip_opens_nothing_that_is_closed(
    server: ScriptedServer, spoilt: Json, sentence: str
) -> None:
    """Ids and numbers are checked as if they had come well formed; the detail starts with them."""
    server.script = lambda request: replying(
        request, [{"post": "1", "quotes": {**quote(), **spoilt}}]
    )
    failure = failure_of(run(nested_coder(server), tasks(1))["p1"])
    assert sentence in failure.detail
    assert not failure.detail.startswith("post")
    assert "could not be used: post 1: " in server.requests[1].user


def test_a_failure_does_not_give_the_posts_number_within_its_request(
    server: ScriptedServer,
) -> None:
    """The reader knows the post by its id; its number in a request would name another one."""
    server.script = lambda request: replying(request, [{"post": 7, "quotes": [quote()]}])
    failure = failure_of(run(nested_coder(server), tasks(1))["p1"])
    assert failure.detail.startswith("the post is missing (the reply names 7 instead); ")
    assert "could not be used: post 1 is missing (the reply names 7" in server.requests[1].user


def test_one_idea_under_two_themes_is_one_quote(server: ScriptedServer) -> None:
    """The same segments named twice are one quote with both themes."""
    both: Json = {"post": 1, "quotes": [quote(), quote(themes=["joy", "time"])]}
    server.script = lambda request: replying(request, [both])
    decision = run(nested_coder(server), tasks(1))["p1"]
    assert [themes for _, _, themes in codings_of(decision)] == [("time", "joy")]
