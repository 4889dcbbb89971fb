"""What a report prints, counted by hand on the ten posts of `conftest.py`."""

from datetime import timedelta

import pytest

from secondcoder.induction.summarise import key_findings
from secondcoder.reporting.breakdown import ThemeOrder
from secondcoder.reporting.findings import findings
from secondcoder.schema.chat import ChatCounts, ChatInfo, WindowCount
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import Codings, PostCodings, Quoted
from secondcoder.schema.runs import Coder, CoderKind, Run


def with_run(codings: Codings, run: Run) -> Codings:
    """Return the codings as if that run had made them."""
    return Codings(info=codings.info.model_copy(update={"run": run}), posts=codings.posts)


def with_chat(codings: Codings, chat: ChatInfo) -> Codings:
    """Return the codings as if they were about that chat."""
    return Codings(info=codings.info.model_copy(update={"chat": chat}), posts=codings.posts)


def with_themes(codings: Codings, **numbers: int) -> Codings:
    """Return the codings under a codebook whose themes carry those numbers."""
    book = codings.info.codebook
    themes = tuple(
        Theme.model_validate({**theme.model_dump(), "number": numbers.get(theme.id)})
        for theme in book.themes
    )
    changed = Codebook(title=book.title, questions=book.questions, themes=themes)
    return Codings(info=codings.info.model_copy(update={"codebook": changed}), posts=codings.posts)


def fact(codings: Codings, name: str) -> str:
    """Return one line of how the coding was made."""
    return {each.name: each.value for each in findings(codings).introduction.made}[name]


def numbers_by_question(
    codings: Codings, order: ThemeOrder = "authors"
) -> dict[str | None, list[tuple[int, str]]]:
    """Return number and id of the themes under each question, in the order of print."""
    return {
        section.question_id: [(theme.number, theme.theme_id) for theme in section.themes]
        for section in findings(codings, order=order).breakdown.questions
    }


def test_a_quote_under_two_themes_counts_once_in_the_totals(codings: Codings) -> None:
    """Eight quotes; the one on June's numbers stands under both themes of Q1."""
    breakdown = findings(codings).breakdown
    assert breakdown.tally.n_quotes == 8
    assert breakdown.tally.n_authors == 4
    first = breakdown.questions[0]
    assert first.tally.words == "5 quotes from 3 authors"
    assert [theme.tally.words for theme in first.themes] == [
        "4 quotes from 3 authors",
        "1 quote from 1 author",
    ]
    assert [quote.text for quote in first.themes[1].quotes] == ["the numbers come in June"]
    assert first.themes[1].quotes[0].also_under == ("theme 1",)
    assert [quote.text for quote in first.other_ideas] == ["Rotas are a puzzle"]


def test_themes_without_numbers_are_numbered_by_authors_across_questions(codings: Codings) -> None:
    """The theme of three authors comes before the theme of one, whatever the codebook's order."""
    assert numbers_by_question(codings) == {
        "Q1": [(1, "time"), (2, "data")],
        "Q2a": [(3, "safety")],
        "Q2b": [(3, "safety")],
        None: [(4, "thanks")],
    }
    assert "number of authors, then by posts" in findings(codings).breakdown.order


def test_numbers_of_the_codebook_are_kept_with_their_holes(codings: Codings) -> None:
    """Themes 2, 5 and 9 keep their numbers; the one without takes 10, not the hole at 1.

    Three people spoke of time and one of data: by authors, number 5 comes first.
    """
    numbered = with_themes(codings, data=2, time=5, safety=9)
    assert numbers_by_question(numbered)["Q1"] == [(5, "time"), (2, "data")]
    assert numbers_by_question(numbered, "numbers") == {
        "Q1": [(2, "data"), (5, "time")],
        "Q2a": [(9, "safety")],
        "Q2b": [(9, "safety")],
        None: [(10, "thanks")],
    }


def test_a_question_without_quotes_says_so(codings: Codings) -> None:
    """Nobody answered Q2b: its section stands, and is empty."""
    section = findings(codings).breakdown.questions[2]
    assert section.question_id == "Q2b"
    assert section.parent_text == "How do we learn?"
    assert section.tally.sentence == "No quotes."
    assert section.nothing == "No post gave a quote to this question."


def test_posts_that_answered_no_question_come_last(codings: Codings) -> None:
    """The thanks and the cake belong to no question; the cake to no theme either."""
    last = findings(codings).breakdown.questions[-1]
    assert last.heading == "Posts that answered no question"
    assert [quote.post_id for quote in last.themes[0].quotes] == ["p3"]
    assert [quote.post_id for quote in last.other_ideas] == ["p4"]


