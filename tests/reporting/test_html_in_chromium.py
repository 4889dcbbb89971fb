"""The HTML report in a real browser: it filters, fits a phone, and asks the network for nothing."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from reporting.conftest import IN_CHROMIUM, coding, post
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from secondcoder.reporting.findings import findings
from secondcoder.reporting.html import html_report
from secondcoder.schema.chat import Question
from secondcoder.schema.codings import Codings, PostCodings, Quoted

pytestmark = IN_CHROMIUM


def logged(browser: Chrome, kind: str) -> list[dict[str, str]]:
    """Return what the browser logged of that kind since it was last asked."""
    entries: list[dict[str, str]] = browser.execute("getLog", {"type": kind})["value"]
    return entries


@pytest.fixture
def report(browser: Chrome, codings: Codings, tmp_path: Path) -> Chrome:
    """Return the browser with the report on the ten posts open, its logs empty before."""
    path = tmp_path / "report.html"
    path.write_text(html_report(findings(codings)), encoding="utf-8")
    browser.get("about:blank")
    logged(browser, "browser")
    logged(browser, "performance")
    browser.get(path.as_uri())
    return browser


def visible_quotes(browser: Chrome) -> list[str]:
    """Return the posts of the quotes on show, in order, through what the page renders."""
    return [
        quote.text.split()[0]
        for quote in browser.find_elements(By.CSS_SELECTOR, ".quote .words")
        if quote.is_displayed()
    ]


def shown(browser: Chrome) -> str:
    """Return what the page says is on show."""
    return browser.find_element(By.ID, "shown").text


def test_search_keeps_the_quotes_that_hold_every_word(report: Chrome) -> None:
    """One quote under two themes is on show twice and counted once; case does not matter."""
    assert shown(report) == "8 quotes"
    assert len(visible_quotes(report)) == 9
    search = report.find_element(By.ID, "search")
    search.send_keys("JUNE numbers")
    assert visible_quotes(report) == ["the", "the"]
    assert shown(report) == "Showing 1 of 8 quotes"
    assert "1 shown of 4 quotes" in report.find_element(By.ID, "theme-1-1").text
    search.clear()
    search.send_keys("no such words")
    assert visible_quotes(report) == []
    assert report.find_element(By.ID, "nothing").is_displayed()
    report.find_element(By.ID, "clear").click()
    assert shown(report) == "8 quotes"
    assert len(visible_quotes(report)) == 9
    assert report.switch_to.active_element == search


def test_a_theme_and_a_question_can_be_chosen(report: Chrome) -> None:
    """The theme's quotes stay; choosing a question offers its own themes and other ideas."""
    Select(report.find_element(By.ID, "theme")).select_by_visible_text("2. Late data")
    assert visible_quotes(report) == ["the"]
    assert shown(report) == "Showing 1 of 8 quotes"
    question = Select(report.find_element(By.ID, "question"))
    question.select_by_visible_text("Posts that answered no question")
    theme = Select(report.find_element(By.ID, "theme"))
    assert [each.text for each in theme.options] == ["All themes", "4. Thanks", "Other ideas"]
    assert visible_quotes(report) == ["Thank", "We"]
    theme.select_by_visible_text("Other ideas")
    assert visible_quotes(report) == ["We"]
    question.select_by_visible_text("All questions")
    assert visible_quotes(report) == ["Rotas", "We"]


def test_a_link_to_a_hidden_quote_shows_it(report: Chrome) -> None:
    """A filter never turns a link into a dead end."""
    report.find_element(By.ID, "search").send_keys("cake")
    report.execute_script("location.hash = '#post-p2'")
    assert report.find_element(By.ID, "post-p2").is_displayed()
    assert shown(report) == "8 quotes"


def test_a_link_to_a_post_left_out_opens_its_drawer(report: Chrome) -> None:
    """The duplicate p8 leads to the post it repeats, in another closed drawer."""
    assert not report.find_element(By.ID, "post-p6").is_displayed()
    report.execute_script("location.hash = '#post-p6'")
    assert report.find_element(By.ID, "post-p6").is_displayed()


