"""Posts that agree or thank and say nothing: no answers, and counted where that is told."""

from collections import Counter

import secondcoder
from secondcoder.reporting.proposal_markdown import proposal_markdown
from secondcoder.schema.chat import Chat, ChatInfo, Post
from secondcoder.schema.codings import LeftOut

SAYS = (
    "A1 a pot of tea in the kitchen",
    "A1 tea in the kitchen at four",
    "A1 a quiet pot of tea",
    "A1 agree",
    "Thank you all, good night!",
)
CHAT = Chat(
    info=ChatInfo(moderators=("host",)),
    posts=(
        Post(id="q", author="host", text="Q1: What gives you a pause at work?"),
        *(Post(id=f"a{n}", author=f"ann{n}", text=text) for n, text in enumerate(SAYS)),
    ),
)


def test_what_says_nothing_is_no_answer_and_is_counted() -> None:
    """As coding leaves it out; the evidence says how many there are."""
    found = secondcoder.propose(CHAT)
    assert found.sample.n_posts == 3
    assert found.sample.left_out == {"no-idea": 2, "question": 1}
    assert "No idea of their own: 2" in proposal_markdown(found)
    tea = secondcoder.Theme(id="tea", name="A pot of tea in the kitchen")
    coded = secondcoder.code(CHAT, found.codebook.changed(themes=(tea,)))
    outcomes = (post.outcome for post in coded.posts)
    reasons = Counter(each.reason.value for each in outcomes if isinstance(each, LeftOut))
    assert reasons == found.sample.left_out
