"""A report over several chats in every form: the same numbers, nothing run, nothing fetched."""

import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import docx
import pytest
from api.series_cases import BOOK, NO_IDEA, chat, said
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from typer.testing import CliRunner
from typing_extensions import override

import secondcoder
from secondcoder.api.chats_over_time import chats_over_time
from secondcoder.cli.main import app
from secondcoder.errors import CodebookError, InputError
from secondcoder.reporting.charts import told_cell
from secondcoder.reporting.series_html import series_html
from secondcoder.reporting.series_markdown import series_markdown
from secondcoder.reporting.series_pictures import run_charts
from secondcoder.reporting.series_word import series_word
from secondcoder.reporting.series_words import blocks, opening, signal_sentence
from secondcoder.schema.chats_over_time import ChatsOverTime
from secondcoder.schema.codings import Codings

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CHROMEDRIVER = shutil.which("chromedriver")
SOFFICE = shutil.which("soffice") or ""
HOSTILE = "<script>window.hacked = 1</script> | *bold* [tea](javascript:alert(1))"


@pytest.fixture
def three() -> list[Codings]:
    """Return chats with 1 of 4, 3 of 4 and 2 of 4 posts on time."""
    return [chat(month, *said(n, 4 - n), title="Tea") for month, n in ((1, 1), (2, 3), (3, 2))]


@pytest.fixture
def year() -> ChatsOverTime:
    """Return twelve chats in which time goes from 1 to 12 of 13 posts, of a hostile name."""
    themes = (BOOK.themes[0].model_copy(update={"name": HOSTILE}), *BOOK.themes[1:])
    book = BOOK.changed(themes=themes)
    return chats_over_time([
        chat(month, *said(month, 13 - month), title=HOSTILE, book=book) for month in range(1, 13)
    ])


class Words(HTMLParser):
    """Collects what a page shows, and its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag."""
        self.tags.append(tag)
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs)

    @override
    def handle_data(self, data: str) -> None:
        """Keep the words."""
        self.words.append(data)


def test_every_form_holds_the_same_counts_and_shares(three: list[Codings]) -> None:
    """The cells of the table and the sentence are in Markdown, HTML and Word alike."""
    series = chats_over_time(three)
    page = Words()
    page.feed(series_html(series))
    document = docx.Document(io.BytesIO(series_word(series)))
    texts = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    cells = {text.partition("\n")[0] for text in texts}
    paragraphs = "\n".join(paragraph.text for paragraph in document.paragraphs)
    markdown = series_markdown(series)
    for words in ("1 (25 %)", "3 (75 %)", "2 (50 %)"):
        assert words in page.words
        assert words in cells
        assert f"| {words} |" in markdown
    finding = series.themes[0].finding
    assert finding == (
        "Spoken of in all three chats; in the latest, 5 Mar 2026, by two of four participants. "
        "Median share of posts 50 %, from 25 % (5 Jan 2026) to 75 % (5 Feb 2026)."
    )
    assert any(finding in words for words in page.words)
    assert finding in paragraphs
    assert finding in markdown


def test_a_run_chart_draws_the_shares_and_their_median_on_one_scale(three: list[Codings]) -> None:
    """Each theme of a question reaches as high as the largest share of any."""
    series = chats_over_time(three)
    time, tea = run_charts(series, series.questions[0])
    assert time.values == (0.25, 0.75, 0.5)
    assert time.median == 0.5
    assert time.top == tea.top == 0.8
    assert [told_cell(cell) for cell in time.rows[0][:3]] == ["5 Jan 2026", "25 %", "1 of 4"]


def test_a_gap_is_drawn_as_one_and_says_why() -> None:
    """Tea was not in the first codebook: no point, no zero."""
    few = BOOK.changed(themes=BOOK.themes[:1])
    series = chats_over_time([
        chat(1, ("a", "Q1", "time"), book=few),
        chat(2, *said(1, 1)),
    ])
    charts = {chart.title: chart for chart in run_charts(series, series.questions[0])}
    assert charts["2. Tea"].values == (None, 0.5)
    assert charts["2. Tea"].rows[0][2] == "its codebook had no such theme"
    assert "There is a gap for 1 chat (5 Jan 2026: its codebook" in charts["2. Tea"].alt


