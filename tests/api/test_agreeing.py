"""`agree` from files and objects, and what it hands back."""

import gc
import json
from pathlib import Path

import pytest
from agreement.coded_chats import ABSTAINED, BOOK, LEFT_OUT, coded

import secondcoder
from secondcoder import AgreementReport, CodingsError, Counting, InputError, IntervalOptions
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.statistics import Interval

ANN = coded("ann", ["tea", "tea", "time", "trust", LEFT_OUT])
BOB = coded("bob", ["tea", "time", "time", "trust", LEFT_OUT])
CEM = coded("cem", ["tea", "tea", "time", ABSTAINED, LEFT_OUT])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with two files of codings and a sheet of two coders."""
    secondcoder.write_codings(ANN, tmp_path / "ann.jsonl")
    secondcoder.write_codings(BOB, tmp_path / "bob.jsonl")
    rows = [
        f"p{n},{who},{theme}" for n in range(3) for who, theme in (("dee", "tea"), ("eli", "time"))
    ]
    (tmp_path / "sheet.csv").write_text("post_id,coder,theme\n" + "\n".join(rows) + "\n", "utf-8")
    return tmp_path


def test_files_and_objects_give_the_same_report(folder: Path) -> None:
    """Same figures, same seed, same intervals."""
    from_files = secondcoder.agree(folder / "ann.jsonl", str(folder / "bob.jsonl"))
    assert from_files == secondcoder.agree(ANN, BOB)
    assert from_files.overall.n_units == 5
    assert from_files.title == "Tea & trust"


def test_a_report_survives_json() -> None:
    """What is written can be read again."""
    report = secondcoder.agree(ANN, BOB, CEM, reference="ann")
    assert AgreementReport.model_validate_json(report.model_dump_json()) == report


def test_a_sheet_is_about_the_chat_of_the_codings_it_is_compared_with(folder: Path) -> None:
    """All its coders take part; posts it does not name were never seen by them."""
    report = secondcoder.agree(folder / "ann.jsonl", folder / "sheet.csv")
    assert [each.name for each in report.coders] == ["ann", "dee", "eli"]
    assert report.coders[1].n_never_seen == 2
    given = secondcoder.agree(
        folder / "sheet.csv", chat=folder_chat(folder), codebook=BOOK, interval=None
    )
    assert [each.name for each in given.coders] == ["dee", "eli"]


def test_a_peoples_report_is_found_again_in_the_posts_it_is_compared_with(tmp_path: Path) -> None:
    """Read twice, it agrees with itself on every post."""
    report = tmp_path / "people.txt"
    report.write_text(
        "1. Introduction\n\nThere were 2 tweets.\n\n2. Key themes\n\nQ1. What would help?\n\n"
        "· Time was named first.\n\n3. Breakdown tweets / quotes by theme\n\n"
        "\t1. What would help?\n\n\tTheme 1: Protected time\n\n“An hour a week”\n\n",
        "utf-8",
    )
    chat = tmp_path / "chat.csv"
    chat.write_text("id,text\n1,An hour a week please\n2,Hello\n", "utf-8")
    people = secondcoder.read_codings(report, chat=chat)
    found = secondcoder.agree(people, report, interval=None)
    assert found.overall.sets.exact_match.value == 1
    assert found.coders[0].n_quotes == found.coders[1].n_quotes == 1


def folder_chat(folder: Path) -> Path:
    """Return a file of the chat's posts."""
    path = folder / "chat.csv"
    rows = [f"{coded_post.post.id},{coded_post.post.text}" for coded_post in ANN.posts]
    path.write_text("id,text\n" + "\n".join(rows) + "\n", "utf-8")
    return path


def test_the_reference_comes_first() -> None:
    """Whatever the order of the codings."""
    report = secondcoder.agree(ANN, BOB, reference="bob")
    assert report.reference == "bob"
    assert report.overall.coders == ("bob", "ann")
    assert report.scores[0].coder == "ann"
    with pytest.raises(CodingsError, match=r"no coder 'dee'.*'ann', 'bob'"):
        secondcoder.agree(ANN, BOB, reference="dee")


def test_a_seed_makes_intervals_and_none_leaves_them_out() -> None:
    """Another seed, other ends; options that are given keep their own seed."""
    options = IntervalOptions(method="bootstrap", n_replicates=200)

    def ends(seed: int) -> tuple[float, float]:
        found = secondcoder.agree(ANN, BOB, interval="bootstrap", seed=seed)
        interval = found.overall.sets.exact_match.interval
        assert isinstance(interval, Interval)
        return interval.low, interval.high

    assert ends(0) == ends(0)
    report = secondcoder.agree(ANN, BOB, interval=options, seed=5)
    assert report.interval == options
    assert secondcoder.agree(ANN, BOB, interval=None).overall.sets.exact_match.interval is None


