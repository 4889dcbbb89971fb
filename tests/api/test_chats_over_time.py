"""Several chats in one report: counts and shares by hand, order, gaps, refusals, cautions."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from api.series_cases import (
    ABSTAINED,
    BOOK,
    FAILED,
    NO_IDEA,
    NOT_CODED,
    Said,
    chat,
    said,
)

import secondcoder
from secondcoder.api.chats_over_time import chats_over_time
from secondcoder.errors import CodebookError, InputError
from secondcoder.reporting.series_words import question_heading
from secondcoder.schema.chats_over_time import (
    AskedInChat,
    ChatsOverTime,
    Gap,
    RunRule,
    RunRules,
    ThemeInChat,
    ThemeOverTime,
)
from secondcoder.schema.codebook import Theme
from secondcoder.schema.codings import Codings
from secondcoder.schema.edits import CodebookEdit, EditKind
from secondcoder.schema.statistics import Interval, Statistic, Undefined

MIXED: tuple[Said, ...] = (
    ("Ann", "Q1", "time+tea"),
    ("ann", "Q1", "time"),
    (None, "Q1", "tea"),
    ("bo", "Q1", ""),
    ("cy", "Q1", ABSTAINED),
    ("cy", "Q1", FAILED),
    ("dee", "Q1", NO_IDEA),
    ("dee", "Q1", NOT_CODED),
)


def theme(series: ChatsOverTime, theme_id: str | None, question: str = "Q1") -> ThemeOverTime:
    """Return a theme of a question."""
    found = next(one for one in series.questions if one.question_id == question)
    return next(one for one in found.themes if one.theme_id == theme_id)


def counted(series: ChatsOverTime, theme_id: str | None) -> list[tuple[int, int] | str]:
    """Return posts and authors of a theme of Q1 in each chat, or the reason of a gap."""
    return [
        point.reason if isinstance(point, Gap) else (point.n_posts, point.n_authors)
        for point in theme(series, theme_id).points
    ]


def test_counts_shares_and_what_became_of_the_rest_are_those_of_a_hand_count() -> None:
    """Four posts of two known authors and an unsigned one answer; four are counted beside."""
    series = chats_over_time([chat(1, *MIXED), chat(2, *said(1, 1))])
    point = series.questions[0].points[0]
    assert isinstance(point, AskedInChat)
    assert (point.n_answering, point.n_authors, point.n_unsigned) == (4, 2, 1)
    beside = (point.n_left_out, point.n_abstained, point.n_failed, point.n_not_coded)
    assert beside == (1, 1, 1, 1)
    time = theme(series, "time").points[0]
    assert isinstance(time, ThemeInChat)
    assert (time.n_posts, time.n_authors, time.n_unsigned) == (2, 1, 0)
    assert isinstance(time.share, Statistic)
    assert (time.share.value, time.share.n_units) == (0.5, 4)
    assert isinstance(time.share.interval, Interval)
    tea = theme(series, "tea").points[0]
    assert isinstance(tea, ThemeInChat)
    assert (tea.n_posts, tea.n_authors, tea.n_unsigned) == (2, 1, 1)
    assert counted(series, None) == [(1, 1), (0, 0)]
    first = series.chats[0]
    fates = (first.n_quoted, first.n_left_out, first.n_abstained, first.n_failed)
    assert (*fates, first.n_not_coded) == (4, 1, 1, 1, 1)
    assert (first.n_posts, first.n_authors) == (8, 4)


def test_the_median_is_of_the_shares_and_the_rules_wait_for_ten_points() -> None:
    """Shares of 1/4, 3/4 and 1/2: the median is 1/2, and nothing is called a signal."""
    series = chats_over_time([chat(1, *said(1, 3)), chat(2, *said(3, 1)), chat(3, *said(1, 1))])
    found = theme(series, "time").run_chart
    assert found.median.value == 0.5
    assert isinstance(found.rules, Undefined)
    assert "the rules need 10 or more" in found.rules.reason


def test_twelve_rising_chats_give_a_shift_on_each_side_and_a_trend() -> None:
    """One to twelve posts of thirteen: six below the median, six above, all rising."""
    series = chats_over_time([
        chat(month, *said(month, 13 - month), title="Tea") for month in range(1, 13)
    ])
    rules = theme(series, "time").run_chart.rules
    assert isinstance(rules, RunRules)
    assert [(signal.rule, signal.chats[0], signal.chats[-1]) for signal in rules.signals] == [
        (RunRule.SHIFT, 1, 6),
        (RunRule.SHIFT, 7, 12),
        (RunRule.TREND, 1, 12),
        (RunRule.FEW_CROSSINGS, 1, 12),
    ]


def test_chats_stand_in_the_order_of_their_first_posts_where_no_start_is_known() -> None:
    """However they are given; a theme's finding names the latest."""
    given = [chat(3, *said(1, 0)), chat(1, *said(2, 0)), chat(2, *said(3, 0))]
    series = chats_over_time(given)
    assert series.is_by_date
    assert [one.label for one in series.chats] == ["5 Jan 2026", "5 Feb 2026", "5 Mar 2026"]
    assert all(
        one.begins_at and two.begins_at and one.begins_at < two.begins_at
        for one, two in pairwise(series.chats)
    )
    assert series.chats[0].begins_at == datetime(2026, 1, 5, 20, 1, tzinfo=UTC)
    assert "in the latest, 5 Mar 2026, by the only participant" in theme(series, "time").finding