def test_signals_are_named_where_they_begin_and_few_chats_give_none(
    year: ChatsOverTime, three: list[Codings]
) -> None:
    """Twelve rising chats: two shifts and a trend; three chats: the rules are not applied."""
    time = next(theme for theme in year.themes if theme.theme_id == "time")
    sentence = signal_sentence(time, year.chats)
    assert "shift, 6 in a row (5 Jan 2026 to 5 Jun 2026)" in sentence
    assert "trend over 12 chats" in sentence
    assert "few crossings of the median (1 where fewer than 3 are rare)" in sentence
    assert "2 lines of themes; 2 give a signal of a change" in opening(year)[1]
    assert "3 in 100 lines give one by chance; of 2, that is fewer than one." in opening(year)[1]
    assert "rules of run charts are not applied" in opening(chats_over_time(three))[1]


def test_names_that_are_markup_stay_words(year: ChatsOverTime) -> None:
    """In HTML and Markdown."""
    page = Words()
    page.feed(series_html(year))
    assert "script" not in page.tags
    assert any("<script>window.hacked" in words for words in page.words)
    assert "<script>" not in series_markdown(year).replace("\\<script\\>", "")


def test_names_from_the_right_leave_the_order_of_headings_alone() -> None:
    """Title, questions and themes in Hebrew: isolated in Word and Markdown, turned on the page."""
    hebrew = "\u05de\u05d4 \u05e2\u05d5\u05d6\u05e8?"
    isolated = f"\N{FIRST STRONG ISOLATE}{hebrew}\N{POP DIRECTIONAL ISOLATE}"
    book = BOOK.model_copy(
        update={
            "questions": tuple(one.model_copy(update={"text": hebrew}) for one in BOOK.questions),
            "themes": tuple(one.model_copy(update={"name": hebrew}) for one in BOOK.themes),
        }
    )
    series = chats_over_time([
        chat(month, ("a", "Q1", "tea"), book=book, title=hebrew) for month in (1, 2)
    ])
    document = docx.Document(io.BytesIO(series_word(series)))
    said = [paragraph.text for paragraph in document.paragraphs]
    for text in (f"Q1. {isolated}", f"{isolated}: 2 chats over time"):
        assert text in said
        assert text in series_markdown(series)
    assert f"2. {isolated}" in series_markdown(series)
    page = series_html(series)
    assert f'<span dir="rtl">{hebrew}</span>' in page
    assert 'dir="auto"' not in page  # which WeasyPrint does not know


def test_many_chats_stand_in_tables_of_equal_width(year: ChatsOverTime) -> None:
    """Twelve chats are three tables per question, each with its head."""
    markdown = series_markdown(year)
    assert "**Chats 1 to 4 of 12**" in markdown
    assert "**Chats 9 to 12 of 12**" in markdown


def test_the_command_writes_each_form_and_the_json_is_the_model(
    three: list[Codings], tmp_path: Path
) -> None:
    """`report A B C`; one chat alone still gives the report on one."""
    files = [tmp_path / f"{n}.jsonl" for n in range(3)]
    for codings, file in zip(three, files, strict=True):
        secondcoder.write_codings(codings, file)
    run = CliRunner().invoke
    shown = run(app, ["report", *map(str, files), "--json"])
    assert shown.exit_code == 0, shown.output
    assert ChatsOverTime.model_validate_json(shown.output) == chats_over_time(three)
    schema = secondcoder.json_schema("ChatsOverTime")
    assert "questions" in json.loads(json.dumps(schema))["properties"]
    for ending, start in (("md", b"# Tea: 3 chats"), ("html", b"<!doctype"), ("docx", b"PK")):
        target = tmp_path / f"over.{ending}"
        done = run(app, ["report", *map(str, files), "-o", str(target)])
        assert done.exit_code == 0, done.output
        assert target.read_bytes().startswith(start)
    one = run(app, ["report", str(files[0])])
    assert one.output.startswith("# Tea\n")


