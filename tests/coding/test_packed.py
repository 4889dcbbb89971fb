"""The packed coder over real HTTP: it measures, chooses, and pays for no answer twice."""

import random
from collections import Counter
from collections.abc import Sequence

import pytest
from coding.model_cases import BOOK, Shelf, kind_of, run, task
from pydantic import JsonValue
from servers.openai_server import (
    ChatRequest,
    HttpReply,
    Json,
    Script,
    ScriptedServer,
    code_by_keyword,
    coded,
    failing,
    replying,
)
from servers.packed_answers import copying_neighbours, tiring

from secondcoder.coding.coders import coder_named
from secondcoder.coding.packed import PackedCoder
from secondcoder.coding.packing import FEWEST, SAMPLE
from secondcoder.coding.tasks import Ahead, Task
from secondcoder.errors import PermanentProviderError
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.runs import Run, Usage

N_POSTS = FEWEST + 16
WORDS = ("Protected hours", "More funding", "Simply enjoyment")


def posts(n: int = N_POSTS) -> list[Task]:
    """Return that many posts, about three themes by turns."""
    return [task(f"p{i}", f"{WORDS[i % 3]}, says post {i} of all.") for i in range(n)]


def packed(server: ScriptedServer, shelf: Shelf | None = None, **options: float) -> PackedCoder:
    """Return the coder that `code` makes where no number of posts per request is given."""
    given = ModelOptions.model_validate({"base_url": server.url, **options})
    coder = coder_named("tiny", BOOK, options=given, answers=shelf)
    assert isinstance(coder, PackedCoder)
    return coder


def ahead(coder: PackedCoder, tasks: Sequence[Task], *runs: Run) -> PackedCoder:
    """Return the coder, which has seen what is to come."""
    coder.look_ahead(Ahead(tasks, 1.0, runs))
    return coder


def as_run(coder: PackedCoder) -> Run:
    """Return the record of a run of the coder."""
    return coder.describe(Run(id="r1", coder=coder.coder))


def texts(requests: Sequence[ChatRequest]) -> Counter[str]:
    """Return how often each post was asked about."""
    return Counter(text for request in requests for text in request.posts.values())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "size"),
    [
        (code_by_keyword, 16),
        (copying_neighbours(beyond=1), 1),
        (tiring(beyond=4), 4),
    ],
)
def test_it_packs_as_far_as_answers_hold(script: Script, size: int) -> None:
    """A model that copies neighbours, or tires towards the end, is seen through.

    Every post has one decision, the one it gets alone.
    """
    tasks = posts()
    with ScriptedServer(script) as server:
        coder = ahead(packed(server), tasks)
        decisions = run(coder, tasks)
        most = max(len(request.posts) for request in server.requests[-10:])
        n_requests = len(server.requests)
    assert coder.packing is not None
    assert coder.packing.posts_per_request == size == most
    assert as_run(coder).parameters["posts_per_request"] == size
    assert as_run(coder).packing == coder.packing
    assert len(decisions) == N_POSTS
    assert {kind_of(one) for one in decisions.values()} == {"quoted"}
    used = Usage(cost_usd=None)
    for decision in decisions.values():
        used = used.plus(decision.usage)
    assert used.n_requests == n_requests
    assert used.n_reused == 0


def test_answers_to_the_sample_alone_are_final() -> None:
    """Its posts are asked about alone once, once at each size, and not again after that."""
    tasks = posts()
    with ScriptedServer() as server:
        coder = ahead(packed(server), tasks)
        run(coder, tasks)
        asked = texts(server.requests)
    assert coder.packing is not None
    sample = set(coder.packing.sample)
    assert len(sample) == SAMPLE
    by_id = {one.post.id: f"[1] {one.post.text}" for one in tasks}
    assert {asked[by_id[name]] for name in sample} == {5}
    assert {asked[text] for name, text in by_id.items() if name not in sample} == {1}


