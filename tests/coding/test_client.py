"""Talking to a provider: faults that heal and that don't, modes, and what the environment does."""

import asyncio
import threading

import pytest
from coding.model_cases import (
    BOOK,
    Shelf,
    codings_of,
    failure_of,
    kind_of,
    model_coder,
    run,
    tasks,
)
from pydantic import JsonValue
from servers.openai_server import (
    ChatRequest,
    HttpReply,
    Script,
    ScriptedServer,
    calling,
    code_by_keyword,
    failing,
    replying,
    saying,
)

from secondcoder.coding.acquaintance import Acquaintance
from secondcoder.coding.endpoints import Settings, foreign_endpoint
from secondcoder.coding.model import ModelCoder
from secondcoder.errors import InputError, PermanentProviderError
from secondcoder.schema.options import ModelOptions


def once(fault: HttpReply, then: Script = code_by_keyword) -> Script:
    """Return a script whose first reply is the fault."""
    faults = [fault]
    return lambda request: faults.pop() if faults else then(request)


@pytest.mark.parametrize(
    "fault",
    [
        failing(429, retry_after="0.01"),
        failing(429),
        failing(500),
        failing(503, retry_after="0"),
        HttpReply(drop=True),
        HttpReply(hang=True),
    ],
    ids=["429-wait", "429", "500", "503", "dropped", "time-out"],
)
def test_a_fault_that_heals_is_tried_again(server: ScriptedServer, fault: HttpReply) -> None:
    """The post is coded by the second request, and both are counted."""
    server.script = once(fault)
    # Short for the server that hangs alone: elsewhere a busy machine must not look like a fault.
    timeout_s = 1.0 if fault.hang else 60.0
    decision = run(model_coder(server, timeout_s=timeout_s), tasks(1))["p1"]
    assert kind_of(decision) == "quoted"
    assert decision.usage.n_requests == len(server.requests) == 2


def test_the_pause_is_what_the_server_asked_for(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A minute asked for is a minute waited for, not the back-off's milliseconds."""
    pauses: list[float] = []
    real = asyncio.sleep

    async def at_once(seconds: float) -> None:
        pauses.append(seconds)
        await real(0)

    monkeypatch.setattr(asyncio, "sleep", at_once)
    server.script = once(failing(429, retry_after="60"))
    run(model_coder(server), tasks(1))
    assert 60.0 in pauses


def test_faults_between_answers_do_not_end_the_run(server: ScriptedServer) -> None:
    """Every other post fails, each by itself, however many there are."""
    odd = [f"Post {number} " for number in range(1, 12, 2)]

    def script(request: ChatRequest) -> HttpReply:
        fails = any(words in request.user for words in odd)
        return failing(503) if fails else code_by_keyword(request)

    server.script = script
    decisions = run(model_coder(server, concurrency=1, max_attempts=1), tasks(12))
    assert [kind_of(decision) for decision in decisions.values()].count("failed") == 6


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (failing(401, "Incorrect API key"), "refused the key .401.: correct .* OPENAI_API_KEY"),
        (failing(403), "refused the key"),
        (failing(404, code="model_not_found"), "knows no model 'tiny'"),
        (failing(400, "model not found"), "knows no model 'tiny'"),
        (failing(402), "no credit"),
        (failing(429, code="insufficient_quota"), "no credit"),
        (failing(307, location="http://127.0.0.1:9/v1"), "redirects to http://127.0.0.1:9/v1"),
    ],
    ids=["key", "forbidden", "model", "model-400", "credit", "quota", "redirect"],
)
def test_a_fault_that_never_heals_ends_the_run_after_one_request(
    server: ScriptedServer, fault: HttpReply, sentence: str
) -> None:
    """One clear sentence, exit code 3, and no second request, however many posts wait."""
    server.script = lambda _: fault
    with pytest.raises(PermanentProviderError, match=sentence) as raised:
        run(model_coder(server, api_key="secret-key"), tasks(20))
    assert raised.value.exit_code == 3
    assert len(server.requests) == 1
    assert "secret-key" not in str(raised.value)


@pytest.mark.parametrize(("concurrency", "n_sent"), [(8, 1), (16, 8), (64, 32)])
def test_half_of_many_in_flight_leave_before_anything_is_known(
    server: ScriptedServer, concurrency: int, n_sent: int
) -> None:
    """One of the usual eight: what a wrong key costs. Of more, one alone would hold up many."""
    all_in = threading.Barrier(n_sent)

    def refuse(_: ChatRequest) -> HttpReply:
        all_in.wait(30)  # broken, and the run with it, if fewer leave
        return failing(401)

    server.script = refuse
    with pytest.raises(PermanentProviderError, match="refused the key"):
        run(model_coder(server, api_key="secret-key", concurrency=concurrency), tasks(100))
    assert len(server.requests) == n_sent