def test_options_of_one_chat_are_refused_in_words(three: list[Codings], tmp_path: Path) -> None:
    """Nothing is silently ignored."""
    for option, given in (
        ("--coder", {"coder": "openai/m"}),
        ("--quotes paraphrased", {"quotes": "paraphrased"}),
        ("--private", {"private": tmp_path / "p.csv"}),
        ("--agreement", {"agreement": tmp_path / "a.json"}),
        ("--ledger", {"ledger": tmp_path / "l.sqlite"}),
        ("--budget", {"options": secondcoder.ModelOptions(budget_usd=1)}),
        ("--base-url", {"options": secondcoder.ModelOptions(base_url="http://localhost:1/v1")}),
    ):
        with pytest.raises(InputError, match=f"{option}: a report over several chats has no use"):
            secondcoder.report(three, **given)
    with pytest.raises(InputError, match="no codings are given"):
        secondcoder.report([])
    assert issubclass(CodebookError, InputError)


def test_cautions_and_wordings_are_in_every_form() -> None:
    """What a reader should know before comparing comes before the chats, in Word as elsewhere."""
    reworded = BOOK.changed(
        questions=(BOOK.questions[0].model_copy(update={"text": "What helps you?"}),),
        themes=BOOK.themes[:2],
    )
    series = chats_over_time([
        chat(1, *said(1, 1)),
        chat(2, *said(1, 1), book=reworded, coder="openai/m", run={"prompt_version": "code/v1"}),
    ])
    document = docx.Document(io.BytesIO(series_word(series)))
    paragraphs = [paragraph.text for paragraph in document.paragraphs]
    markdown, page = series_markdown(series), series_html(series)
    assert paragraphs.index("Before you compare") < paragraphs.index("1. The chats")
    assert markdown.index("Before you compare") < markdown.index("1. The chats")
    for form in ("\n".join(paragraphs), markdown, page):
        assert "The chats were not coded by one coder" in form
        assert "In another chat: " in form
    assert "openai/m (a language model), code/v1" in page


def test_in_word_the_pictures_of_many_chats_come_before_their_tables(year: ChatsOverTime) -> None:
    """Three tables for twelve chats, each named above."""
    paragraphs = [
        paragraph.text for paragraph in docx.Document(io.BytesIO(series_word(year))).paragraphs
    ]
    assert {"Chats 1 to 4 of 12", "Chats 5 to 8 of 12", "Chats 9 to 12 of 12"} <= set(paragraphs)
    picture = next(n for n, text in enumerate(paragraphs) if "Spoken of in all 12 chats" in text)
    assert picture < paragraphs.index("Chats 1 to 4 of 12")


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_a_pdf_is_printed_from_the_page(three: list[Codings], tmp_path: Path) -> None:
    """The text returned is the report as Markdown."""
    target = tmp_path / "over.pdf"
    shown = secondcoder.report(three, output=target)
    assert shown.startswith("# Tea: 3 chats over time")
    assert target.read_bytes().startswith(b"%PDF")


