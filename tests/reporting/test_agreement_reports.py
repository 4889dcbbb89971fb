"""The report on agreement: the same figures in words, on a page, in Markdown and in a table."""

import importlib
import re
import sys

import narwhals
import pytest
from agreement.coded_chats import ABSTAINED, BOOK, LEFT_OUT, coded
from rich.console import Console

import secondcoder
from secondcoder.agreement.unit_table import OTHER_IDEAS
from secondcoder.reporting import frames
from secondcoder.reporting.agreement_html import agreement_html, bar
from secondcoder.reporting.agreement_markdown import agreement_markdown
from secondcoder.reporting.agreement_rows import COLUMNS, agreement_rows
from secondcoder.reporting.agreement_wording import (
    about_intervals,
    account_of,
    interval_notes,
    never_given,
    number,
    percent,
    quote_figures,
    theme_figures,
    what_was_compared,
)
from secondcoder.reporting.pages import source_hash
from secondcoder.reporting.tables import (
    figure_table,
    pair_table,
    question_table,
    score_table,
    theme_table,
)
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.statistics import Interval, Statistic, Undefined

HOSTILE = Codebook(
    title="Tea",
    questions=BOOK.questions,
    themes=(
        Theme(id="tea", name="<script>alert(1)</script> | *Tea*"),
        Theme(id="time", name="Time"),
        Theme(id="trust", name="Trust"),
    ),
)
ANN = coded("ann", ["tea", "tea", "time", "", LEFT_OUT, "tea"], book=HOSTILE)
BOB = coded("bob", ["tea", "time", "time", "tea", LEFT_OUT, ABSTAINED], book=HOSTILE)
CEM = coded("cem", ["tea", "tea", "time", "", None, "tea"], book=HOSTILE)
TWO = secondcoder.agree(ANN, BOB)
THREE = secondcoder.agree(ANN, BOB, CEM, reference="ann")


def shown(table: object) -> str:
    """Return what a terminal of 100 columns shows."""
    console = Console(width=100)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def test_the_words_say_who_what_how_many_and_what_is_left_out() -> None:
    """Five posts both rated; bob abstained on the sixth; how ratings were counted."""
    words = " ".join(what_was_compared(TWO))
    assert "Compared: ann (person) and bob (person), on 5 posts that both rated" in words
    assert "Left out: 1 post (bob abstained)." in words
    assert "No rating: posts never seen, abstained on and failed." in words
    assert "Rated as no theme: left out." in words
    assert account_of(TWO.coders[1]) == (
        "bob: of 6 posts 4 quoted, 1 left out and 1 abstained on; 4 quotes, 0 of them without a "
        "theme"
    )


def test_the_words_name_every_choice_that_was_made() -> None:
    """Question, themes, posts, unit, reference and counting."""
    report = secondcoder.agree(
        coded("ann", ["Q1:tea", "Q1:", "Q2a:time"]),
        coded("bob", ["Q1:tea", "Q1:", "Q2a:time"]),
        unit="quotes",
        question="Q1",
        themes=["tea"],
        reference="bob",
        counting=secondcoder.Counting(abstained="no-theme", other_ideas="own-category"),
    )
    words = " ".join(what_was_compared(report))
    for part in (
        "2 quotes that both marked, in 2 posts; two quotes are one where they share at least 50 %",
        "Only question Q1.",
        "Only the themes tea.",
        "1 post not asked for.",
        "Scored against bob",
        "Rated as no theme: abstained on and left out.",
        "Other ideas count as a theme of its own.",
    ):
        assert part in words
    assert OTHER_IDEAS in {theme.theme_id for theme in report.overall.themes}


def test_lone_quotes_and_quotes_out_of_reach_are_told() -> None:
    """Ann's quote of p1 met none; that of p2 could not."""
    ann, bob = coded("ann", ["tea"] * 3), coded("bob", ["tea", LEFT_OUT, ABSTAINED])
    words = " ".join(what_was_compared(secondcoder.agree(ann, bob, unit="quotes")))
    assert "Quotes that no other coder marked: 1 of ann." in words
    assert "1 quote (in posts that fewer than two of the coders rated)" in words


def test_a_figure_without_value_or_interval_says_so() -> None:
    """Never a number that was made up."""
    plain = Statistic(name="a", value=0.5, n_units=3)
    assert (number(plain), percent(plain)) == ("0.50", "50 %")
    assert number(None) == "\N{EN DASH}"
    undefined = Undefined(name="alpha", reason="no unit was rated by two coders")
    assert number(undefined) == percent(undefined) == "no value: no unit was rated by two coders"
    flat = Undefined(name="interval", reason="flat")
    assert number(Statistic(name="a", value=1, n_units=3, interval=flat)) == "1.00 (no interval)"
    made = Interval(low=0.5, high=1, method="cluster jackknife, t")
    share = Statistic(name="a", value=0.75, n_units=4, interval=made)
    assert percent(share) == "75 % (50 % to 100 %)"
    assert bar(undefined) is None
    assert bar(share) == (175.0, 150.0, 200.0)