PAGE = HttpReply(200, "<html>Welcome to the control panel</html>")
USELESS: dict[str, Script] = {
    "page": lambda _: PAGE,
    "broken": lambda _: HttpReply(200, '{"choices": [', {"Content-Type": "application/json"}),
    "prose": lambda request: saying(request, "What a lovely chat! Tell me more."),
    "empty": lambda request: calling(request, ""),
    "cut off": lambda request: calling(request, "{", finish_reason="length"),
    "no such theme": lambda request: replying(
        request, [{"post": 1, "quotes": [{"segments": [1], "themes": ["T9"]}]}]
    ),
    "rejected": lambda _: failing(400, "context length exceeded"),
}


@pytest.mark.parametrize("script", USELESS.values(), ids=USELESS.keys())
def test_a_server_whose_replies_are_never_of_use_is_given_up_on(
    server: ScriptedServer, script: Script
) -> None:
    """Three posts are asked to the end, one after the other, and not the other 27."""
    server.script = script
    with pytest.raises(PermanentProviderError, match="never gave a usable reply") as raised:
        run(model_coder(server), tasks(30))
    assert raised.value.exit_code == 3
    for said in (f"tiny at {server.url} ", "last: ", "--mode json", "another model", "/v1"):
        assert said in str(raised.value)
    assert "post 1" not in str(raised.value)
    assert len(server.requests) <= 3 * 9


def test_what_a_useless_server_said_is_quoted(server: ScriptedServer) -> None:
    """A page of a control panel tells a person where the address leads."""
    server.script = lambda _: PAGE
    with pytest.raises(PermanentProviderError, match="it said: <html>Welcome to the control panel"):
        run(model_coder(server), tasks(4))


def test_replies_without_use_do_not_end_a_run_that_had_one_of_use(server: ScriptedServer) -> None:
    """The first post is coded; the next six fail, each by itself."""
    server.script = lambda request: code_by_keyword(request) if "Post 1 " in request.user else PAGE
    decisions = run(model_coder(server), tasks(7))
    assert [kind_of(decision) for decision in decisions.values()].count("failed") == 6


def test_posts_that_failed_before_may_fail_again_when_a_run_is_resumed(
    server: ScriptedServer,
) -> None:
    """An answer in the store shows that the model can be used: the run ends with failures."""
    shelf = Shelf()
    run(model_coder(server, shelf), tasks(1))
    server.script = lambda _: PAGE
    decisions = run(model_coder(server, shelf), tasks(6))
    assert [kind_of(decision) for decision in decisions.values()].count("failed") == 5


@pytest.mark.slow
def test_a_server_that_only_hangs_is_given_up_on_after_two_requests(
    server: ScriptedServer,
) -> None:
    """One sentence with its address and the option, exit code 3, however many posts wait."""
    server.script = lambda _: HttpReply(hang=True)
    with pytest.raises(PermanentProviderError, match=r"within 1 seconds.*--timeout") as raised:
        run(model_coder(server, timeout_s=1), tasks(20))
    assert raised.value.exit_code == 3
    assert server.url in str(raised.value)
    assert len(server.requests) == 2


@pytest.mark.slow
def test_a_server_that_has_answered_may_hang_as_often_as_any_fault(server: ScriptedServer) -> None:
    """Three attempts for the second post, which is a failure then; the others are answered."""
    server.script = lambda request: (
        HttpReply(hang=True) if "Post 2 " in request.user else code_by_keyword(request)
    )
    # A busy machine may take a second for an answer, too: that costs an attempt, and no failure.
    coder = model_coder(server, timeout_s=1, max_attempts=3, patience_s=60)
    decisions = run(coder, tasks(3))
    assert "give it longer with --timeout" in failure_of(decisions["p2"]).detail
    assert [kind_of(decisions[name]) for name in ("p1", "p3")] == ["quoted"] * 2
    assert sum("Post 2 " in request.user for request in server.requests) == 3


@pytest.mark.parametrize(
    ("model", "base_url", "endpoint"),
    [
        ("openai/m", None, None),
        ("together/m", None, None),
        ("openai/m", "https://api.openai.com/v1", None),
        ("openai/m", "https://API.openai.com/v1/", None),
        ("together/m", "https://api.openai.com/v1", "https://api.openai.com/v1"),
        ("m", "http://localhost:1/v1/", "http://localhost:1/v1"),
    ],
)
def test_only_an_endpoint_that_is_not_the_providers_own_is_foreign(
    model: str, base_url: str | None, endpoint: str | None
) -> None:
    """Foreign ones are part of an answer's key; a slash at the end makes no difference."""
    assert foreign_endpoint(Settings(model, ModelOptions(base_url=base_url))) == endpoint