def test_a_chat_is_called_by_its_start_and_not_by_a_post_that_announced_it() -> None:
    """Posts of the fifth announce what began on the sixth."""
    given = [
        codings.model_copy(
            update={
                "info": codings.info.model_copy(
                    update={
                        "chat": codings.info.chat.model_copy(
                            update={"starts_at": datetime(2026, month, day, 20, tzinfo=UTC)}
                        )
                    }
                )
            }
        )
        for codings, month, day in ((chat(3, *said(1, 0)), 3, 6), (chat(1, *said(2, 0)), 1, 6))
    ]
    series = chats_over_time(given)
    assert [one.label for one in series.chats] == ["6 Jan 2026", "6 Mar 2026"]
    assert [one.begins_at and one.begins_at.day for one in series.chats] == [6, 6]
    assert "in the latest, 6 Mar 2026" in theme(series, "time").finding


def test_without_a_date_chats_stay_as_given_and_the_report_says_so() -> None:
    """One chat without times is enough."""
    series = chats_over_time([chat(2, *said(1, 0)), chat(None, *said(1, 0), title="Undated")])
    assert not series.is_by_date
    assert [one.label for one in series.chats] == ["1. Chat 1", "2. Undated"]
    assert "order in which they were given" in series.cautions[0]


def test_a_recorded_rename_and_merge_take_older_quotes_along() -> None:
    """`tea` became `drinks`, and then `time` and `drinks` one theme: a post of both counts once."""
    renamed = secondcoder.rename_codebook(BOOK, "tea", "drinks", reason="wider")
    later = [("x", "Q1", "drinks"), ("y", "Q1", "time"), ("z", "Q1", "time+drinks")]
    series = chats_over_time([chat(1, *MIXED), chat(2, *later, book=renamed)])
    assert counted(series, "drinks") == [(2, 1), (2, 2)]
    assert series.chats[0].n_moved == 2
    merged = secondcoder.merge_codebook(
        renamed, ["time", "drinks"], into="pause", name="A pause", reason="one idea"
    )
    series = chats_over_time([chat(1, *MIXED), chat(2, ("x", "Q1", "pause"), book=merged)])
    assert counted(series, "pause") == [(3, 1), (1, 1)]
    assert series.codebook_version == merged.version


def test_the_parts_of_a_split_theme_are_gaps_where_it_was_coded_before() -> None:
    """Even the part that keeps the old id: which part a quote belongs to was not decided."""
    book = secondcoder.split_codebook(
        BOOK, "tea", into={"tea": "Green tea", "coffee": "Coffee"}, reason="two drinks"
    )
    series = chats_over_time([chat(1, *MIXED), chat(2, ("x", "Q1", "coffee"), book=book)])
    gap = "split off 'tea' after it was coded; to be coded again"
    assert counted(series, "coffee") == [gap, (1, 1)]
    assert counted(series, "tea") == [gap, (0, 0)]
    assert any("2 posts of 5 Jan 2026 had a theme that was split" in one for one in series.cautions)