def test_intervals_are_explained_by_their_method() -> None:
    """Five posts: jackknife. Without intervals nothing is said of them."""
    assert "95 % intervals over posts (cluster jackknife, t)" in about_intervals(TWO)
    assert "intervals" not in about_intervals(secondcoder.agree(ANN, BOB, interval=None))
    nothing = secondcoder.agree(coded("ann", ["tea"]), coded("bob", [ABSTAINED]))
    assert about_intervals(nothing).endswith("95 % intervals over posts.")


def test_themes_without_a_figure_are_named_with_the_reason() -> None:
    """Nobody gave `trust`; everybody gave `tea`, which shows nothing; `time` is flat."""
    silent = never_given(TWO.overall)
    assert silent is not None
    assert silent.endswith("Trust.")
    assert never_given(secondcoder.agree(ANN, BOB, themes=["tea"]).overall) is None
    both = [coded(name, ["tea time", "tea"]) for name in ("ann", "bob")]
    notes = interval_notes(secondcoder.agree(*both).overall)
    assert any("No value" in note and "for Tea:" in note for note in notes)
    assert any("No interval" in note and "for Time:" in note for note in notes)


def test_the_page_escapes_names_and_asks_the_network_for_nothing() -> None:
    """Its policy admits its own style by hash, and no script."""
    page = agreement_html(THREE)
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)" in page
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert f"style-src '{source_hash(style)}'" in page
    assert not re.search(r"""(?:src|href)=["']?(?:http|//)""", page)


def test_the_page_and_the_markdown_hold_the_same_figures() -> None:
    """Every figure of the Markdown's tables stands on the page."""
    page, text = agreement_html(THREE), agreement_markdown(THREE)
    found = re.findall(r"-?\d\.\d\d \(-?\d\.\d\d to \d\.\d\d\)", text)
    assert len(found) > 20
    assert all(figure in page for figure in found)
    for title in ("All themes together", "Each two coders", "Against ann", "Theme by theme"):
        assert f"## {title}" in text
        assert title in page


def test_tables_wider_than_a_phone_are_scrolled_with_the_keyboard() -> None:
    """Each takes the focus, and has the heading above it for a name."""
    page = agreement_html(THREE)
    wide = re.findall(r'<div class="wide"([^>]*)>', page)
    assert len(wide) >= 6
    ids = set(re.findall(r'<h[23] id="([^"]+)"', page))
    for attributes in wide:
        assert 'tabindex="0" role="region"' in attributes
        (name,) = re.findall(r'aria-labelledby="([^"]+)"', attributes)
        assert name in ids


def test_markdown_escapes_what_would_be_markup() -> None:
    """A theme's name is no table cell, no emphasis and no tag."""
    text = agreement_markdown(TWO)
    assert r"\<script\>alert(1)\</script\> \| \*Tea\*" in text
    assert "## Each two coders" not in text


def test_notes_are_on_every_form() -> None:
    """Codebooks of two versions with the same themes, said to mean the same."""
    other = HOSTILE.model_copy(update={"version": "2"})
    dee = coded("dee", ["tea", "tea"], book=other)
    report = secondcoder.agree(ANN, dee, mapping={"tea": "tea"})
    assert "version 1, 2" in agreement_markdown(report)
    assert "version 1, 2" in agreement_html(report)


def test_a_page_without_pairs_reference_or_questions_leaves_those_parts_out() -> None:
    """Nothing empty is shown."""
    bare = Codebook(title="Tea", themes=BOOK.themes[2:])
    both = [coded(name, ["trust", LEFT_OUT], book=bare) for name in ("ann", "bob")]
    page = agreement_html(secondcoder.agree(*both))
    for part in ("pairs", "scores", "questions"):
        assert f'id="{part}"' not in page


def test_tables_have_a_line_per_theme_pair_question_and_score() -> None:
    """Names are shown as they are, not as markup."""
    assert "<script>alert(1)" in shown(theme_table(TWO)).replace("\n", "")
    assert pair_table(THREE.pairs).row_count == 3
    assert question_table(THREE).row_count == 2
    assert score_table(THREE.scores).row_count == 4


def test_a_theme_everybody_always_gave_has_a_dash_in_the_table() -> None:
    """Its reason stands in the notes."""
    both = [coded(name, ["tea", "tea"]) for name in ("ann", "bob")]
    assert "\N{EN DASH}" in shown(theme_table(secondcoder.agree(*both)))


def test_figures_stand_in_a_line_each_with_their_meaning() -> None:
    """Over all themes, and on what was quoted."""
    assert "0.60" in shown(figure_table(theme_figures(TWO.overall)))
    assert "which characters are quoted" in shown(figure_table(quote_figures(TWO.overall)))


def test_without_narwhals_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """None in the list of modules makes its import fail."""
    monkeypatch.setitem(sys.modules, "narwhals", None)
    with pytest.raises(secondcoder.MissingExtraError, match=r"secondcoder\[frames\]"):
        importlib.reload(frames)
    monkeypatch.undo()
    importlib.reload(frames)


def test_a_missing_library_is_named_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Narwhals is there and pandas is not."""

    def without(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("pandas")

    monkeypatch.setattr(narwhals, "from_dict", without)
    with pytest.raises(secondcoder.MissingExtraError, match=r"secondcoder\[frames\]"):
        frames.pandas_frame(agreement_rows(TWO), COLUMNS)
