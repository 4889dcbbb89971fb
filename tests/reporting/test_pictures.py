"""Pictures as data: their numbers are those of the report and of the codings."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from secondcoder.reporting.charts import Chart, Mark
from secondcoder.reporting.chat_counts import chat_counts
from secondcoder.reporting.findings import Findings, findings
from secondcoder.reporting.over_time import over_time
from secondcoder.schema.chat import Attribution, AttributionRule, ChatInfo, Post, Question
from secondcoder.schema.codings import Codings, PostCodings, Quoted

START = datetime(2026, 3, 5, 20, tzinfo=UTC)


def chart(found: Findings, name: str) -> Chart:
    """Return the report's picture of that id."""
    return next(one for one in found.charts if one.id == name)


def written(*minutes: float) -> list[Post]:
    """Return one post for each minute after the start."""
    return [
        Post(id=f"p{place}", text="Tea", created_at=START + timedelta(minutes=minute))
        for place, minute in enumerate(minutes)
    ]


def test_columns_hold_every_post_of_the_hour(codings: Codings) -> None:
    """Nine posts in the chat's hour, one a minute; p8 came half an hour after it.

    The last of them came before half of the hour: the empty rest is not drawn.
    """
    posts = chart(findings(codings), "posts-over-time")
    assert [posts.rows[0][0], posts.rows[-1][0]] == ["20:00", "20:11"]
    assert posts.alt.startswith("One column for each minute from 20:00 to 20:12; the highest")
    assert [row for row in posts.rows if row[1]] == [
        *((f"20:0{minute}", 1) for minute in (1, 2, 3, 4, 5, 6, 7, 9)),
        ("20:10", 1),
    ]
    assert "1 post written before or after is not drawn." in posts.alt


def test_a_chat_that_goes_on_past_half_its_length_is_drawn_whole() -> None:
    """The last post came at 20:30, not before; at 20:29 the rest would not be drawn."""
    for last, n_columns in ((30, 60), (29, 30)):
        made = over_time(written(0, 1, last), ChatInfo(starts_at=START), (), clock=True)
        assert made is not None
        assert len(made.rows) == n_columns


def test_questions_are_marked_where_they_were_asked() -> None:
    """Q1 by its own time, Q2 by the post that asked it; its part says nothing of its own."""
    posts = written(0, 1, 7, 30, 59)
    questions = (
        Question(id="Q1", asked_at=START + timedelta(minutes=2)),
        Question(id="Q2", asked_by="p2"),
        Question(id="Q2a", asked_by="p2", parent="Q2"),
        Question(id="Q3"),
    )
    made = over_time(posts, ChatInfo(starts_at=START), questions, clock=True)
    assert made is not None
    assert made.marks == (Mark(row=2, label="Q1"), Mark(row=7, label="Q2"))
    assert "Q1 at 20:02 and Q2 at 20:07" in made.alt


@pytest.mark.parametrize(
    ("length", "asked", "end"),
    [
        (None, (0, 40, 85), "22:30"),
        (None, (0, 20, 42), "21:00"),
        (None, (0, 25, 52), "21:20"),
        (60, (0, 25, 52), "21:00"),
        (60, (0, 40, 85), "22:30"),
        (120, (0, 40, 85), "22:00"),
        (None, (0, 40, 40 + 60 * 24 * 30), "21:00"),
    ],
)
def test_the_hour_goes_on_past_its_last_question(
    length: int | None, asked: tuple[int, ...], end: str
) -> None:
    """As long as the longest time between two; not past a length that was given and holds them."""
    chat = ChatInfo(
        starts_at=START, length=timedelta(minutes=length) if length is not None else None
    )
    questions = [
        Question(id=f"Q{place}", asked_at=START + timedelta(minutes=minute))
        for place, minute in enumerate(asked, 1)
    ]
    made = over_time(written(*range(0, 110, 2)), chat, questions, clock=True)
    assert made is not None
    assert f" to {end};" in made.alt
    assert len(made.marks) == sum(minute < 100 for minute in asked)
    assert ("Q3 was asked before or after." in made.alt) is (asked[2] > 100)


def test_what_the_chat_knows_of_its_questions_goes_before_its_codebook() -> None:
    """A codebook made for March says when March asked; the same id was asked here at 20:02."""
    march = START - timedelta(days=61)
    book = (Question(id="Q1", asked_by="q", asked_at=march),)
    here = (Question(id="Q1", asked_by="p1", asked_at=START + timedelta(minutes=2)),)
    chat = ChatInfo(starts_at=START, questions=here)
    made = over_time(written(0, 1, 7), chat, book, clock=True)
    assert made is not None
    assert made.marks == (Mark(row=2, label="Q1"),)