def test_an_unreachable_server_is_named() -> None:
    """A refused connection at the start ends the run at once and names the address."""
    with ScriptedServer() as server:
        url = server.url
    with pytest.raises(PermanentProviderError, match=f"can't reach {url} "):
        run(model_coder(url), tasks(3))


def test_a_missing_key_is_named() -> None:
    """OpenAI's own endpoint needs a key; nothing is sent without one."""
    coder = ModelCoder(BOOK, model="openai/m")
    with pytest.raises(PermanentProviderError, match="set the environment variable OPENAI_API_KEY"):
        run(coder, tasks(1))


@pytest.mark.parametrize("model", ["gpt-5-mini", "nobody/gpt", "openai/"])
def test_a_name_without_a_provider_is_an_input_error(model: str) -> None:
    """Without an address, the name has to say whose model it is."""
    coder = ModelCoder(BOOK, model=model)
    with pytest.raises(InputError, match="names no provider: write openai/"):
        run(coder, tasks(1))


def test_a_provider_that_is_not_installed_says_what_to_install() -> None:
    """Other providers' packages are not ours; its sentence names the package."""
    coder = ModelCoder(BOOK, model="cohere/m")
    with pytest.raises(InputError, match=r"provider cohere can't be used: .*cohere"):
        run(coder, tasks(1))


@pytest.mark.parametrize("provider", ["together", "deepseek", "ollama", "openrouter"])
def test_other_providers_are_reached_through_instructor(
    server: ScriptedServer, provider: str
) -> None:
    """Their SDK's own retries are off: a fault costs one request more, not several."""
    server.script = once(failing(503))
    coder = model_coder(server, model=f"{provider}/tiny", api_key="key")
    decision = run(coder, tasks(1))["p1"]
    assert kind_of(decision) == "quoted"
    assert decision.usage.n_requests == len(server.requests) == 2
    assert server.requests[0].body["model"] == "tiny"


def test_another_provider_without_a_key_names_the_variable() -> None:
    """The sentence is the provider's; nothing is sent."""
    coder = ModelCoder(BOOK, model="together/m")
    with pytest.raises(PermanentProviderError, match="TOGETHER_API_KEY is not set"):
        run(coder, tasks(1))