def test_every_post_is_in_exactly_one_place_of_the_accounting(codings: Codings) -> None:
    """Quoted, left out, abstained and failed share no post and add up to ten."""
    found = findings(codings)
    account = found.accounting
    quoted = {
        quote.post_id
        for section in found.breakdown.questions
        for quotes in [*(theme.quotes for theme in section.themes), section.other_ideas]
        for quote in quotes
    }
    places = [
        sorted(quoted),
        *([post.post_id for post in group.posts] for group in account.left_out),
        [post.post_id for post in account.abstained],
        [post.post_id for post in account.failed],
    ]
    assert places == [["p1", "p2", "p3", "p4", "p5"], ["p6"], ["p7"], ["p8"], ["p9"], ["p10"]]
    assert [value for _, value in account.rows] == [5, 3, 1, 1, 10]
    assert sum(value for _, value in account.rows[:-1]) == account.rows[-1][1]


def test_a_repost_names_the_post_it_repeats_and_a_failure_its_error(codings: Codings) -> None:
    """p7 repeats p2, p8 repeats p6, and p10 says what broke."""
    account = findings(codings).accounting
    repost, duplicate = (group.posts[0] for group in account.left_out[1:])
    assert (repost.same_as, repost.same_is_here) == ("p2", True)
    assert (duplicate.same_as, duplicate.same_is_here) == ("p6", True)
    assert account.failed[0].why == "ResponseError: segment 9 of 2"


def test_each_post_is_anchored_once(codings: Codings) -> None:
    """A post's first quote carries the anchor, so that no id appears twice on the page."""
    anchors = [
        quote.post_id
        for section in findings(codings).breakdown.questions
        for quotes in [*(theme.quotes for theme in section.themes), section.other_ideas]
        for quote in quotes
        if quote.is_anchor
    ]
    assert sorted(anchors) == ["p1", "p2", "p3", "p4", "p5"]


def test_figures_are_counted_from_the_posts_where_the_chat_has_none(codings: Codings) -> None:
    """Nine posts in the hour, ten in the day; Ann and ANN are one participant."""
    introduction = findings(codings).introduction
    assert introduction.figures == (
        "There were 9 posts by 6 participants within the hour (1 repost among them) and "
        "10 posts by 6 participants within 24 hours of the start (1 repost among them).",
        "1 of the posts repeats an earlier post word for word.",
    )


def test_the_chats_own_figures_are_printed_where_it_has_them(codings: Codings) -> None:
    """A report made by people counts more posts than it quotes."""
    counts = ChatCounts(
        n_posts=805,
        n_reposts=0,
        n_duplicates=0,
        n_participants=121,
        n_without_time=2,
        windows=(WindowCount(hours=1, n_posts=555, n_reposts=0, n_participants=60),),
    )
    found = findings(with_chat(codings, ChatInfo(counts=counts)))
    assert found.introduction.figures == (
        "There were 555 posts by 60 participants within the hour.",
        "In all, there were 805 posts by 121 participants.",
        "2 posts carry no time and are in no stretch of time.",
        "Of these, 10 posts are in the codings that this report is made of.",
    )
    assert found.summary == (
        "Of 10 posts, 5 gave 8 quotes from 4 authors; 3 were left out with a reason, "
        "1 is for people to decide, and 1 failed."
    )


def test_a_chat_without_a_start_has_no_stretches_of_time(codings: Codings) -> None:
    """The start is not guessed."""
    figures = findings(with_chat(codings, ChatInfo(length=timedelta(hours=2)))).introduction.figures
    assert figures[0] == "There were 10 posts by 6 participants; 1 of the posts is a repost."


@pytest.mark.parametrize(
    ("kind", "base_url", "words"),
    [
        ("embedded", None, "nothing left this machine"),
        ("person", None, "nothing left this machine: people coded, no server was asked"),
        ("model", None, "the address they were sent to is not recorded"),
        ("model", "https://k:s@api.example.org/v1?key=1", "sent to https://api.example.org/v1, "),
        ("model", "http://localhost:11434/v1", "http://localhost:11434/v1, on this machine, "),
    ],
)
def test_it_says_where_words_went_and_no_secret(
    codings: Codings, kind: str, base_url: str | None, words: str
) -> None:
    """The one endpoint is named, without the key that an address may carry."""
    run = Run(id="r", coder=Coder(id="c", kind=CoderKind(kind)), base_url=base_url)
    told = fact(with_run(codings, run), "Where words went")
    assert words in told
    assert "key=1" not in told
    assert "k:s@" not in told


