"""Batches, over real HTTP: submitted, collected, split, joined, asked again, counted."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from api.batch_cases import N_POSTS, Faulty, asked, collect, fill, ledger_of, outcomes, submit
from servers.batch_server import BatchServer
from servers.openai_server import (
    ChatRequest,
    HttpReply,
    ScriptedServer,
    calling,
    code_by_keyword,
    coded,
    down_for_three,
    failing,
    replying,
    saying,
)
from typing_extensions import override

import secondcoder
from secondcoder.errors import InputError, PermanentProviderError
from secondcoder.schema.batches import AskAgain
from secondcoder.schema.codings import Outcome
from secondcoder.store.batch_ledger import BatchLedger


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a codebook and a chat of twelve answers."""
    return fill(tmp_path)


def ordinary(folder: Path, server: BatchServer, **options: str | float | None) -> Path:
    """Code the chat with ordinary requests and a ledger of their own; return the codings."""
    given = {"base_url": server.url, **options}
    output = folder / "ordinary.jsonl"
    secondcoder.code(
        folder / "chat.csv",
        folder / "codebook.yaml",
        coder="openai/tiny",
        options=secondcoder.ModelOptions.model_validate(given),
        output=output,
        ledger=folder / "other.sqlite",
    )
    return output


@pytest.mark.parametrize("pack", [1, 5])
def test_codings_of_a_batch_are_those_of_ordinary_requests(folder: Path, pack: int) -> None:
    """The same posts, quotes, themes and keys; the same bodies were sent, however the lines lie."""
    with BatchServer() as server:
        submitted = submit(folder, server, posts_per_request=pack)
        assert submitted.n_open == N_POSTS
        assert not (folder / "codings.jsonl").exists()
        report = collect(folder)
        quiet = ordinary(folder, server, posts_per_request=pack)
        bodies = [json.dumps(request.body, sort_keys=True) for request in server.executed]
        assert sorted(bodies) == sorted(
            json.dumps(request.body, sort_keys=True) for request in server.requests
        )
    assert report.summaries[0].n_quoted == N_POSTS
    assert outcomes(folder / "codings.jsonl") == outcomes(quiet)


def test_code_afterwards_finds_the_answers_and_asks_nothing(folder: Path) -> None:
    """They lie under the keys that ordinary requests would have; so does a second submission."""
    with BatchServer() as server:
        submit(folder, server)
        collect(folder)
        options = secondcoder.ModelOptions(base_url=server.url)
        summary = secondcoder.code(
            folder / "chat.csv",
            folder / "codebook.yaml",
            coder="openai/tiny",
            options=options,
            output=folder / "again.jsonl",
        )
        again = submit(folder, server, output="third.jsonl")
        assert server.requests == []
        assert len(server.batches) == 1
    assert summary.run.usage.n_reused == N_POSTS
    assert again.summaries[0].n_quoted == N_POSTS
    assert outcomes(folder / "again.jsonl") == outcomes(folder / "third.jsonl")


def test_more_requests_than_a_batch_holds_are_split(folder: Path) -> None:
    """Five, five and two; each file in the form the provider asks for, ids that tell nothing."""
    with BatchServer() as server:
        report = submit(folder, server, max_requests=5)
        assert [batch.n_requests for batch in report.runs[0].batches] == [5, 5, 2]
        uploads = [file.content for file in server.files.values() if file.purpose == "batch"]
        collect(folder)
        assert set(asked(server).values()) == {1}
    lines = [json.loads(line) for upload in uploads for line in upload.splitlines()]
    assert len({line["custom_id"] for line in lines}) == N_POSTS
    assert {(line["method"], line["url"]) for line in lines} == {("POST", "/v1/chat/completions")}
    assert [len(upload) for upload in uploads] == [
        batch.n_bytes for batch in report.runs[0].batches
    ]