def test_a_retired_theme_is_told_of_and_not_shown() -> None:
    """Its quotes are other ideas where they have no other theme."""
    book = secondcoder.retire_codebook(BOOK, "tea", reason="too rare")
    series = chats_over_time([chat(1, *MIXED), chat(2, ("x", "Q1", "time"), book=book)])
    assert [one.theme_id for one in series.questions[0].themes] == ["time", None]
    assert counted(series, None) == [(2, 1), (0, 0)]
    assert any("'tea' was retired" in one for one in series.cautions)


def test_a_theme_that_a_codebook_lacks_is_a_gap_and_no_zero() -> None:
    """The first chat's codebook knows neither `tea` nor question 2."""
    few = BOOK.changed(questions=BOOK.questions[:1], themes=BOOK.themes[:1])
    series = chats_over_time([
        chat(1, ("a", "Q1", "time"), book=few),
        chat(2, ("a", "Q1", "time"), ("b", "Q2", "noise")),
    ])
    assert counted(series, "tea") == ["its codebook had no such theme", (0, 0)]
    assert theme(series, "tea").run_chart.n_points == 1
    assert [one.kind for one in theme(series, "noise", "Q2").points] == ["gap", "counted"]
    assert series.questions[1].points[0].kind == "gap"


def test_unrelated_codebooks_are_refused_with_a_remedy() -> None:
    """No theme in common, another version without an edit, and two themes under one id."""
    first = chat(1, *said(1, 1))
    other = BOOK.changed(
        themes=tuple(one.model_copy(update={"id": f"x-{one.id}"}) for one in BOOK.themes)
    )
    with pytest.raises(CodebookError, match=r"no theme in common.*codebook rename"):
        chats_over_time([first, chat(2, ("a", "Q1", "x-time"), book=other)])
    newer = BOOK.changed(version="2")
    with pytest.raises(CodebookError, match=r"different versions.*codebook follow"):
        chats_over_time([first, chat(2, ("a", "Q1", "time"), book=newer)])
    meant = BOOK.themes[0].model_copy(update={"name": "Staff", "definition": "More people."})
    otherwise = BOOK.changed(themes=(meant, *BOOK.themes[1:]))
    with pytest.raises(CodebookError, match="two themes under one id"):
        chats_over_time([first, chat(2, ("a", "Q1", "time"), book=otherwise)])
    one = secondcoder.rename_codebook(BOOK, "tea", "drinks", reason="wider")
    two = secondcoder.rename_codebook(BOOK, "tea", "chai", reason="narrower")
    with pytest.raises(CodebookError, match="part ways"):
        chats_over_time([
            chat(1, ("a", "Q1", "time"), book=one),
            chat(2, ("a", "Q1", "time"), book=two),
        ])
    lost = one.changed(themes=one.themes[1:])
    with pytest.raises(CodebookError, match=r"theme 'time'.*no recorded edit says"):
        chats_over_time([first, chat(2, ("a", "Q1", "drinks"), book=lost)])


def test_a_sharper_definition_and_another_wording_are_told() -> None:
    """What changed in the codebook may be what changed in the numbers."""
    sharper = BOOK.themes[0].model_copy(update={"definition": "Having an hour."})
    reworded = BOOK.changed(
        themes=(sharper, *BOOK.themes[1:]),
        questions=(
            BOOK.questions[0].model_copy(update={"text": "What helps you?"}),
            *BOOK.questions[1:],
        ),
    )
    series = chats_over_time([chat(1, *said(1, 0)), chat(2, *said(1, 0), book=reworded)])
    assert any("“Time” is worded otherwise" in one for one in series.cautions)
    assert any(one.startswith("Q1 was not worded alike") for one in series.cautions)
    assert series.questions[0].text == "What helps you?"
    assert series.questions[0].other_texts == ("What helps?",)


def test_people_who_opted_out_count_nowhere() -> None:
    """Ann's two posts leave the counts of posts, authors and themes; her name is nowhere."""
    given = [chat(1, *MIXED), chat(2, *said(1, 1))]
    series = chats_over_time(given, opt_out=("@ANN",))
    assert counted(series, "time") == [(0, 0), (1, 1)]
    assert series.chats[0].n_posts == 6
    assert series.notes[0].startswith("2 posts by 1 participant who asked to be left out")
    assert "ann" not in series.model_dump_json().lower().replace("mann", "")
    with pytest.raises(InputError, match="no post of any chat is by nobody"):
        chats_over_time(given, opt_out=("nobody",))