@pytest.mark.parametrize(
    ("last", "title", "first", "n_columns"),
    [
        (50, "Posts per minute", "20:00", 60),
        (600, "Posts per 10 minutes", "5 Mar 20:00", 61),
        (60 * 24 * 40, "Posts per day", "5 Mar", 41),
        (60 * 24 * 400, "Posts per week", "5 Mar 2026", 58),
        (60 * 24 * 4000, "Posts per 8 weeks", "5 Mar 2026", 72),
    ],
)
def test_a_longer_chat_has_coarser_columns(
    last: int, title: str, first: str, n_columns: int
) -> None:
    """At most 72 columns, whatever the stretch; their names tell the day where days differ."""
    made = over_time(written(0, last / 2, last), ChatInfo(), (), clock=True)
    assert made is not None
    assert (made.title, made.rows[0][0], len(made.rows)) == (title, first, n_columns)
    assert sum(value or 0 for value in made.values) == 3


@pytest.mark.parametrize(
    ("begins", "last", "clock", "names"),
    [
        (0, 59, True, ["20:00", "20:10", "20:20", "20:30", "20:40", "20:50", "21:00"]),
        (0, 20, True, ["20:00", "20:05", "20:10", "20:15", "20:20", "20:25"]),
        (3, 40, True, ["20:00", "20:10", "20:20", "20:30", "20:40", "20:50"]),
        (181, 238, True, ["23:00", "23:10", "23:20", "23:30", "23:40", "23:50", "00:00"]),
        (0, 59, False, ["0 min", "10 min", "20 min", "30 min", "40 min", "50 min", "60 min"]),
        (0, 600, True, []),
    ],
)
def test_the_axis_of_time_ends_at_a_round_time_that_covers_the_posts(
    begins: int, last: int, *, clock: bool, names: list[str]
) -> None:
    """An hour ends at 21:00, not at 20:59; over midnight, columns are named as far as they fit."""
    made = over_time(written(begins, begins + 1, last), ChatInfo(), (), clock=clock)
    assert made is not None
    assert [border.label for border in made.borders] == names
    if names:
        assert made.borders[-1].row == made.n_drawn == len(made.rows)
        assert len({b.row - a.row for a, b in pairwise(made.borders)}) == 1
        assert sum(value or 0 for value in made.values) == 3


def test_stragglers_are_told_of_and_not_drawn() -> None:
    """Where the start isn't known, the middle 95 % of many posts decide what is drawn."""
    made = over_time(written(*range(98), 9000, 9001), ChatInfo(), (), clock=True)
    assert made is not None
    assert made.title == "Posts per 2 minutes"
    assert "posts written before or after are not drawn." in made.alt


def test_posts_without_times_or_of_one_moment_give_no_columns() -> None:
    """There is nothing to see."""
    assert over_time([Post(id="1", text="Tea")], ChatInfo(), (), clock=True) is None
    assert over_time(written(3, 3, 3), ChatInfo(), (), clock=True) is None


def test_bars_of_a_question_are_its_themes_tallies(codings: Codings) -> None:
    """Of Q1, `No time` is of three authors and three posts, `Late data` of one and one."""
    found = findings(codings)
    bars = chart(found, "themes-1")
    assert bars.rows == (("1. No time", 3, 3), ("2. Late data", 1, 1))
    assert bars.rows == tuple(
        (f"{theme.number}. {theme.name}", theme.tally.n_authors, theme.tally.n_posts)
        for theme in found.breakdown.questions[0].themes
    )
    assert bars.alt.startswith(
        "Bars: distinct authors; second number: posts. First comes “No time”"
    )


def test_a_name_made_of_a_quote_has_one_pair_of_quotation_marks(codings: Codings) -> None:
    """As `propose` names a theme without a model; in the sentences above both pictures."""
    book = codings.info.codebook
    quoted = {"time": "“No hours at all”", "data": "“it comes late”"}
    themes = tuple(
        theme.model_copy(update={"name": quoted.get(theme.id, theme.name)}) for theme in book.themes
    )
    info = codings.info.model_copy(update={"codebook": book.changed(themes=themes)})
    found = findings(codings.model_copy(update={"info": info}))
    assert "First comes “No hours at all”, of" in chart(found, "themes-1").alt
    assert "1. “No hours at all” and 2. “it comes late”" in chart(found, "together").alt