def test_it_says_how_the_coding_was_made(codings: Codings) -> None:
    """Coder, day, codebook with its hash, prompt, and a codebook changed since the run."""
    run = Run.model_validate({
        "id": "r",
        "coder": {"id": "openai/small", "kind": "model", "description": "asked one by one"},
        "finished_at": "2026-03-07T09:00:00+01:00",
        "secondcoder_version": "0.1.0",
        "codebook_sha256": "ab" * 32,
        "prompt_sha256": "cd" * 32,
        "prompt_version": "code-posts/v1",
        "parameters": {"temperature": 0},
        "usage": {"n_requests": 1200, "prompt_tokens": 5, "cost_usd": 0.1},
    })
    made = with_run(codings, run)
    assert fact(made, "Coded by") == "openai/small (a language model): asked one by one"
    assert fact(made, "Coded on") == "7 March 2026"
    assert fact(made, "Codebook") == (
        f"Starting small, version 3, hash {codings.info.codebook.sha256[:12]}"
    )
    assert fact(made, "Prompt") == "code-posts/v1, hash cdcdcdcdcdcd"
    assert fact(made, "Codebook of the run").startswith("hash abababababab")
    assert fact(made, "Requests").startswith("1,200 requests, 0 answers reused, 5 tokens sent")
    assert fact(made, "Requests").endswith("0.10 US dollars")
    facts = {each.name: each.value for each in findings(made).methods.facts}
    assert "temperature = 0" in facts["Model and settings"]
    assert fact(made, "Program") == "secondcoder 0.1.0"


def test_authors_that_are_not_given_are_not_counted_as_one(codings: Codings) -> None:
    """Without a handle nobody knows how many people spoke."""
    posts = tuple(
        coded.model_copy(update={"post": coded.post.model_copy(update={"author": None})})
        for coded in codings.posts
    )
    unsigned = findings(Codings(info=codings.info, posts=posts))
    assert unsigned.breakdown.tally.words == "8 quotes, authors not given"
    assert "by their number of posts, the most first" in unsigned.breakdown.order
    some = Codings(info=codings.info, posts=(posts[0], *codings.posts[1:]))
    assert findings(some).breakdown.tally.words == "8 quotes from 4 known authors, 2 unsigned"
    assert "number of known authors, then by posts" in findings(some).breakdown.order
    assert unsigned.introduction.figures[0].startswith("There were 9 posts within the hour")


def test_no_posts_at_all_make_a_report_that_says_so(codings: Codings) -> None:
    """An empty chat is reported, not an error."""
    found = findings(Codings(info=codings.info))
    assert found.accounting.rows[-1] == ("All posts", 0)
    assert found.breakdown.tally.words == "no quotes"


def test_a_general_theme_that_nobody_used_is_told_of_once(codings: Codings) -> None:
    """Without p3, no quote carries "Thanks": it stands at the end, with no quotes."""
    posts = tuple(coded for coded in codings.posts if coded.post.id != "p3")
    last = findings(Codings(info=codings.info, posts=posts)).breakdown.questions[-1]
    assert [(theme.name, theme.tally.sentence) for theme in last.themes] == [
        ("Thanks", "No quotes.")
    ]


def test_a_quote_of_two_questions_counts_once_and_names_its_other_place(codings: Codings) -> None:
    """The same words may answer two questions; they stay one quote."""
    first = codings.posts[0]
    twice = first.codings[0].model_copy(update={"question_id": "Q2a", "theme_ids": ("safety",)})
    both = PostCodings(post=first.post, outcome=Quoted(codings=(first.codings[0], twice)))
    breakdown = findings(Codings(info=codings.info, posts=(both,))).breakdown
    assert breakdown.tally.words == "1 quote from 1 author"
    assert breakdown.questions[0].themes[0].quotes[0].also_under == ("theme 3 of Q2a",)
    assert breakdown.questions[1].themes[0].quotes[0].also_under == ("theme 1 of Q1",)


def test_an_answer_to_a_question_with_parts_keeps_its_own_section(codings: Codings) -> None:
    """A quote given to Q2 as a whole is not lost between Q2a and Q2b."""
    first = codings.posts[0]
    whole = first.codings[0].model_copy(update={"question_id": "Q2", "theme_ids": ("safety",)})
    post = PostCodings(post=first.post, outcome=Quoted(codings=(whole,)))
    sections = findings(Codings(info=codings.info, posts=(post,))).breakdown.questions
    assert [section.question_id for section in sections] == ["Q1", "Q2", "Q2a", "Q2b", None]
    assert sections[1].tally.n_quotes == 1


def test_a_name_from_the_right_keeps_its_question_mark_in_a_sentence(codings: Codings) -> None:
    """The name is isolated, so that its mark does not follow the English around it."""
    hebrew = "\u05de\u05d4 \u05e2\u05d5\u05d6\u05e8?"
    book = codings.info.codebook
    themes = tuple(one.model_copy(update={"name": hebrew}) for one in book.themes)
    changed = codings.info.model_copy(update={"codebook": book.changed(themes=themes)})
    full = Codings(info=changed, posts=codings.posts)
    sections = findings(full, key_findings(full)).breakdown.questions
    said = [theme.finding.text for section in sections for theme in section.themes if theme.finding]
    counted = [text for text in said if hebrew in text]
    isolated = f"“\N{FIRST STRONG ISOLATE}{hebrew}\N{POP DIRECTIONAL ISOLATE}”"
    assert counted
    assert all(isolated in text for text in counted)
