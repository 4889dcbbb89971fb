"""Posting: what goes out, and what is raised, is what the SDK would send and raise."""

import asyncio
import json
from collections.abc import Mapping

import openai  # noqa: TID251  # what it raises is what this compares with
import pytest
from pydantic import JsonValue
from servers.openai_server import ChatRequest, HttpReply, ScriptedServer, failing, saying

from secondcoder.coding.connection import connected
from secondcoder.coding.endpoints import Settings
from secondcoder.coding.faults import error_of
from secondcoder.coding.posting import Posting
from secondcoder.schema.options import ModelOptions

BODY: dict[str, JsonValue] = {
    "model": "tiny",
    "messages": [{"role": "user", "content": "Tea ☕ <first>"}],
    "n": 1,
}
WRITTEN = json.dumps(BODY, ensure_ascii=False, separators=(",", ":")).encode()


def posted(
    server: ScriptedServer,
    times: int,
    *,
    by_the_sdk: bool,
    heard: list[str] | None = None,
    timeout_s: float = 60.0,
) -> None:
    """Post the same body so many times, one after the other; what is raised is raised."""

    def hear(headers: Mapping[str, str]) -> None:
        if heard is not None:
            heard.append(headers.get("x-number", ""))

    async def post() -> None:
        options = ModelOptions(base_url=server.url, api_key="sk-1", timeout_s=timeout_s)
        connection = connected(Settings("openai/tiny", options), hear)
        posting = connection.posting
        assert posting is not None
        if by_the_sdk:
            posting = Posting(connection.sdk, None, hear)
        try:
            for _ in range(times):
                await posting.post(WRITTEN)
        finally:
            await connection.sdk.close()

    asyncio.run(post())


def test_what_follows_goes_out_as_the_first_did(server: ScriptedServer) -> None:
    """The same address, headers and body, key included."""
    server.script = lambda request: saying(request, "yes")
    posted(server, 3, by_the_sdk=False)
    first, *others = server.requests
    assert first.headers["authorization"] == "Bearer sk-1"
    assert first.body == BODY
    assert others == [first, first]


def test_what_the_server_says_of_its_limits_is_heard_of_every_answer(
    server: ScriptedServer,
) -> None:
    """Of refusals, too, and once of each."""
    n_asked = 0

    def number(request: ChatRequest) -> HttpReply:
        nonlocal n_asked
        n_asked += 1
        reply = saying(request, "yes") if n_asked < 3 else failing(429)
        return reply._replace(headers={"x-number": str(n_asked)})

    server.script = number
    heard: list[str] = []
    with pytest.raises(openai.APIStatusError):
        posted(server, 3, by_the_sdk=False, heard=heard)
    assert heard == ["1", "2", "3"]


@pytest.mark.parametrize(
    "fault",
    [
        failing(400, "no such form", "bad_form"),
        failing(429, "slowly", "rate", retry_after="7"),
        failing(500),
        HttpReply(502, "<html>a gateway</html>"),
        HttpReply(503, ""),
        HttpReply(400, {"message": "no envelope", "code": "flat"}),
        HttpReply(400, "[1]"),
        HttpReply(302, "", {"location": "http://127.0.0.1:1/"}),
        HttpReply(drop=True),
        HttpReply(hang=True),
        HttpReply(body={"a": "b" * 99}, cut=True),
    ],
    ids=["400", "429", "500", "page", "none", "flat", "list", "redirect", "drop", "hang", "cut"],
)
def test_a_fault_means_what_it_means_to_the_sdk(server: ScriptedServer, fault: HttpReply) -> None:
    """The class of our error, its words and how long to wait are the same either way."""
    found = []
    # The first of two requests is answered, the second is not.
    server.script = lambda request: saying(request, "yes") if len(server.requests) % 2 else fault
    # Short for the server that hangs alone: elsewhere a busy machine must not look like a fault.
    timeout_s = 1.0 if fault.hang else 60.0
    for by_the_sdk in (True, False):
        with pytest.raises(openai.OpenAIError) as caught:
            posted(server, 2, by_the_sdk=by_the_sdk, timeout_s=timeout_s)
        endpoint = connected(
            Settings("openai/tiny", ModelOptions(base_url=server.url)), lambda _: None
        ).endpoint
        ours = error_of(caught.value, endpoint, reached=True)
        assert ours is not None
        found.append((type(ours), str(ours), getattr(ours, "retry_after_s", None)))
    assert found[0] == found[1]
    assert len(server.requests) == 4