def test_selections_countings_and_mappings_reach_the_figures() -> None:
    """Each changes what is compared."""
    assert secondcoder.agree(ANN, BOB, posts=["p0", "p1"]).overall.n_units == 2
    assert len(secondcoder.agree(ANN, BOB, themes=["tea"]).overall.themes) == 1
    counting = Counting(left_out="missing")
    assert secondcoder.agree(ANN, BOB, counting=counting).overall.n_units == 4
    old = Codebook(
        title="Old",
        questions=BOOK.questions,
        themes=tuple(
            theme.model_copy(update={"id": "faith"}) if theme.id == "trust" else theme
            for theme in BOOK.themes
        ),
    )
    other = coded("dee", ["tea", "faith"], book=old)
    report = secondcoder.agree(ANN, other, mapping={"faith": "trust"})
    assert report.overall.n_units == 2
    assert "themes were mapped" in report.notes[0]


def test_the_question_is_in_the_report() -> None:
    """And posts that are not about it are counted."""
    report = secondcoder.agree(
        coded("ann", ["Q1:tea", "Q2a:time"]), coded("bob", ["Q1:tea", "Q2a:time"]), question="Q1"
    )
    assert (report.selection.question, report.overall.n_units, report.n_unselected) == ("Q1", 1, 1)


def test_the_garbage_collector_is_left_as_it_was() -> None:
    """On stays on and off stays off, also after an error."""
    gc.disable()
    secondcoder.agree(ANN, BOB, interval=None)
    assert not gc.isenabled()
    gc.enable()
    with pytest.raises(CodingsError):
        secondcoder.agree(ANN, BOB, themes=["rest"])
    assert gc.isenabled()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"unit": "words"}, "choose posts or quotes"),
        ({"overlap": 0.0}, "overlap 0"),
        ({"overlap": 1.5}, r"overlap 1\.5"),
        ({"gamma_limit": -1}, "gamma_limit -1"),
        ({"output": "report.docx"}, r"\.html, \.md or \.json"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, str], message: str) -> None:
    """Before anything is read."""
    with pytest.raises(InputError, match=message):
        secondcoder.agree("none.jsonl", "none.jsonl", **options)  # type: ignore[arg-type] # the point


@pytest.mark.parametrize("name", ["report.html", "report.md", "report.json"])
def test_a_report_is_written_and_overwritten_but_nothing_else(folder: Path, name: str) -> None:
    """The form follows the ending; a file of another kind stays."""
    path = folder / name
    secondcoder.agree(ANN, BOB, output=path)
    secondcoder.agree(ANN, BOB, output=path)
    assert "Tea" in path.read_text("utf-8")
    path.write_text("my notes", "utf-8")
    with pytest.raises(secondcoder.StoreError, match="not overwritten"):
        secondcoder.agree(ANN, BOB, output=path)
    assert path.read_text("utf-8") == "my notes"


def test_json_holds_every_figure_with_its_reason(folder: Path) -> None:
    """An undefined figure is an object with a reason, never NaN."""
    path = folder / "report.json"
    secondcoder.agree(ANN, BOB, themes=["tea"], output=path)
    text = path.read_text("utf-8")
    assert "NaN" not in text
    theme = json.loads(text)["overall"]["themes"][0]
    assert theme["coefficients"]["krippendorff_alpha"]["kind"] == "statistic"


def test_rows_tables_and_frames_hold_the_figures() -> None:
    """One row per figure; the frames have the same rows and None where there is no value."""
    report = secondcoder.agree(ANN, BOB, CEM, reference="ann")
    rows = report.rows()
    alpha = next(row for row in rows if (row.about, row.statistic) == ("themes", "alpha_masi"))
    assert alpha.value == report.overall.sets.alpha_masi.value
    assert alpha.coders == "ann | bob | cem"
    assert {row.about for row in rows} == {"themes", "theme", "question", "quotes", "score"}
    assert all((row.value is None) == (row.reason is not None) for row in rows)
    pandas, polars = report.to_pandas(), report.to_polars()
    assert list(pandas.columns) == list(polars.columns) == list(alpha._fields)
    assert len(pandas) == len(polars) == len(rows)
    assert polars["value"].null_count() == sum(row.value is None for row in rows)
    assert report.table().row_count == 3


def test_only_the_quotes_asked_for_are_compared() -> None:
    """Without the quotes of one theme, posts that had no other count as left out; it is said."""
    report = secondcoder.agree(
        ANN, BOB, quotes=lambda coding: coding.theme_ids != ("trust",), interval=None
    )
    assert report.coders[0].n_quoted == 3
    assert report.coders[0].n_left_out == 2
    assert report.overall.n_units == 5
    assert "ann: 1 quote set aside by the filter" in report.notes
    everything = secondcoder.agree(ANN, BOB, quotes=lambda _: True, interval=None)
    assert everything.overall == secondcoder.agree(ANN, BOB, interval=None).overall
