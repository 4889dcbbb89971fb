"""The pages of a proposal: each theme with what it rests on, the same in both forms."""

import re

import pytest

import secondcoder
from secondcoder.reporting.pages import source_hash
from secondcoder.reporting.proposal_html import proposal_html
from secondcoder.reporting.proposal_markdown import proposal_markdown
from secondcoder.reporting.proposal_pages import (
    proposal_pages,
    saturation_chart,
    saturation_sentence,
)
from secondcoder.schema.chat import Chat, ChatInfo, Post
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.proposals import Proposal, Saturation, SaturationPoint

SHOUT = "A1 <script>alert('tea')</script> & a *bold* pot of tea in the kitchen of ward 9"
TEAS = (
    "where the blue chairs stand",
    "once handover is over",
    "while it pours outside",
    "whoever brought buns",
    "before anybody has to drive",
    "with last week's newspaper",
    "under our crooked noticeboard",
    "until somebody's pager goes",
)
UNITS = (
    "so Fridays stay thin",
    "except by swapping favours",
    "however early we plead",
    "which managers call normal",
)
CHAT = Chat(
    info=ChatInfo(title="Pauses", moderators=("host",)),
    posts=(
        Post(id="q", author="host", text="Q1: What gives you a pause at work?"),
        *(
            Post(id=f"t{n}", author=f"ann{n % 6}", text=f"A1 a pot of tea in the kitchen {text}")
            for n, text in enumerate(TEAS)
        ),
        *(
            Post(id=f"r{n}", author=f"bo{n}", text=f"A1 the rota leaves nobody free, {text}")
            for n, text in enumerate(UNITS)
        ),
        Post(id="s", author="di", text=SHOUT),
        Post(id="x", author="cy", text="A1 Zebras gallop quickly along dusty plains at dawn"),
    ),
)


@pytest.fixture(scope="module")
def proposal() -> Proposal:
    """Return what is proposed without a model: tea, with a shout, and rotas; zebras in no theme."""
    return secondcoder.propose(CHAT, grain=4, seed=5)


def test_examples_are_by_distinct_people_and_the_rest_follow(proposal: Proposal) -> None:
    """Nine posts on tea by seven people: five examples by five of them, four more quotes."""
    (question,) = proposal_pages(proposal).questions
    tea = next(theme for theme in question.themes if "tea" in theme.name.casefold())
    author = {post.id: post.author for post in CHAT.posts}
    assert tea.tally == "7 people in 9 posts"
    assert len({author[quote.post_id] for quote in tea.examples}) == len(tea.examples) == 5
    assert [author[quote.post_id] for quote in tea.examples] == [
        quote.author for quote in tea.examples
    ]
    assert len(tea.others) == 4
    assert [quote.post_id for quote in question.residue] == ["x"]


def test_what_is_of_too_few_people_is_listed_apart_with_the_reason() -> None:
    """Four people on tea; of the rota speak two: no theme, and not among the rest either."""
    posts = tuple(
        post for post in CHAT.posts if post.id in {"q", "t0", "t1", "t2", "t3", "r0", "r1"}
    )
    made = secondcoder.propose(Chat(info=CHAT.info, posts=posts))
    (question,) = proposal_pages(made).questions
    (few,) = question.too_few
    assert (few.tally, {quote.post_id for quote in few.quotes}) == (
        "2 people in 2 posts",
        {"r0", "r1"},
    )
    assert question.residue == ()
    for page in (proposal_html(made), proposal_markdown(made)):
        assert "Of too few people" in page
        assert "of a theme, 3 people can be quoted." in page
        assert "2 people in 2 posts" in page


def test_counter_examples_say_where_they_are_laid(proposal: Proposal) -> None:
    """What is near to rotas in words lies under tea, or in no theme."""
    (question,) = proposal_pages(proposal).questions
    names = {theme.name for theme in question.themes}
    said = {quote.under for theme in question.themes for quote in theme.counter_examples}
    assert said
    assert said <= {"in no theme", *(f"under “{name.strip('“”')}”" for name in names)}


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([(2, 1), (5, 2), (9, 2)], "The last new theme was met in post 5 of 9 read."),
        ([(2, 1), (9, 2)], "in the last of 9 posts read: more posts may hold more themes."),
        ([(9, 0)], "No new theme was met in 9 posts."),
    ],
)
def test_saturation_is_told_in_a_sentence(points: list[tuple[int, int]], words: str) -> None:
    """Where the curve still rises at its end, that is said."""
    steps = tuple(SaturationPoint(n_posts=posts, n_themes=met) for posts, met in points)
    assert words in saturation_sentence(Saturation(question_id="Q1", points=steps))


def test_the_curve_is_drawn_and_ends_with_every_post(proposal: Proposal) -> None:
    """Fourteen posts are drawn one by one; of 1,000 every 25th; where nothing was met, none."""
    (question,) = proposal_pages(proposal).questions
    assert question.picture is not None
    assert question.picture.rows[-1] == ("14", 2)
    assert "<svg" in proposal_html(proposal)
    points = (SaturationPoint(n_posts=3, n_themes=1), SaturationPoint(n_posts=1000, n_themes=1))
    long = saturation_chart(Saturation(question_id="Q1", points=points), 1)
    assert long is not None
    assert len(long.rows) == 40
    assert (long.rows[0], long.rows[-1]) == (("25", 1), ("1,000", 1))
    nothing = (SaturationPoint(n_posts=9, n_themes=0),)
    assert saturation_chart(Saturation(question_id="Q1", points=nothing), 1) is None


def test_both_forms_hold_every_fact(proposal: Proposal) -> None:
    """Sample, seed, every theme and its tally, the curve's sentence, and what no theme covers."""
    pages = proposal_pages(proposal)
    facts = dict(pages.facts)
    assert facts["Seed"].startswith("5 ")
    assert facts["Posts read"] == "all 14 posts with answers"
    assert facts["Grain"] == "about 4 themes per question"
    (question,) = pages.questions
    told = [pages.lead, question.saturation, question.tally, "Zebras gallop quickly"]
    told += [words for theme in question.themes for words in (theme.name, theme.tally)]
    for form in (proposal_html(proposal), proposal_markdown(proposal)):
        plain = form.replace("&#39;", "'")
        assert all(words in plain for words in told)


def test_what_participants_wrote_is_no_markup(proposal: Proposal) -> None:
    """A post with a script and stars; the page admits its own style sheet alone."""
    page = proposal_html(proposal)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    (style,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    assert f"style-src '{source_hash(style)}'" in page
    assert "default-src 'none'" in page
    assert r"\<script\>alert('tea')\</script\> \& a \*bold\* pot" in proposal_markdown(proposal)


def test_a_sample_is_told_as_one_and_known_themes_are_marked() -> None:
    """Six of fourteen posts; the codebook's own theme stands beside the proposed ones."""
    start = Codebook(
        title="Mine",
        questions=(secondcoder.Question(id="Q1", text="What gives you a pause at work?"),),
        themes=(Theme(id="tea", name="A pot of tea in the kitchen", questions=("Q1",)),),
    )
    found = secondcoder.propose(CHAT, codebook=start, sample=6)
    pages = proposal_pages(found)
    drawn = "6 of 14 posts with answers, drawn by chance from each question in proportion"
    assert dict(pages.facts)["Posts read"] == drawn
    assert "beside 1 theme that it had" in pages.lead
    assert "### A pot of tea in the kitchen (known)" in proposal_markdown(found)
    assert '<span class="known">known</span>' in proposal_html(found)