@pytest.mark.parametrize("width", [320, 360, 768])
def test_no_width_scrolls_sideways(report: Chrome, width: int) -> None:
    """On a phone everything is inside the screen, the drawers open too."""
    metrics = {"width": width, "height": 740, "deviceScaleFactor": 2, "mobile": True}
    report.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        report.execute_script("document.querySelectorAll('details').forEach((d) => d.open = true)")
        scrolled, inner = report.execute_script(
            "return [document.documentElement.scrollWidth, innerWidth]"
        )
        assert inner == width
        assert scrolled <= inner
        assert report.execute_script(
            "return [...document.querySelectorAll('.words')]"
            ".every((words) => words.scrollWidth <= words.clientWidth)"
        )
    finally:
        report.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_the_script_of_a_post_did_not_run_and_nothing_was_requested(report: Chrome) -> None:
    """The console is silent, and the only thing loaded is the file itself."""
    report.find_element(By.ID, "search").send_keys("script")
    assert shown(report) == "Showing 1 of 8 quotes"
    assert report.execute_script("return typeof window.hacked") == "undefined"
    assert logged(report, "browser") == []
    events = [json.loads(entry["message"])["message"] for entry in logged(report, "performance")]
    requested = {
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    }
    assert requested == {report.current_url}


def test_the_policy_stops_a_script_and_a_request_of_the_page_itself(report: Chrome) -> None:
    """Were markup to slip through, the browser would refuse it."""
    report.execute_script(
        "const s = document.createElement('script');"
        "s.textContent = 'window.hacked = 1'; document.body.append(s);"
        "const i = new Image(); i.src = 'http://127.0.0.1:9/x.png'; document.body.append(i);"
    )
    assert report.execute_script("return typeof window.hacked") == "undefined"
    refused = [entry["message"] for entry in logged(report, "browser")]
    assert any("script-src" in message for message in refused)
    assert any("img-src" in message or "default-src" in message for message in refused)


def test_the_keyboard_reaches_the_skip_link_first(report: Chrome) -> None:
    """The first stop of the Tab key leads past the introduction."""
    report.find_element(By.TAG_NAME, "body").send_keys("\ue004")
    assert report.switch_to.active_element.text == "Skip to the key themes"


CLASHES = """
const found = [];
for (const svg of document.querySelectorAll('.drawing')) {
  const box = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll('text')]
    .filter((text) => getComputedStyle(text).display !== 'none')
    .map((text) => ({ words: text.textContent, at: text.getBoundingClientRect() }));
  texts.forEach(({ words, at }, place) => {
    if (at.left < box.left - 1 || at.right > box.right + 1) found.push('outside: ' + words);
    for (const other of texts.slice(place + 1)) {
      if (at.left < other.at.right - 1 && other.at.left < at.right - 1 &&
          at.top < other.at.bottom - 3 && other.at.top < at.bottom - 3)
        found.push(words + ' on ' + other.words);
    }
  });
}
return [document.querySelectorAll('.drawing text').length, found];
"""
"""Returns how many words the pictures hold, and which leave theirs or stand on others."""


def crowded(codings: Codings) -> Codings:
    """Return the codings with long theme names, and many questions asked one after the other."""
    book = codings.info.codebook
    names = ("Time for patients and families " * 5, "w" * 150, "זמן להקשיב לאנשים " * 6, "Tea")
    themes = tuple(
        theme.model_copy(update={"name": name})
        for theme, name in zip(book.themes, names, strict=True)
    )
    start = codings.info.chat.starts_at
    assert start is not None
    asked = tuple(
        Question(id=f"Q{10 + place}", asked_at=start + timedelta(minutes=5 * place))
        for place in range(12)
    )
    book = book.changed(themes=themes, questions=(*book.questions, *asked))
    return codings.model_copy(update={"info": codings.info.model_copy(update={"codebook": book})})


@pytest.mark.parametrize("width", [360, 1280])
def test_words_of_pictures_stand_apart(
    browser: Chrome, codings: Codings, tmp_path: Path, width: int
) -> None:
    """Long names, right-to-left ones and twelve questions within the hour, on a phone and a desk.

    The console is silent: the page's policy forbids nothing that the pictures hold.
    """
    path = tmp_path / "report.html"
    path.write_text(html_report(findings(crowded(codings))), encoding="utf-8")
    logged(browser, "browser")
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 400}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        browser.get(path.as_uri())
        n_words, clashes = browser.execute_script(CLASHES)
        across = browser.execute_script("return document.documentElement.scrollWidth")
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert n_words > 30
    assert clashes == []
    assert across <= width
    assert logged(browser, "browser") == []