def test_no_theme_comes_first_where_several_are_equal(codings: Codings) -> None:
    """Two quotes of Ann's first post, one theme each: neither is named as the first."""
    post = codings.posts[0]
    time, data = post.codings
    equal = Quoted(codings=(time, data.model_copy(update={"theme_ids": ("data",)})))
    found = findings(
        Codings(info=codings.info, posts=(PostCodings(post=post.post, outcome=equal),))
    )
    assert chart(found, "themes-1").alt.endswith("2 themes come first, each of 1 author in 1 post.")


def test_themes_of_one_post_are_counted_together(codings: Codings) -> None:
    """The first post holds time and data, the second time and safety."""
    rows = chart(findings(codings), "together").rows
    assert rows == (
        ("1. No time\n+ 2. Late data", 1, 1.0, 3, 1),
        ("1. No time\n+ 3. Safe to be wrong", 1, 1.0, 3, 1),
    )


def test_the_busiest_authors_are_counted_as_people_are_told_apart(codings: Codings) -> None:
    """Of ten posts three are bo's; Ann and ANN are one of six."""
    made = chart(findings(codings), "participation")
    assert made.rows == (
        ("The busiest author", 0.3, 3),
        ("The 2 busiest authors", 0.5, 5),
        ("The 3 busiest authors", 0.7, 7),
    )
    assert "of 6 authors" in made.alt
    assert "2 authors wrote half of them or more" in made.alt


def test_coverage_accounts_for_every_post(codings: Codings) -> None:
    """Five quoted, one each of greeting, repost and duplicate, one for people, one failed."""
    found = findings(codings)
    made = chart(found, "coverage")
    assert made.rows[0] == ("Quoted", 5, 0.5)
    assert sum(row[1] for row in made.rows if isinstance(row[1], int)) == found.accounting.n_posts
    assert "50 % gave a quote." in made.alt


def test_coverage_of_a_question_is_of_the_posts_that_may_answer_it(codings: Codings) -> None:
    """Of three posts for Q1 two gave quotes; p2 may answer Q2a as well, and is its only one."""
    given = {"p1": ("Q1",), "p2": ("Q1", "Q2a"), "p9": ("Q1",)}
    posts = tuple(
        coded.model_copy(
            update={
                "attribution": Attribution(
                    question_ids=given[coded.post.id], rule=AttributionRule.GIVEN
                )
            }
        )
        if coded.post.id in given
        else coded
        for coded in codings.posts
    )
    made = chart(findings(codings.model_copy(update={"posts": posts})), "coverage-of-questions")
    assert made.rows == (("Q1", 2 / 3, 2, 3), ("Q2a", 1.0, 1, 1))
    assert "67 % of 3 posts, is of Q1." in made.alt


def test_the_post_that_asks_a_question_is_none_that_may_answer_it(codings: Codings) -> None:
    """Of two posts for Q1, p1 gave quotes and p9 asked it: all that may answer were quoted."""
    posts = tuple(
        coded.model_copy(
            update={
                "attribution": Attribution(
                    question_ids=("Q1",) if coded.post.id in {"p1", "p9"} else ("Q2a",),
                    rule=AttributionRule.GIVEN,
                )
            }
        )
        for coded in codings.posts
    )
    asked = tuple(
        question.model_copy(update={"asked_by": "p9"}) if question.id == "Q1" else question
        for question in codings.info.codebook.questions
    )
    chat = codings.info.chat.model_copy(update={"questions": asked})
    info = codings.info.model_copy(update={"chat": chat})
    given = Codings(info=info, posts=posts)
    assert chart(findings(given), "coverage-of-questions").rows[0] == ("Q1", 1.0, 1, 1)
    beside = chat_counts(given).beside["Q1"]
    assert not beside, beside


def test_one_post_gives_no_picture(codings: Codings) -> None:
    """Nothing can be compared with it."""
    tiny = codings.model_copy(update={"posts": codings.posts[3:4]})
    assert findings(tiny).charts == ()


def test_a_chart_refuses_rows_it_can_not_draw() -> None:
    """A row short of a cell, and a mark beyond the rows."""
    good = {
        "id": "x", "kind": "bars", "place": "x", "title": "", "alt": "", "columns": ("a", "b"),
        "rows": (("tea", 1),), "n_drawn": 1,
    }  # fmt: skip
    assert Chart.model_validate(good).values == (1,)
    with pytest.raises(ValueError, match="every row needs 2 cells"):
        Chart.model_validate(good | {"rows": (("tea",),)})
    with pytest.raises(ValueError, match="a row it does not have"):
        Chart.model_validate(good | {"marks": ({"row": 1, "label": "Q1"},)})