@pytest.mark.slow
@pytest.mark.skipif(not SOFFICE, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_word_file(three: list[Codings], tmp_path: Path) -> None:
    """Converted to text, the title, a share and a sentence are there."""
    target = tmp_path / "over.docx"
    secondcoder.report(three, output=target)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(  # noqa: S603  # LibreOffice of this machine, on our own file
        [SOFFICE, profile, "--headless", "--convert-to", "txt:Text", "--outdir", str(tmp_path),
         str(target)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    words = (tmp_path / "over.txt").read_text("utf-8", errors="replace")
    assert "Tea: 3 chats over time" in words
    assert "1 (25 %)" in words
    assert "Spoken of in all three chats" in words


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Yield a browser that logs its console."""
    options = ChromeOptions()
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(flag)
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('profile')}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=Service(CHROMEDRIVER))
    yield driver
    driver.quit()


@pytest.mark.slow
@pytest.mark.skipif(
    CHROMIUM is None or CHROMEDRIVER is None, reason="chromium and chromedriver are not installed"
)
def test_the_page_opens_without_a_word_on_the_console_and_fits_a_phone(
    browser: Chrome, year: ChatsOverTime, tmp_path: Path
) -> None:
    """The policy blocks nothing that the page needs, and a phone scrolls no page sideways."""
    page = tmp_path / "page.html"
    page.write_text(series_html(year), "utf-8")
    metrics = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get(page.as_uri())
    browser.execute_script("document.querySelectorAll('details').forEach((d) => d.open = true)")
    scrolled, inner = browser.execute_script(
        "return [document.documentElement.scrollWidth, window.innerWidth]"
    )
    assert scrolled <= inner
    assert browser.get_log("browser") == []  # type: ignore[no-untyped-call]  # selenium's
    drawn = browser.execute_script("return document.querySelectorAll('svg circle.data').length")
    assert drawn == 24


def test_intervals_are_printed_on_paper(three: list[Codings]) -> None:
    """A page on paper unfolds nothing: the interval stands below each share, in both forms."""
    series = chats_over_time(three)
    found = run_charts(series, series.questions[0])[0].rows[0][3]
    assert isinstance(found, str)
    assert " % to " in found
    assert f'<span class="interval">{found}</span>' in series_html(series)
    document = docx.Document(io.BytesIO(series_word(series)))
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert f"1 (25 %)\n{found}" in cells


def test_the_chats_are_told_with_program_and_codebook(three: list[Codings]) -> None:
    """A version number that people forgot to raise tells no two codebooks apart; a hash does."""
    run = three[0].info.run.model_copy(update={"secondcoder_version": "0.1.0"})
    first = Codings(info=three[0].info.model_copy(update={"run": run}), posts=three[0].posts)
    series = chats_over_time([first, *three[1:]])
    rows = series_markdown(series).splitlines()
    (row,) = (line for line in rows if "| 5 Jan 2026 |" in line and "Tea |" in line)
    assert ", secondcoder 0.1.0 |" in row
    assert f"hash {BOOK.sha256[:12]} |" in row


def test_a_question_that_nobody_answered_has_one_sentence(three: list[Codings]) -> None:
    """Noise was asked about in Q2, and no chat gave a quote: named; no empty picture or table."""
    series = chats_over_time(three)
    assert not run_charts(series, series.questions[1])
    markdown = series_markdown(series).partition("### Q2")[2].partition("## 3.")[0]
    sentence = "No post gave a quote to this question. Its themes: Noise."
    assert markdown.split("\n\n", 1)[1].strip() == sentence
    left = [chat(month, *said(1, 1), ("z", "Q2", NO_IDEA)) for month in (1, 2)]
    markdown = series_markdown(chats_over_time(left)).partition("### Q2")[2].partition("## 3.")[0]
    assert "Beside: gave no quote | 1 | 1 |" in markdown
    assert markdown.count("Noise") == 1


def test_six_chats_are_three_and_three() -> None:
    """Not five, and one alone."""
    series = chats_over_time([chat(month, *said(1, 1)) for month in range(1, 7)])
    tables = list(blocks(series, series.questions[0]))
    assert [table.title for table in tables] == ["Chats 1 to 3 of 6", "Chats 4 to 6 of 6"]


def test_the_table_of_chats_breaks_between_its_rows(three: list[Codings]) -> None:
    """Its rows are tall: kept together, six chats left most of the first page empty."""
    document = docx.Document(io.BytesIO(series_word(chats_over_time(three))))
    chats, fates = document.tables[:2]
    for table, kept in ((chats, [True, None, None, None]), (fates, [True, True, True, None])):
        rows = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in table.rows]
        assert rows == kept
    assert [row.cells[2].text for row in chats.rows][1:] == [
        "5 Jan 2026",
        "5 Feb 2026",
        "5 Mar 2026",
    ]