def test_an_environment_variable_never_redirects_posts(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OPENAI_BASE_URL points elsewhere; the posts go where the caller said."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    assert kind_of(run(model_coder(server), tasks(1))["p1"]) == "quoted"
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    coder = ModelCoder(BOOK, model="anthropic/m")
    with pytest.raises(InputError, match="ANTHROPIC_BASE_URL is set and would send posts"):
        run(coder, tasks(1))


def test_a_server_of_ones_own_needs_no_key(server: ScriptedServer) -> None:
    """A placeholder goes in the header, since some servers want one."""
    run(model_coder(server), tasks(1))
    assert server.requests[0].headers["authorization"] == "Bearer none-needed"


def test_a_server_of_ones_own_may_use_any_model_name(server: ScriptedServer) -> None:
    """A slash that names no provider belongs to the model's name; `openai/` is taken off."""
    for model in ("meta-llama/tiny", "tiny", "openai/openai/tiny"):
        run(model_coder(server, model=model), tasks(1))
    assert [request.body["model"] for request in server.requests] == [
        "meta-llama/tiny",
        "tiny",
        "openai/tiny",
    ]


def unable(*modes: str, fault: HttpReply) -> Script:
    """Return a script of a server that answers the modes with a fault."""
    return lambda request: fault if request.mode in modes else code_by_keyword(request)


@pytest.mark.parametrize(
    "fault",
    [
        failing(400, "tools are not supported"),
        failing(500, "tool calls need a template"),
        failing(422),
        failing(501),
        failing(500),
    ],
    ids=["400", "500-says-so", "422", "501", "500"],
)
def test_a_mode_the_server_lacks_is_left_for_the_next(
    server: ScriptedServer, fault: HttpReply
) -> None:
    """Tools, then JSON schema, then JSON in the text; the one that worked serves all the rest."""
    server.script = unable("tools", "json-schema", fault=fault)
    decisions = run(model_coder(server), tasks(4))
    # A breakdown may heal, and is tried once more before it is taken for a lack.
    n_tries = 2 if fault.body == failing(500).body and fault.status == 500 else 1
    lacking = [*["tools"] * n_tries, *["json-schema"] * n_tries]
    assert [request.mode for request in server.requests] == [*lacking, *["json"] * 4]
    assert all(kind_of(decision) == "quoted" for decision in decisions.values())
    assert '"pattern"' in server.requests[-1].system
    assert '"pattern"' not in server.requests[0].system


def test_what_one_coder_has_learnt_of_a_model_the_next_need_not_try(
    server: ScriptedServer,
) -> None:
    """Those that ask one after the other in one run share the mode that works."""
    server.script = unable("tools", "json-schema", fault=failing(400))
    known = Acquaintance()
    options = ModelOptions(base_url=server.url)
    for post in tasks(2):
        run(ModelCoder(BOOK, model="openai/tiny", options=options, known=known), [post])
    modes = [request.mode for request in server.requests]
    assert modes == ["tools", "json-schema", "json", "json"]


def test_text_where_a_tool_call_was_asked_for_leads_to_the_next_mode(
    server: ScriptedServer,
) -> None:
    """A server that ignores tools and chats is asked with a schema."""

    def script(request: ChatRequest) -> HttpReply:
        return saying(request, "Sure!") if request.mode == "tools" else code_by_keyword(request)

    server.script = script
    run(model_coder(server), tasks(2))
    assert [request.mode for request in server.requests] == ["tools", "json-schema", "json-schema"]


def test_json_in_the_text_of_a_tool_reply_is_taken(server: ScriptedServer) -> None:
    """Some servers put the arguments in the text; asking again would waste a request."""
    text = '{"posts": ["1: other"]}'
    server.script = lambda request: saying(request, f"<think>hm {{</think> ```json\n{text}\n```")
    decision = run(model_coder(server), tasks(1))["p1"]
    assert codings_of(decision)[0][2] == ()
    assert len(server.requests) == 1


@pytest.mark.parametrize("mode", ["tools", "json-schema", "json"])
def test_a_mode_can_be_forced(server: ScriptedServer, mode: str) -> None:
    """Nothing else is tried, even if it fails."""
    server.script = unable(mode, fault=failing(400, "tools are not supported"))
    decisions = run(model_coder(server, mode=mode), tasks(2))
    assert {request.mode for request in server.requests} == {mode}
    assert failure_of(decisions["p1"]).error == "RejectedError"


def test_several_tool_calls_are_one_reply(server: ScriptedServer) -> None:
    """Some models make one call per post."""

    def script(request: ChatRequest) -> HttpReply:
        calls: list[JsonValue] = []
        for number in request.posts:
            one = f'{{"posts": ["{number}: no-idea"]}}'
            calls.append({
                "id": f"c{number}",
                "type": "function",
                "function": {"name": "Reply", "arguments": one},
            })
        return saying(request, "", tool_calls=calls)

    server.script = script
    decisions = run(model_coder(server, posts_per_request=2), tasks(2))
    assert [kind_of(decision) for decision in decisions.values()] == ["left-out"] * 2
    assert len(server.requests) == 1


def test_a_model_that_takes_no_temperature_gets_none(server: ScriptedServer) -> None:
    """Reasoning models refuse one; the first refusal is enough for the run."""

    def script(request: ChatRequest) -> HttpReply:
        if "temperature" in request.body:
            return failing(400, "Unsupported value: 'temperature' does not support 0.0")
        return code_by_keyword(request)

    server.script = script
    shelf = Shelf()
    run(model_coder(server, shelf, temperature=0), tasks(3))
    assert ["temperature" in request.body for request in server.requests] == [True, *[False] * 3]
    assert {a.parameters["temperature_used"] for a in shelf.answers.values()} == {None}


def test_a_page_instead_of_json_fails_the_post(server: ScriptedServer) -> None:
    """A proxy's error page with status 200 is no reply."""
    server.script = lambda _: HttpReply(200, "<html>maintenance</html>")
    decision = run(model_coder(server), tasks(1))["p1"]
    assert "maintenance" in failure_of(decision).detail


def test_broken_json_from_the_server_fails_the_post(server: ScriptedServer) -> None:
    """A body that is cut off in the server's own JSON is not taken for an answer."""
    server.script = lambda _: HttpReply(200, '{"choices": [', {"Content-Type": "application/json"})
    assert kind_of(run(model_coder(server), tasks(1))["p1"]) == "failed"


def test_calling_answers_in_the_form_asked_for(server: ScriptedServer) -> None:
    """The scripted server itself: JSON text in a code block when no form was asked for."""
    request = ChatRequest(
        "/v1/chat/completions", {}, {"model": "m", "messages": [{"content": "a"}]}
    )
    assert "```json" in str(calling(request, "{}").body)
    assert server.url.endswith("/v1")