@pytest.mark.slow
def test_an_unsteady_model_is_measured_by_its_own_unsteadiness() -> None:
    """Where answers change whenever they are asked for, packing is not to blame for it."""
    seen: Counter[str] = Counter()

    def unsteady(request: ChatRequest) -> HttpReply:
        said: list[JsonValue] = []
        for number, text in request.posts.items():
            seen[text] += 1
            chance = random.Random(f"{text} {seen[text]}")  # noqa: S311  # no secret
            changes = chance.random() < 0.06
            none: Json = {"post": number, "quotes": [], "left_out": "no-idea", "undecided": None}
            said.append(none if changes else coded(request, number))
        return replying(request, said)

    tasks = posts()
    with ScriptedServer(unsteady) as server:
        coder = ahead(packed(server), tasks)
        run(coder, tasks)
    assert coder.packing is not None
    assert coder.packing.with_itself is not None
    assert coder.packing.with_itself < 0.95
    assert coder.packing.posts_per_request > 1


def test_a_chat_too_small_to_pay_for_a_sample_goes_one_by_one() -> None:
    """And nothing is asked beside."""
    tasks = posts(FEWEST - 1)
    with ScriptedServer() as server:
        coder = ahead(packed(server), tasks)
        run(coder, tasks[:20])
        assert len(server.requests) == 20
    assert coder.packing is not None
    assert coder.packing.words == (
        "1 post per request: fewer than 384 posts to ask about would not pay for a sample to "
        "measure on"
    )


def test_a_chat_without_groups_goes_one_by_one() -> None:
    """Each post of a question of its own: none could share a request."""
    tasks = [task(f"p{i}", f"Funding {i}", questions=(f"Q{i}",)) for i in range(N_POSTS)]
    with ScriptedServer() as server:
        coder = ahead(packed(server), tasks)
    assert coder.packing is not None
    assert "share their questions" in coder.packing.why


def test_a_coder_that_was_shown_nothing_goes_one_by_one() -> None:
    """As in a shard, which does not know the chat."""
    with ScriptedServer() as server:
        coder = packed(server)
        assert as_run(coder).parameters["posts_per_request"] == "auto"
        assert len(run(coder, posts(3))) == 3
        assert len(server.requests) == 3


@pytest.mark.slow
def test_an_earlier_run_s_choice_holds_for_the_chat_even_when_it_has_grown() -> None:
    """Nothing is measured again and nothing asked twice; only the new posts are asked about."""
    shelf = Shelf()
    tasks = posts()
    with ScriptedServer(tiring(beyond=4)) as server:
        first = ahead(packed(server, shelf), tasks)
        run(first, tasks)
        n_before = len(server.requests)
        grown = [*tasks, *(task(f"q{i}", f"More funding {i}") for i in range(8))]
        again = ahead(packed(server, shelf), grown, as_run(first))
        decisions = run(again, grown)
        assert len(server.requests) - n_before == 2
    assert again.packing is not None
    assert again.packing.posts_per_request == 4
    assert again.packing.measured_in == "r1"
    assert sum(one.usage.n_reused for one in decisions.values()) == N_POSTS


@pytest.mark.slow
@pytest.mark.parametrize("change", ["model", "temperature", "chat"])
def test_a_choice_is_not_taken_over_for_something_else(change: str) -> None:
    """Another model, another way of asking, another chat: that is measured anew."""
    tasks = posts()
    with ScriptedServer() as server:
        first = ahead(packed(server), tasks)
        run(first, tasks)
        earlier = as_run(first)
        if change == "model":
            other = first.coder.model_copy(update={"id": "small"})
            earlier = earlier.model_copy(update={"coder": other})
        elif change == "temperature":
            earlier = earlier.model_copy(update={"parameters": {"temperature": 1.0}})
        else:
            tasks = [
                one._replace(post=one.post.model_copy(update={"id": f"x{n}"}))
                for n, one in enumerate(tasks)
            ]
        again = ahead(packed(server), tasks, earlier)
    assert again.packing is None
    assert again.sizes == (1, 16)