@pytest.mark.parametrize("form", ["markdown", "html", "json"])
def test_themes_in_words_of_who_opted_out_are_not_printed(form: str) -> None:
    """A name, a definition and an id are what Ann wrote in the first chat; others' words stay."""
    quoting = Theme(
        id="words-1-of-chat-1",
        name="“Words 1 of Chat 1”",
        definition="Answers like “1 of Chat”.",
        questions=("Q1",),
    )
    book = BOOK.changed(themes=(*BOOK.themes, quoting))
    later = chat(2, *said(1, 1), book=BOOK)
    given = [chat(1, *MIXED, ("eve", "Q1", quoting.id), book=book), later]
    plain = secondcoder.report(given, form=form)  # type: ignore[arg-type]
    report = secondcoder.report(given, form=form, opt_out=["ann"])  # type: ignore[arg-type]
    assert "Words 1 of Chat 1" in plain
    assert form != "json" or "Answers like" in plain
    for words in ("Words 1 of", "Answers like", quoting.id):
        assert words not in report
    assert "Theme 4" in report
    assert ("Hot drinks." if form == "json" else "Tea") in report


@pytest.mark.parametrize("form", ["markdown", "html", "json"])
def test_names_in_themes_are_masked_in_a_masked_series_too(form: str) -> None:
    """A hospital, a name that somebody lists, and an author; what is no name stays."""
    named = (
        Theme(
            id="st-olave-beds", name="Beds at St Olave's Hospital", definition="As Bobolink says.",
            questions=("Q1",),
        ),
        Theme(id="zebra", name="Zebra forms", definition="Forms.", questions=("Q1",)),
    )  # fmt: skip
    book = BOOK.changed(themes=(*BOOK.themes, *named))
    who: tuple[Said, ...] = (("bobolink", "Q1", "st-olave-beds"), ("eve", "Q1", "zebra+time"))
    given = [chat(1, *who, book=book), chat(2, *who, book=BOOK.changed(themes=book.themes))]
    plain = secondcoder.report(given, form=form)  # type: ignore[arg-type]
    report = secondcoder.report(
        given,
        form=form,  # type: ignore[arg-type]
        quotes="masked",
        mask_also=["zebra"],
    )
    assert "Olave" in plain
    for trace in ("Olave", "olave", "Zebra", "Bobolink"):
        assert trace not in report
    assert "[name] forms" in report.replace("\\", "")
    assert "Time" in report
    assert "Masking follows rules: read the report before you publish it." in report
    with pytest.raises(InputError, match="quotes are verbatim, and nothing is masked"):
        secondcoder.report(given, mask_also=["zebra"])


def test_a_chat_given_twice_is_refused_and_shared_posts_are_named() -> None:
    """All posts of one in another: an error. Some: a caution with their ids."""
    one, two = chat(1, *said(1, 1)), chat(2, *said(1, 1))
    with pytest.raises(InputError, match=r"codings 1 .* and 2 .*same posts.*secondcoder agree"):
        chats_over_time([one, one])
    both = Codings(info=two.info, posts=(*two.posts, one.posts[0]))
    series = chats_over_time([one, both])
    assert any("1 post is in both" in text and "Chat-1-1" in text for text in series.cautions)


def test_other_coders_prompts_and_settings_are_warned_of() -> None:
    """A change may be the coder's; chats of one coder in one way give no caution."""
    one = chat(1, *said(1, 1))
    assert not chats_over_time([one, chat(2, *said(1, 1))]).cautions
    model = chats_over_time([one, chat(2, *said(1, 1), coder="openai/m")])
    assert "5 Jan 2026 by embedded and 5 Feb 2026 by openai/m" in model.cautions[0]
    other = chat(2, *said(1, 1), run={"prompt_sha256": "b" * 64, "parameters": {"seed": 2}})
    assert "its prompt and its settings differ" in chats_over_time([one, other]).cautions[0]
    followed = chat(2, *said(1, 1), run={"codebook_sha256": "c" * 64})
    assert "another version of the codebook" in chats_over_time([one, followed]).cautions[0]


