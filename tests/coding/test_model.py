"""The model coder end to end: quotes, ledger keys, resuming, what leaves the machine."""

import asyncio
import itertools
import time
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path

import pytest
from coding.model_cases import (
    BOOK,
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
from servers.openai_server import ChatRequest, HttpReply, ScriptedServer, code_by_keyword, replying
from typing_extensions import override

from secondcoder.coding.prompts import load_template
from secondcoder.coding.tasks import Decision, Task
from secondcoder.errors import InputError, PromptError
from secondcoder.schema.answers import Answer
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import LeftOut, LeftOutReason, Quoted
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.quotes import SegmentKind
from secondcoder.schema.runs import Coder, CoderKind, Run
from secondcoder.store.ledger import Ledger


def test_a_post_becomes_verbatim_quotes_under_themes(server: ScriptedServer) -> None:
    """Two segments, two themes: the quotes are the post's own words without the white space."""
    post = task("1", "We need protected hours. ", "And funding too.")
    decisions = run(model_coder(server), [post])
    assert codings_of(decisions["1"]) == [
        ("We need protected hours.", "Q1", ("time",)),
        ("And funding too.", "Q1", ("money",)),
    ]


def test_the_coder_says_who_it_is(server: ScriptedServer) -> None:
    """The record names the model, the prompt's file and version, and the endpoint."""
    coder = model_coder(server, posts_per_request=4)
    run_of = coder.describe(Run(id="r", coder=coder.coder))
    assert coder.coder == Coder(id="openai/tiny", kind=CoderKind.MODEL)
    version = ModelOptions().prompt_version
    assert run_of.prompt_version == f"code-posts/v{version}"
    assert run_of.prompt_sha256 == load_template("code-posts", version=version).sha256
    assert run_of.base_url == server.url
    assert run_of.parameters == {"mode": "auto", "posts_per_request": 4, "temperature": None}


@pytest.mark.parametrize(("version", "twin"), [(1, 2), (3, 5)])
def test_another_version_of_the_prompt_is_sent_and_recorded(
    server: ScriptedServer, version: int, twin: int
) -> None:
    """The codings are the same, since the posts, themes and form are; the words sent are not."""
    posts = [task("1", "Simple tools. ", "Good leaders.", questions=("Q2",))]
    first = run(model_coder(server, prompt_version=version), posts)
    coder = model_coder(server, prompt_version=twin)
    assert codings_of(run(coder, posts)["1"]) == codings_of(first["1"])
    old, new = server.requests
    assert len(_sentences(old.system)) > 10
    assert not {line for line in _sentences(old.system) if line in new.system}
    assert old.body["tools"] == new.body["tools"]
    run_of = coder.describe(Run(id="r", coder=coder.coder))
    assert run_of.prompt_version == f"code-posts/v{twin}"
    assert run_of.prompt_sha256 == load_template("code-posts", version=twin).sha256


@pytest.mark.parametrize("posts_per_request", [1, 3])
@pytest.mark.parametrize("prompt_version", [3, 4, 5])
def test_replies_in_lines_make_the_same_codings(
    server: ScriptedServer, prompt_version: int, posts_per_request: int
) -> None:
    """Whole posts, segments, no theme, several questions, no idea: as with the first version."""
    posts = [
        task("1", "We need protected hours. ", "And funding too."),
        task("2", "Simple tools. ", "Good leaders.", questions=("Q2",)),
        task("3", "Nothing that any of them names, all told."),
        task("4", "Hm, yes."),
        task("5", "Pure enjoyment.", questions=()),
    ]
    first = run(nested_coder(server), posts)
    coder = model_coder(server, prompt_version=prompt_version, posts_per_request=posts_per_request)
    second = run(coder, posts)
    assert {key: _without_key(done) for key, done in first.items()} == {
        key: _without_key(done) for key, done in second.items()
    }
    sizes = [len(request.posts) for request in server.requests[len(posts) :]]
    assert max(sizes) <= posts_per_request


def _without_key(decision: Decision) -> object:
    """Return what was decided, whatever answer says so."""
    outcome = decision.outcome
    return codings_of(decision) if isinstance(outcome, Quoted) else outcome


def test_one_slice_is_asked_about_until_it_is_done(server: ScriptedServer) -> None:
    """By turns, a server that remembers one beginning would read the codebook anew each time."""
    posts = [
        task(str(i), f"Post {i} wants protected hours.", questions=("Q1",) if i % 2 else ("Q2a",))
        for i in range(8)
    ]
    run(model_coder(server, concurrency=1), posts)
    systems = [request.system for request in server.requests]
    changes = sum(one != other for one, other in itertools.pairwise(systems))
    assert changes == 1
    assert len(set(systems)) == 2


def test_a_question_that_few_answer_does_not_wait_for_all_the_others(
    server: ScriptedServer,
) -> None:
    """Decisions are handed on in the chat's order: all later ones would be held in memory."""
    rare = task("rare", "Simple tools would help.", questions=("Q2a",))
    run(model_coder(server, concurrency=1), [rare, *tasks(300)])
    asked = ["Simple tools would help." in request.user for request in server.requests]
    assert asked.index(True) <= 3 * 32  # posts are read 32 ahead


def _sentences(system: str) -> set[str]:
    """Return the lines of a prompt's own words, long enough to be no name."""
    return {line for line in system.partition("\nLanguage of")[0].splitlines() if len(line) > 20}


def test_a_version_that_is_not_there_is_an_error_before_anything_is_sent(
    server: ScriptedServer,
) -> None:
    """The message names those there are."""
    with pytest.raises(PromptError, match="choose one of versions 1, 2, 3, 4, 5"):
        model_coder(server, prompt_version=9)
    assert server.requests == []


def test_a_post_without_words_is_never_sent(server: ScriptedServer) -> None:
    """A link and white space are left out as empty, without a request."""
    post = task("1", ("https://example.org", SegmentKind.LINK), (" ", SegmentKind.SPACE))
    decisions = run(model_coder(server), [post])
    assert decisions["1"].outcome == LeftOut(reason=LeftOutReason.EMPTY)
    assert server.requests == []


def test_a_question_the_codebook_lacks_fails_its_post_alone(server: ScriptedServer) -> None:
    """The other post is coded."""
    decisions = run(model_coder(server), [task("1", "Hm", questions=("Q9",)), *tasks(1)])
    assert failure_of(decisions["1"]).error == "CodebookError"
    assert kind_of(decisions["p1"]) == "quoted"


def test_an_answer_to_a_question_with_parts_may_carry_either(server: ScriptedServer) -> None:
    """A post labelled Q2 is offered the themes of Q2a and Q2b, and each quote names its own."""
    post = task("1", "Simple tools. ", "And our leaders.", questions=("Q2",))
    decisions = run(model_coder(server), [post])
    assert codings_of(decisions["1"]) == [
        ("Simple tools.", "Q2a", ("tools",)),
        ("And our leaders.", "Q2b", ("leaders",)),
    ]
    assert "Protected time" not in server.requests[0].system
    assert "Part of: And then?" in server.requests[0].system


def test_a_general_post_is_offered_the_general_themes_alone(server: ScriptedServer) -> None:
    """No question, no theme of a question."""
    decisions = run(model_coder(server), [task("1", "Pure enjoyment today", questions=())])
    assert codings_of(decisions["1"]) == [("Pure enjoyment today", None, ("joy",))]
    assert "Funding" not in server.requests[0].system


def test_a_codebook_without_themes_for_a_post_admits_other_ideas_only(
    server: ScriptedServer,
) -> None:
    """The form that is sent has no empty enumeration, which servers refuse."""
    bare = Codebook(questions=BOOK.questions, themes=BOOK.themes[:4])
    decisions = run(
        model_coder(server, book=bare), [task("1", "An idea of four words", questions=())]
    )
    assert codings_of(decisions["1"]) == [("An idea of four words", None, ())]
    assert '"enum": []' not in str(server.requests[0].body)


def test_a_second_run_asks_nothing(server: ScriptedServer) -> None:
    """All that was answered is reused, and counted as reused."""
    shelf = Shelf()
    first = run(model_coder(server, shelf), tasks(5))
    second = run(model_coder(server, shelf), tasks(5))
    assert len(server.requests) == 5
    assert {post_id: d.outcome for post_id, d in second.items()} == {
        post_id: d.outcome for post_id, d in first.items()
    }
    assert all(d.usage.n_reused == 1 and d.usage.n_requests == 0 for d in second.values())


def test_a_finished_run_can_be_read_again_without_key_or_server() -> None:
    """Nothing is connected to until something has to be asked."""
    shelf = Shelf()
    with ScriptedServer() as server:
        url = server.url
        run(model_coder(server, shelf), tasks(2))
    assert len(run(model_coder(url, shelf), tasks(2))) == 2


def test_answers_in_a_ledger_outlive_the_run(server: ScriptedServer, tmp_path: Path) -> None:
    """Closed and opened again, the ledger's file answers every post."""
    for n_asked in (3, 0):
        with Ledger(tmp_path / "ledger.sqlite") as ledger:
            server.requests.clear()
            decisions = run(model_coder(server, ledger), tasks(3))
            assert {kind_of(decision) for decision in decisions.values()} == {"quoted"}
            assert len(server.requests) == n_asked


@pytest.mark.parametrize("model", ["", "two words"])
def test_a_model_without_a_proper_name_is_an_input_error(model: str) -> None:
    """It is refused before a run starts."""
    with pytest.raises(InputError, match="white space"):
        model_coder("http://127.0.0.1:9", model=model)


def test_without_a_store_everything_is_asked_again(server: ScriptedServer) -> None:
    """Nothing is kept unless the caller gives a place for it."""
    for _ in range(2):
        run(model_coder(server), tasks(2))
    assert len(server.requests) == 4


def test_an_edited_theme_asks_again_only_about_its_questions_posts(server: ScriptedServer) -> None:
    """A theme of Q1 changes; the post of Q2 keeps its answer."""
    shelf = Shelf()
    posts = [task("1", "Protected hours please"), task("2", "Simple tools", questions=("Q2a",))]
    run(model_coder(server, shelf), posts)
    edited = BOOK.themes[0].model_copy(update={"definition": "Hours nobody takes back."})
    book = Codebook(questions=BOOK.questions, themes=(edited, *BOOK.themes[1:]))
    decisions = run(model_coder(server, shelf, book=book), posts)
    assert decisions["1"].usage.n_requests == 1
    assert decisions["2"].usage.n_reused == 1


def test_what_the_prompt_does_not_show_changes_no_answer(server: ScriptedServer) -> None:
    """A key finding is written after coding; adding one must not cost a second run."""
    shelf = Shelf()
    run(model_coder(server, shelf), tasks(1))
    edited = BOOK.themes[0].model_copy(update={"key_finding": "Time is short.", "number": 4})
    book = Codebook(questions=BOOK.questions, themes=(edited, *BOOK.themes[1:]))
    assert run(model_coder(server, shelf, book=book), tasks(1))["p1"].usage.n_reused == 1


@pytest.mark.parametrize(
    "change", ["model", "temperature", "mode", "posts_per_request", "prompt_version"]
)
def test_another_parameter_is_another_answer(server: ScriptedServer, change: str) -> None:
    """Model, temperature, mode, wording and company decide what an answer is."""
    shelf = Shelf()
    run(model_coder(server, shelf), tasks(1))
    match change:
        case "model":
            other = model_coder(server, shelf, model="openai/other")
        case "temperature":
            other = model_coder(server, shelf, temperature=0.5)
        case "mode":
            other = model_coder(server, shelf, mode="json")
        case "prompt_version":
            other = model_coder(server, shelf, prompt_version=2)
        case _:
            other = model_coder(server, shelf, posts_per_request=2)
    assert run(other, tasks(1))["p1"].usage.n_requests == 1


def test_another_server_of_ones_own_is_another_answer(server: ScriptedServer) -> None:
    """Two servers may serve different weights under one name; a slash at the end is no server."""
    shelf = Shelf()
    run(model_coder(server, shelf), tasks(1))
    assert run(model_coder(f"{server.url}/", shelf), tasks(1))["p1"].usage.n_reused == 1
    with ScriptedServer() as other:
        assert run(model_coder(other, shelf), tasks(1))["p1"].usage.n_reused == 0
        assert len(other.requests) == 1


def test_ideas_that_answer_no_question_are_asked_for(server: ScriptedServer) -> None:
    """A general idea is an idea; its question is none where there is a choice, or null."""
    several = task("1", "Simple tools.", questions=("Q2",))
    run(model_coder(server), [several])
    run(nested_coder(server), [several])
    lines, nested = (request.system for request in server.requests)
    assert "name the question behind a slash, or `none`" in lines
    assert "or null if it answers none of them" in nested


def test_two_posts_of_the_same_words_are_two_answers(server: ScriptedServer) -> None:
    """A quote names its post, so an answer belongs to one."""
    shelf = Shelf()
    run(model_coder(server, shelf), [task("1", "Protected hours"), task("2", "Protected hours")])
    assert sorted(answer.post_id for answer in shelf.answers.values()) == ["1", "2"]


def test_another_context_is_another_answer(server: ScriptedServer) -> None:
    """Even where the copies that are sent hide the difference."""
    shelf = Shelf()
    for name in ("ann", "bob"):
        run(model_coder(server, shelf), [task("1", "Protected hours", context=f"@{name} asks")])
    assert len(shelf.answers) == 2


def test_an_answer_keeps_what_it_was_made_with(server: ScriptedServer) -> None:
    """Raw reply, hashes, model, parameters and tokens lie with the outcome."""
    shelf = Shelf()
    decision = run(model_coder(server, shelf), tasks(1))["p1"]
    answer = next(iter(shelf.answers.values()))
    assert answer.raw == '{"posts": ["1: 1 T1"]}'
    version = ModelOptions().prompt_version
    assert answer.prompt_sha256 == load_template("code-posts", version=version).sha256
    assert answer.codebook_sha256 == BOOK.sha256
    assert answer.model == "openai/tiny"
    assert answer.parameters["mode_used"] == "tools"
    assert (answer.prompt_tokens, answer.completion_tokens) == (
        decision.usage.prompt_tokens,
        decision.usage.completion_tokens,
    )
    assert answer.prompt_tokens > 100


def test_an_undecided_post_is_an_abstention_and_is_kept(server: ScriptedServer) -> None:
    """To decline is an answer: it is not asked again."""
    server.script = lambda request: replying(request, [{"post": 1, "undecided": "two readings"}])
    shelf = Shelf()
    assert kind_of(run(model_coder(server, shelf), tasks(1))["p1"]) == "abstained"
    assert run(model_coder(server, shelf), tasks(1))["p1"].usage.n_reused == 1


def test_tasks_are_taken_only_a_few_rounds_ahead(server: ScriptedServer) -> None:
    """From an endless source, the first decision comes after a bounded number of posts: 32."""
    taken = count()

    def endless() -> Iterator[Task]:
        while True:
            yield task(f"p{next(taken)}", "Protected hours please")

    async def first() -> None:
        stream = model_coder(server, concurrency=2).code(endless())
        await anext(stream)
        await stream.aclose()

    asyncio.run(first())
    assert next(taken) <= 32 + 2


class SlowShelf(Shelf):
    """A store whose disk writes nothing until so many requests have come, or for a while."""

    def __init__(self, server: ScriptedServer, n_asked: int) -> None:
        super().__init__()
        self.n_asked_meanwhile = 0
        self._server = server
        self._n_asked = n_asked
        self._is_first = True

    @override
    def keep(self, answers: Iterable[Answer]) -> None:
        """Keep the answers."""
        if self._is_first:
            self._is_first = False
            until = time.monotonic() + 2
            while len(self._server.requests) <= self._n_asked and time.monotonic() < until:
                time.sleep(0.01)
            self.n_asked_meanwhile = len(self._server.requests)
        super().keep(answers)


def test_a_slow_disk_holds_the_asking_back(server: ScriptedServer) -> None:
    """A run that is killed loses as many replies as may be in flight, and what is in flight."""
    shelf = SlowShelf(server, n_asked=2 * 3)
    decisions = run(model_coder(server, shelf, concurrency=3), tasks(40))
    assert {kind_of(each) for each in decisions.values()} == {"quoted"}
    assert shelf.n_asked_meanwhile <= 2 * 3


def test_closing_the_iterator_cancels_what_is_in_flight(server: ScriptedServer) -> None:
    """After the close, no request of the run is left."""

    def script(request: ChatRequest) -> HttpReply:
        return code_by_keyword(request) if "Post 1 " in request.user else HttpReply(hang=True)

    server.script = script

    async def first_only() -> int:
        stream = model_coder(server).code(tasks(5))
        await anext(stream)
        await stream.aclose()
        return len(asyncio.all_tasks())

    assert asyncio.run(first_only()) == 1


def test_what_arrived_before_a_stop_is_kept() -> None:
    """One request is answered, the other hangs; the run is cancelled and the answer is there."""
    arrived = asyncio.Event()
    shelf = Shelf()

    def script(request: ChatRequest) -> HttpReply:
        if "Post 1 " in request.user:
            return code_by_keyword(request)
        return HttpReply(hang=True)

    async def stop_early(server: ScriptedServer) -> None:
        async def consume() -> None:
            async for _ in model_coder(server, shelf).code(tasks(2)):
                arrived.set()

        running = asyncio.create_task(consume())
        await arrived.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    with ScriptedServer(script) as server:
        asyncio.run(stop_early(server))
    assert [answer.post_id for answer in shelf.answers.values()] == ["p1"]
