"""Posts that never reach a model: repeated, passed on, or without a word to quote."""

from pathlib import Path

import pytest
from servers.openai_server import ScriptedServer

import secondcoder
from secondcoder.schema.codings import LeftOut, Quoted

ANSWER = "Protected time for the whole team helps us most of all."
CHAT = f"""id,author,text
1,ann,{ANSWER}
2,bob,{ANSWER}
3,cat,RT @ann: {ANSWER}
4,dan,@ann @bob #huddle https://example.org/x
5,eve,Colleagues who listen to one another are worth more than any form.
"""


def test_repeats_reposts_and_bare_furniture_are_never_asked_about(tmp_path: Path) -> None:
    """Of five posts two are sent, each once; the other three have their reason in the codings."""
    chat, codebook = tmp_path / "chat.csv", tmp_path / "codebook.yaml"
    chat.write_text(CHAT, "utf-8")
    codebook.write_text(
        "questions: [{id: Q1, text: 'What would help?'}]\n"
        "themes: [{id: time, name: Protected time, questions: [Q1]}]\n",
        "utf-8",
    )
    with ScriptedServer() as server:
        options = secondcoder.ModelOptions(base_url=server.url)
        codings = secondcoder.code(
            chat, codebook, coder="m", options=options, ledger=tmp_path / "ledger.sqlite"
        )
        sent = [post for request in server.requests for post in request.posts.values()]
    assert len(sent) == 2
    assert sum("Protected time for the whole team" in post for post in sent) == 1
    outcomes = {coded.post.id: coded.outcome for coded in codings.posts}
    assert isinstance(outcomes["1"], Quoted)
    reasons = {
        post_id: outcome.reason.value
        for post_id, outcome in outcomes.items()
        if isinstance(outcome, LeftOut)
    }
    assert reasons == {"2": "duplicate", "3": "repost", "4": "empty"}


@pytest.mark.parametrize("author", ["bob", "ann"])
def test_a_short_answer_of_another_is_asked_about_and_ones_own_again_is_not(
    tmp_path: Path, author: str
) -> None:
    """Two people who answer "Trust" are two answers; one person twice is one."""
    chat, codebook = tmp_path / "chat.csv", tmp_path / "codebook.yaml"
    chat.write_text(f"id,author,text\n1,ann,Trust\n2,{author},Trust\n", "utf-8")
    codebook.write_text("questions: [{id: Q1, text: 'What would help?'}]\n", "utf-8")
    with ScriptedServer() as server:
        options = secondcoder.ModelOptions(base_url=server.url)
        secondcoder.code(
            chat, codebook, coder="m", options=options, ledger=tmp_path / "ledger.sqlite"
        )
        n_sent = sum(len(request.posts) for request in server.requests)
    assert n_sent == (1 if author == "ann" else 2)