def test_themes_are_ranked_by_authors_over_all_chats_or_by_number() -> None:
    """Tea: three authors; time: two. The codebook numbers time first."""
    given = [chat(1, *said(2, 2)), chat(2, ("w0", "Q1", "time"), ("n", "Q1", "tea"))]
    assert [one.theme_id for one in chats_over_time(given).questions[0].themes] == ["tea", "time"]
    numbered = chats_over_time(given, order="numbers")
    assert [one.theme_id for one in numbered.questions[0].themes] == ["time", "tea"]
    assert theme(numbered, "tea").n_authors == 3


def test_the_title_names_the_chats() -> None:
    """Few by name, many by the first and the last, equal titles by how many."""
    few = chats_over_time([chat(1, *said(1, 0), title="Tea"), chat(2, *said(1, 0), title="Time")])
    assert few.title == "Themes over time: “Tea” and “Time”"
    same = chats_over_time([chat(month, *said(1, 0), title="Tea") for month in (1, 2)])
    assert same.title == "Tea: 2 chats over time"
    many = chats_over_time([
        chat(month, *said(1, 0), title=f"Tea {month}") for month in range(1, 7)
    ])
    assert many.title == (
        "Themes over time: 6 chats, from Tea 1 (5 Jan 2026) to Tea 6 (5 Jun 2026)"
    )


def test_a_question_without_answers_in_a_chat_has_no_share_there() -> None:
    """The count is 0 and the share is undefined, which is no zero."""
    series = chats_over_time([chat(1, ("a", "Q2", "noise")), chat(2, ("b", "Q1", "time"))])
    point = theme(series, "time").points[0]
    assert isinstance(point, ThemeInChat)
    assert point.n_posts == 0
    assert isinstance(point.share, Undefined)
    assert theme(series, "time").finding.startswith("Spoken of in the only chat that can tell")


def test_a_refined_definition_and_another_language_are_told() -> None:
    """The theme stays one, and a change there may be the definition's."""
    edit = CodebookEdit(
        kind=EditKind.REFINE, before=("time",), after=("time",), reason="clearer", version="2"
    )
    book = BOOK.changed(edits=(edit,), version="2", language="de")
    series = chats_over_time([chat(1, *said(1, 1)), chat(2, *said(1, 1), book=book)])
    assert counted(series, "time") == [(1, 1), (1, 1)]
    assert any(
        "“Time” was defined more sharply in codebook version 2" in c for c in series.cautions
    )
    assert any("is in another language (en)" in one for one in series.cautions)


def test_a_part_that_was_renamed_since_is_still_a_gap() -> None:
    """Split into green tea and coffee, and then coffee renamed: nobody coded either before."""
    book = secondcoder.split_codebook(
        BOOK, "tea", into={"green": "Green tea", "coffee": "Coffee"}, reason="two drinks"
    )
    book = secondcoder.rename_codebook(book, "coffee", "espresso", reason="stronger")
    series = chats_over_time([chat(1, *MIXED), chat(2, ("x", "Q1", "espresso"), book=book)])
    gap = "split off 'tea' after it was coded; to be coded again"
    assert counted(series, "espresso") == [gap, (1, 1)]


def test_posts_that_answer_no_question_have_a_place_of_their_own() -> None:
    """Last, under words instead of an id."""
    series = chats_over_time([chat(1, ("a", None, "tea")), chat(2, ("b", "Q1", "time"))])
    last = series.questions[-1]
    assert (last.question_id, question_heading(last)) == (None, "Posts that answered no question")
    assert [one.theme_id for one in last.themes] == ["tea"]


def test_a_theme_that_nobody_spoke_of_in_any_chat_is_listed() -> None:
    """One of a question stands there, one of none beside the questions, as in each chat's own."""
    book = BOOK.changed(themes=(*BOOK.themes, Theme(id="cake", name="Cake")))
    chats = [chat(month, ("ann", "Q1", "time"), book=book) for month in (1, 2)]
    made = chats_over_time(chats)
    places = {(one.question_id, theme.name) for one in made.questions for theme in one.themes}
    assert {("Q1", "Tea"), (None, "Cake")} <= places
    (beside,) = [one for one in made.questions if one.question_id is None]
    (cake,) = beside.themes
    assert cake.finding == "Spoken of in none of the 2 chats."
    assert "No chat spoke of what is of no question: Cake." in secondcoder.report(chats)
    spoken = chats_over_time([*chats, chat(3, ("ann", "Q2", "cake"), book=book)])
    assert None not in {one.question_id for one in spoken.questions}
