"""What a model is not asked while a codebook is extended."""

from pathlib import Path

from servers.openai_server import ChatRequest, HttpReply, ScriptedServer, code_by_keyword, saying

import secondcoder
from secondcoder.schema.chat import Chat, ChatInfo, Post, Question
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.options import ModelOptions

SAYS = ("a pot of tea", "a walk in the yard", "some tea at four", "nothing at all")
CHAT = Chat(
    info=ChatInfo(moderators=("host",)),
    posts=(
        Post(id="q1", author="host", text="Q1: What gives you a pause at work?"),
        Post(id="q2", author="host", text="Q2: What would you wish for?"),
        *(
            Post(id=f"{question}{n}", author=f"ann{n}", text=f"A{question} {words}")
            for question in (1, 2)
            for n, words in enumerate(SAYS)
        ),
        Post(id="g", author="cy", text="The trains are late once more this evening"),
    ),
)
BOOK = Codebook(
    questions=(
        Question(id="Q1", text="What gives you a pause at work?"),
        Question(id="Q2", text="What would you wish for?"),
    ),
    themes=(Theme(id="tea", name="Tea", questions=("Q1",)),),
)


def test_a_model_is_asked_what_is_covered_only_where_a_theme_can_be(tmp_path: Path) -> None:
    """Of nine posts, the four of the question that has a theme; an estimate counts the same."""
    options = {"mode": "json", "posts_per_request": 1}
    coverage: list[str] = []

    def script(request: ChatRequest) -> HttpReply:
        if "<<<POST" in request.user:
            coverage.append(request.user)
            return code_by_keyword(request)
        return saying(request, '{"codes": []}')

    with ScriptedServer(script) as server:
        asked = ModelOptions.model_validate({"base_url": server.url, **options})
        found = secondcoder.propose(
            CHAT, codebook=BOOK, coder="m", options=asked, ledger=tmp_path / "ledger.sqlite"
        )
    assert len(coverage) == 4
    assert found.sample.n_read == 9
    estimate = secondcoder.estimate_proposal(
        CHAT,
        codebook=BOOK,
        coder="m",
        options=ModelOptions.model_validate({"base_url": "http://127.0.0.1:9/v1", **options}),
        ledger=tmp_path / "other.sqlite",
    )
    steps = {step.step: step.n_requests for step in estimate.steps}
    assert steps["what the codebook covers"] == 4