def test_more_bytes_than_a_file_holds_are_split(folder: Path) -> None:
    """As many requests as fit; one larger than the limit still has a batch of its own."""
    with BatchServer() as server:
        whole = submit(folder, server).runs[0].batches[0]
        secondcoder.cancel_batch(ledger_of(folder))
        collect(folder)
        limits = secondcoder.BatchLimits(max_bytes=whole.n_bytes // 3)
        options = secondcoder.ModelOptions(base_url=server.url)
        report = secondcoder.submit_batch(
            folder / "chat.csv",
            folder / "codebook.yaml",
            coder="openai/tiny",
            options=options,
            output=folder / "codings.jsonl",
            limits=limits,
        )
    sizes = [batch.n_bytes for batch in report.runs[-1].batches]
    assert len(sizes) in {3, 4}
    assert max(sizes) <= limits.max_bytes


def test_handles_are_hidden_in_what_is_uploaded(folder: Path) -> None:
    """Neither authors nor ids of posts are in the file, its name, or what is told of the batch."""
    with BatchServer() as server:
        submit(folder, server)
        (upload,) = server.files.values()
        (batch,) = server.batches.values()
    told = f"{upload.content.decode()} {upload.name} {batch.metadata}"
    assert "ann1" not in told
    assert "day 1 helps" in told


def test_everything_goes_to_the_one_address(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A base URL in the environment is not followed, nor is a redirect."""
    with BatchServer() as other, BatchServer() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", other.url)
        submit(folder, server)
        server.redirects_to = other.url
        with pytest.raises(PermanentProviderError, match="redirects to"):
            secondcoder.collect_batch(ledger_of(folder))
        server.redirects_to = None
        collect(folder)
        assert other.calls == []


def _two_of_it(request: ChatRequest) -> HttpReply:
    return replying(request, [coded(request, 1), coded(request, 1)])


FAULTS: dict[int, Callable[[ChatRequest], HttpReply]] = {
    1: lambda request: calling(request, '{"posts": [{"post": 1, "quot'),
    2: lambda request: replying(request, []),
    3: lambda request: replying(request, [{**coded(request, 1), "post": 7}]),
    4: _two_of_it,
    5: lambda request: replying(
        request,
        [
            {
                "post": 1,
                "quotes": [{"segments": [1], "question": "Q1", "themes": ["nonesuch"]}],
                "left_out": None,
                "undecided": None,
            }
        ],
    ),
    6: lambda request: calling(request, '{"posts": [', finish_reason="length"),
    7: lambda _: failing(500, "the server had an error"),
    8: lambda _: failing(429, "slow down", "rate_limit_exceeded"),
    9: lambda _: HttpReply(drop=True),
    10: lambda _: HttpReply(hang=True),
    11: lambda request: saying(request, "I'd rather not \u2028 say \x85 in JSON."),
}
"""Broken JSON, a missing, a foreign, a doubled post, an unknown theme, cut off; then no reply at
all: faults of the server, a line with an error, a line in neither file; then prose."""


@pytest.mark.parametrize("again", ["batch", "requests"])
def test_what_fails_is_asked_again_and_ends_like_a_quiet_run(folder: Path, again: AskAgain) -> None:
    """In a further batch or with ordinary requests; only what was faulty is asked again."""
    with BatchServer(Faulty(FAULTS, times=1)) as server:
        submit(folder, server)
        report = collect(folder, again=again)
        counts = asked(server)
        assert len(server.batches) == (2 if again == "batch" else 1)
        assert len(server.requests) == (0 if again == "batch" else len(FAULTS))
    assert [counts[day] for day in range(1, N_POSTS + 1)] == [2] * len(FAULTS) + [1]
    assert report.summaries[0].n_quoted == N_POSTS
    with BatchServer() as server:
        quiet = outcomes(ordinary(folder, server))
    assert _decisions(outcomes(folder / "codings.jsonl")) == _decisions(quiet)


def test_requests_that_ask_whether_the_server_is_back_are_counted_once(folder: Path) -> None:
    """Those of ordinary requests about what a batch left, in the ledger and in the codings."""
    unusable = {day: FAULTS[day] for day in range(1, 7)}
    with BatchServer(Faulty(unusable, times=1)) as server:
        plain = server.script
        down = down_for_three(plain)
        server.script = lambda each: (down if each in server.requests else plain)(each)
        report = submit(folder, server, patience_s=60)
        heard: list[str | None] = []
        while report.n_open:
            report = secondcoder.collect_batch(
                ledger_of(folder),
                again="requests",
                progress=lambda state: heard.append(state.paused),
            )
        assert len([why for why in heard if "answered 503" in str(why)]) == 1
        assert heard[-1] is None
        assert sum(not request.posts for request in server.requests) >= 3
        usage = report.runs[0].run.usage
        assert usage.n_requests == len(server.executed) + len(server.requests)
    assert secondcoder.read_codings(folder / "codings.jsonl").info.run.usage == usage
    assert secondcoder.show_ledger(ledger_of(folder)).runs[0].usage == usage


def _decisions(found: dict[str, Outcome]) -> dict[str, object]:
    """Return quotes and themes without keys, which tell servers apart."""
    return {
        name: [(coding.quote, coding.theme_ids) for coding in outcome.codings]
        if outcome.kind == "quoted"
        else outcome
        for name, outcome in found.items()
    }


def test_the_model_is_told_what_was_wrong_as_in_an_ordinary_run(folder: Path) -> None:
    """The correction in the further batch is the one that ordinary requests carry."""
    corrections = []
    for is_batch in (True, False):
        with BatchServer(Faulty(FAULTS, times=1)) as server:
            if is_batch:
                submit(folder, server)
                collect(folder)
            else:
                ordinary(folder, server)
            sent = server.executed if is_batch else server.requests
            corrections.append({request.user for request in sent if "nonesuch" in request.user})
    assert len(corrections[0]) == 1
    assert corrections[0] == corrections[1]


@pytest.mark.parametrize("day", [1, 5, 7, 10])
def test_what_never_gets_a_usable_reply_is_a_failure_by_itself(folder: Path, day: int) -> None:
    """The other posts are coded; the next submission asks about it again, and only about it."""
    with BatchServer(Faulty({day: FAULTS[day]}, times=99)) as server:
        submit(folder, server, max_attempts=3)
        report = collect(folder)
        assert report.summaries[0].n_failed == 1
        assert asked(server)[day] == 3
        server.script = code_by_keyword
        assert submit(folder, server).n_open == 1
        assert collect(folder).summaries[0].n_quoted == N_POSTS
    assert not [
        each for each in outcomes(folder / "codings.jsonl").values() if each.kind == "failed"
    ]


def test_not_to_ask_again_leaves_failures(folder: Path) -> None:
    """They say what was wrong."""
    with BatchServer(Faulty({5: FAULTS[5]}, times=99)) as server:
        submit(folder, server)
        report = collect(folder, again="no")
        assert asked(server)[5] == 1
    assert report.summaries[0].n_failed == 1
    failure = outcomes(folder / "codings.jsonl")["5"]
    assert failure.kind == "failed"
    assert "nonesuch" in failure.detail


def test_a_refusal_is_an_abstention_and_is_not_asked_again(folder: Path) -> None:
    """As in an ordinary run: a person decides."""
    refusing = {3: lambda request: saying(request, "", refusal="I can't help with that.")}
    with BatchServer(Faulty(refusing, times=99)) as server:
        submit(folder, server)
        collect(folder)
        assert asked(server)[3] == 1
    assert outcomes(folder / "codings.jsonl")["3"].kind == "abstained"


def test_a_temperature_that_is_refused_is_left_out_the_next_time(folder: Path) -> None:
    """Reasoning models take none; what they do by default must do."""

    def fussy(request: ChatRequest) -> HttpReply:
        if "temperature" in request.body:
            return failing(400, "Unsupported value: 'temperature' does not support 0.")
        return code_by_keyword(request)

    with BatchServer(fussy) as server:
        submit(folder, server, temperature=0.0)
        assert collect(folder).summaries[0].n_quoted == N_POSTS
        assert set(asked(server).values()) == {2}


def test_an_account_without_credit_stops_no_more_than_it_must(folder: Path) -> None:
    """Posts answered before are kept; the others are failures that say why, and no more is sent."""

    def poor(request: ChatRequest) -> HttpReply:
        if "day 9" in request.user or "day 1 " in request.user:
            return failing(429, "You exceeded your current quota", "insufficient_quota")
        return code_by_keyword(request)

    with BatchServer(poor) as server:
        submit(folder, server)
        report = collect(folder)
        assert len(server.batches) == 1
    assert report.summaries[0].n_failed == 2
    assert "no credit left" in report.summaries[0].failures[0]


@pytest.mark.parametrize("pack", [1, 4])
def test_an_expired_batch_gives_what_it_did_and_the_rest_is_asked_again(
    folder: Path, pack: int
) -> None:
    """Its output file holds what was done in time, its error file the rest."""
    with BatchServer(ends=[("expired", 2)]) as server:
        submit(folder, server, posts_per_request=pack)
        report = collect(folder)
        assert set(asked(server).values()) == {1}
        assert [batch.status for batch in server.batches.values()] == ["expired", "completed"]
    assert report.summaries[0].n_quoted == N_POSTS


def test_a_cancelled_batch_gives_what_it_did_and_nothing_is_asked_again(folder: Path) -> None:
    """The answers are kept, no codings are written, and the same command asks about the rest."""
    with BatchServer(ends=[("stuck", 5)]) as server:
        submit(folder, server)
        for _ in range(2):
            secondcoder.collect_batch(ledger_of(folder))
        report = secondcoder.cancel_batch(ledger_of(folder))
        assert report.runs[0].batches[0].status == "cancelling"
        report = collect(folder)
        assert report.summaries == ()
        assert "so no codings are written" in report.runs[0].problems[-1]
        assert not (folder / "codings.jsonl").exists()
        again = submit(folder, server)
        assert again.n_open == N_POSTS - 5
        assert collect(folder).summaries[0].n_quoted == N_POSTS
        assert set(asked(server).values()) == {1}


def test_one_batch_of_several_can_be_cancelled(folder: Path) -> None:
    """By our id or the provider's; an unknown one is an error, and the others go on."""
    with BatchServer(ends=[("stuck", 0)]) as server:
        report = submit(folder, server, max_requests=6)
        name = report.runs[0].batches[0].provider_id
        secondcoder.cancel_batch(ledger_of(folder), str(name))
        with pytest.raises(InputError, match="nonesuch: no batch of"):
            secondcoder.cancel_batch(ledger_of(folder), "nonesuch")
        found = collect(folder).summaries[0]
    assert (found.n_quoted, found.n_failed) == (6, 6)


def test_a_batch_that_fails_its_validation_says_why(folder: Path) -> None:
    """Nothing was asked or charged; the posts can be submitted once it is mended."""
    with BatchServer(refuses=[("model_not_found", "no such model")]) as server:
        submit(folder, server)
        report = collect(folder)
        assert "no such model" in report.runs[0].problems[0]
        assert "nothing was charged" in report.runs[0].problems[0]
        assert report.summaries[0].n_failed == N_POSTS
        submit(folder, server)
        assert collect(folder).summaries[0].n_quoted == N_POSTS
        assert set(asked(server).values()) == {1}


def test_a_queue_that_is_full_is_said_and_filled_as_it_empties(folder: Path) -> None:
    """Four requests may wait at once: twelve are halved until they fit, one at a time."""
    with BatchServer(most_enqueued=4) as server:
        submit(folder, server)
        report = collect(folder)
        problems = {problem for run in report.runs for problem in run.problems}
        assert set(asked(server).values()) == {1}
        assert sorted(len(batch.requests) for batch in server.batches.values())[-4:] == [3] * 4
    assert any("Enqueued token limit reached" in problem for problem in problems)
    assert report.summaries[0].n_quoted == N_POSTS


def test_a_server_without_a_batch_api_is_one_sentence(folder: Path, server: ScriptedServer) -> None:
    """It answers 404 to everything but chat completions, as most of them do."""
    server.script = lambda _: failing(404, "Not Found")
    options = secondcoder.ModelOptions(base_url=server.url)
    with pytest.raises(PermanentProviderError, match="has no Batch API"):
        secondcoder.submit_batch(
            folder / "chat.csv",
            folder / "codebook.yaml",
            coder="tiny",
            options=options,
            output=folder / "codings.jsonl",
        )


def test_what_a_server_without_a_batch_api_refused_can_be_asked_without_it(
    folder: Path, server: ScriptedServer
) -> None:
    """As the error says; nothing stays planned that could neither be collected nor cancelled."""
    page = "<html><head><title>Error response</title></head>\n<body>501</body></html>"
    server.script = lambda _: HttpReply(501, page)
    options = secondcoder.ModelOptions(base_url=server.url)
    files = (folder / "chat.csv", folder / "codebook.yaml")
    with pytest.raises(PermanentProviderError) as refused:
        secondcoder.submit_batch(*files, coder="m", options=options, output=folder / "c.jsonl")
    assert "a page: Error response); leave out --batch" in str(refused.value)
    assert secondcoder.status_batch(ledger_of(folder)).runs[0].batches[0].status == "dropped"
    assert not collect(folder).runs
    server.script = code_by_keyword
    codings = secondcoder.code(*files, coder="m", options=options, output=folder / "c.jsonl")
    assert (codings.n_quoted, codings.run.usage.n_requests) == (N_POSTS, N_POSTS)


class Refusing(BatchServer):
    """Answers nothing but a status."""

    status = 401

    @override
    def handle(self, method: str, path: str, headers: dict[str, str], body: bytes) -> HttpReply:
        return failing(self.status, "not here")


def test_what_is_planned_for_a_server_without_a_batch_api_can_be_cancelled(folder: Path) -> None:
    """A ledger may hold it: of a server that refused the key first, or of an earlier version."""
    with Refusing() as server:
        with pytest.raises(PermanentProviderError, match=r"refused the key \(401\).*\(not here\)$"):
            submit(folder, server)
        server.status = 404
        with pytest.raises(PermanentProviderError, match="has no Batch API"):
            secondcoder.collect_batch(ledger_of(folder))
        (run,) = secondcoder.cancel_batch(ledger_of(folder)).runs
    assert (run.n_open, run.batches[0].status) == (0, "dropped")


def test_runs_that_wait_for_each_others_answers_all_end(folder: Path) -> None:
    """Nine ask for the same; the first submits it, and whatever their order all get codings."""
    outputs = [f"{n}.jsonl" for n in range(9)]
    with BatchServer() as server:
        for output in outputs:
            submit(folder, server, output=output)
        report = collect(folder)
        assert set(asked(server).values()) == {1}
    assert [problem for run in report.runs for problem in run.problems] == []
    assert all(outcomes(folder / each) == outcomes(folder / outputs[0]) for each in outputs)


def test_ordinary_requests_do_not_pay_for_what_is_on_its_way(folder: Path) -> None:
    """The run is refused before anything is sent, with what to do instead."""
    with BatchServer() as server:
        submit(folder, server)
        with pytest.raises(InputError, match="batch collect"):
            secondcoder.code(
                folder / "chat.csv",
                folder / "codebook.yaml",
                coder="openai/tiny",
                options=secondcoder.ModelOptions(base_url=server.url),
                output=folder / "codings.jsonl",
            )
        assert server.requests == []


def test_a_theme_that_is_renamed_meanwhile_keeps_what_was_paid_for(folder: Path) -> None:
    """What is on its way is still known, and once it is there it has the new id."""
    chat, book, output = (folder / name for name in ("chat.csv", "codebook.yaml", "codings.jsonl"))
    renamed = secondcoder.rename_codebook(book, "time", "hours", reason="clearer")
    with BatchServer() as server:
        options = secondcoder.ModelOptions(base_url=server.url)
        submit(folder, server)
        found = secondcoder.estimate(
            chat, renamed, coder="openai/tiny", options=options, output=output, is_batch=True
        )
        assert (found.n_underway, found.n_posts_to_ask) == (N_POSTS, 0)
        with pytest.raises(InputError, match="batch collect"):
            secondcoder.code(chat, renamed, coder="openai/tiny", options=options, output=output)
        assert collect(folder).summaries[0].n_quoted == N_POSTS
        secondcoder.code(chat, renamed, coder="openai/tiny", options=options, output=output)
        assert server.requests == []
    given = {coding.theme_ids for coding in secondcoder.read_codings(output).quotes}
    assert given == {("hours",)}


def test_a_provider_without_openais_batch_api_is_refused(folder: Path) -> None:
    """Before a key is looked for."""
    for coder, word in [("anthropic/claude-sonnet-4-5", "anthropic"), ("embedded", "no model")]:
        with pytest.raises(InputError, match=word):
            secondcoder.submit_batch(
                folder / "chat.csv", folder / "codebook.yaml", coder=coder, output=folder / "c"
            )


def test_a_key_is_needed_and_is_never_kept(folder: Path) -> None:
    """It is not in the ledger; without it nothing is sent."""
    with BatchServer() as server:
        submit(folder, server, api_key="sk-secret-of-mine")
        kept = b"".join(file.read_bytes() for file in folder.glob("secondcoder-ledger*"))
    assert b"sk-secret" not in kept
    with pytest.raises(PermanentProviderError, match="OPENAI_API_KEY"):
        secondcoder.submit_batch(
            folder / "chat.csv",
            folder / "codebook.yaml",
            coder="openai/gpt-5-mini",
            output=folder / "elsewhere.jsonl",
            ledger=folder / "new.sqlite",
        )


def test_a_chat_that_moved_loses_no_answer(folder: Path) -> None:
    """The codings can't be written, which is said; a later collect writes them."""
    with BatchServer() as server:
        submit(folder, server)
        (folder / "chat.csv").rename(folder / "moved.csv")
        report = collect(folder)
        assert "all answers are in the ledger" in report.runs[0].problems[-1]
        (folder / "moved.csv").rename(folder / "chat.csv")
        assert collect(folder).summaries[0].n_quoted == N_POSTS


def test_a_chat_in_memory_is_collected_into_the_ledger(folder: Path) -> None:
    """Then `code` writes what it finds there."""
    chat = secondcoder.read_chat(folder / "chat.csv")
    with BatchServer() as server:
        options = secondcoder.ModelOptions(base_url=server.url)
        secondcoder.submit_batch(
            chat,
            folder / "codebook.yaml",
            coder="openai/tiny",
            options=options,
            ledger=ledger_of(folder),
        )
        assert collect(folder).runs[0].n_answered == N_POSTS
        codings = secondcoder.code(
            chat,
            folder / "codebook.yaml",
            coder="openai/tiny",
            options=options,
            ledger=ledger_of(folder),
        )
        assert server.requests == []
    assert len(codings.quotes) == N_POSTS


def test_a_file_is_found_on_any_page_of_the_providers_batches(folder: Path) -> None:
    """An account has many batches, told one page at a time; ours is made once."""
    with BatchServer() as server:
        server.page_size = 2
        submit(folder, server, max_requests=1)
        assert len(server.batches) == N_POSTS
        with BatchLedger(ledger_of(folder)) as ledger:
            # As if the process had been killed before it could record the first of them.
            (order,) = ledger.orders("open")
            first = ledger.batches(order.run_id)[0]
            ledger.keep_batch(first.model_copy(update={"status": "planned", "provider_id": None}))
        collect(folder)
        assert len(server.batches) == N_POSTS
        assert set(asked(server).values()) == {1}