def test_times_below_an_axis_stand_apart_on_a_small_phone(
    browser: Chrome, codings: Codings, tmp_path: Path
) -> None:
    """The first and the last begin and end at the axis' ends, which brings them near the next."""
    said = [post(n, f"w{n}", f"No hours left on day {n}") for n in range(100, 160)]
    hour = tuple(
        PostCodings(post=each, outcome=Quoted(codings=(coding(each, each.text, "Q1", "time"),)))
        for each in (
            one.model_copy(update={"created_at": said[0].created_at + timedelta(minutes=n)})
            for n, one in enumerate(said)
            if said[0].created_at is not None
        )
    )
    chat = codings.info.chat.model_copy(update={"starts_at": said[0].created_at})
    info = codings.info.model_copy(update={"chat": chat})
    path = tmp_path / "report.html"
    path.write_text(html_report(findings(Codings(info=info, posts=hour))), "utf-8")
    times, clashes = {}, {}
    try:
        for width in (320, 1280):
            size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 400}
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
            browser.get(path.as_uri())
            axis = browser.find_elements(By.CSS_SELECTOR, "#chart-posts-over-time .axis")
            times[width] = [one.text for one in axis if ":" in one.text]
            clashes[width] = browser.execute_script(CLASHES)[1]
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert len(times[1280]) == 7
    assert times[320] == [times[1280][place] for place in (0, 2, 3, 4, 6)]
    assert clashes == {320: [], 1280: []}


def test_a_picture_says_what_it_shows_and_opens_its_table_by_keyboard(report: Chrome) -> None:
    """It is an image named by its caption; Enter on the summary shows the numbers."""
    figure = report.find_element(By.ID, "chart-themes-1")
    drawing = figure.find_element(By.TAG_NAME, "svg")
    assert drawing.aria_role in {"img", "image"}
    assert drawing.accessible_name.startswith("Themes of Q1 Bars: distinct authors")
    table = figure.find_element(By.TAG_NAME, "table")
    assert not table.is_displayed()
    figure.find_element(By.TAG_NAME, "summary").send_keys(Keys.ENTER)
    assert table.is_displayed()
    assert table.text.splitlines()[1:] == ["1. No time 3 3", "2. Late data 1 1"]


def test_pictures_turn_with_the_dark(report: Chrome) -> None:
    """Bars are lighter on a dark page, and on paper as on a light one."""
    colour = "return getComputedStyle(document.querySelector('#chart-themes-1 rect.data')).fill"
    dark = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    try:
        light = report.execute_script(colour)
        report.execute_cdp_cmd("Emulation.setEmulatedMedia", dark)
        assert report.execute_script(colour) == "rgb(86, 180, 233)"
        report.execute_cdp_cmd("Emulation.setEmulatedMedia", dark | {"media": "print"})
        assert report.execute_script(colour) == light == "rgb(0, 114, 178)"
    finally:
        report.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})


def test_what_has_the_focus_is_not_behind_the_search(
    browser: Chrome, codings: Codings, tmp_path: Path
) -> None:
    """Going back with Shift and Tab, each link of a quote stands below the search."""
    said = [post(n, "Ann", f"No hours left on day {n}") for n in range(100, 130)]
    more = tuple(
        PostCodings(post=each, outcome=Quoted(codings=(coding(each, each.text, "Q1", "time"),)))
        for each in said
    )
    path = tmp_path / "report.html"
    path.write_text(html_report(findings(Codings(info=codings.info, posts=more))), "utf-8")
    size = {"width": 1000, "height": 700, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(path.as_uri())
    browser.execute_script("[...document.querySelectorAll('#breakdown a')].at(-1).focus()")
    covered = []
    for _ in range(len(said) - 1):
        ActionChains(browser).key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT).perform()
        link, search = browser.execute_script(
            "return [document.activeElement, document.getElementById('filter')]"
            ".map((each) => each.getBoundingClientRect().toJSON())"
        )
        covered.append(search["top"] < link["bottom"] and link["top"] < search["bottom"])
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert covered == [False] * (len(said) - 1)