@pytest.mark.slow
def test_posts_answered_alone_before_are_not_asked_about_again() -> None:
    """After a run at one post per request there is nothing to measure and nothing to ask."""
    shelf = Shelf()
    tasks = posts()
    with ScriptedServer() as server:
        single = ModelOptions(base_url=server.url, posts_per_request=1)
        alone = coder_named("tiny", BOOK, options=single, answers=shelf)
        run(alone, tasks)
        n_before = len(server.requests)
        coder = ahead(packed(server, shelf), tasks, alone.describe(Run(id="r0", coder=alone.coder)))
        run(coder, tasks)
        assert len(server.requests) == n_before


def test_a_post_of_a_question_that_the_codebook_lacks_does_not_stop_the_look_ahead() -> None:
    """It fails by itself, with the others coded."""
    shelf = Shelf()
    tasks = [*posts(30), task("odd", "Protected hours", questions=("Q9",))]
    with ScriptedServer() as server:
        coder = ahead(packed(server, shelf), tasks, Run(id="r0", coder=packed(server).coder))
        decisions = run(coder, tasks)
    assert kind_of(decisions["odd"]) == "failed"
    assert len(decisions) == 31


@pytest.mark.slow
def test_half_a_run_alone_is_kept_when_the_rest_is_packed() -> None:
    """Single answers are good at every size."""
    shelf = Shelf()
    tasks = posts(2 * N_POSTS)
    with ScriptedServer() as server:
        single = ModelOptions(base_url=server.url, posts_per_request=1)
        alone = coder_named("tiny", BOOK, options=single, answers=shelf)
        run(alone, tasks[:N_POSTS])
        n_before = len(server.requests)
        coder = ahead(packed(server, shelf), tasks, alone.describe(Run(id="r0", coder=alone.coder)))
        run(coder, tasks)
        asked = texts(server.requests[n_before:])
    assert coder.packing is not None
    assert coder.packing.posts_per_request == 16
    sample = set(coder.packing.sample)
    once = [one for one in tasks[:N_POSTS] if one.post.id not in sample]
    assert not any(asked[f"[1] {one.post.text}"] for one in once)


@pytest.mark.slow
def test_a_choice_stays_the_same_when_a_run_is_stopped_at_any_point() -> None:
    """The sample's answers decide, and they are kept: none is paid for twice."""
    shelf = Shelf()
    tasks = posts()
    n_allowed = 0

    def stopping(request: ChatRequest) -> HttpReply:
        if len(server.requests) > n_allowed:
            return failing(401, "the key was withdrawn")
        return tiring(beyond=8)(request)

    with ScriptedServer(stopping) as server:
        for stop in (20, 60, 90, 140):
            n_allowed = stop
            with pytest.raises(PermanentProviderError):
                run(ahead(packed(server, shelf, concurrency=1), tasks), tasks)
            del server.requests[stop:]
        n_allowed = 10_000
        coder = ahead(packed(server, shelf), tasks)
        run(coder, tasks)
        asked = texts(server.requests)
    assert coder.packing is not None
    assert coder.packing.posts_per_request == 8
    in_sample = {f"[1] {one.post.text}" for one in tasks if one.post.id in coder.packing.sample}
    # Alone twice, since the model disagreed with itself at 16, and once at each of four sizes.
    assert {asked[text] for text in in_sample} == {6}
    assert {n for text, n in asked.items() if text not in in_sample} == {1}


def test_it_says_what_it_does_before_the_first_post_is_coded() -> None:
    """Several minutes may pass with a slow model."""
    told: list[str | None] = []
    tasks = posts()
    with ScriptedServer() as server:
        coder = packed(server)
        coder.look_ahead(Ahead(tasks, 1.0, (), told.append))
        run(coder, tasks)
    assert told[0] == "measuring how many posts a request can hold: 48 posts, alone"
    assert told[-2] == "measuring how many posts a request can hold: 48 posts, 16 per request"
    assert told[-1] is None
