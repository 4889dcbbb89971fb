"""The HTML report in a real browser: it filters, fits a phone, and asks the network for nothing."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select

from secondcoder.reporting.findings import findings
from secondcoder.reporting.html import html_report
from secondcoder.schema.codings import Codings

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CHROMEDRIVER = shutil.which("chromedriver")
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync "
    "--disable-dev-shm-usage"
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        CHROMIUM is None or CHROMEDRIVER is None,
        reason="chromium and chromedriver are not installed",
    ),
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Yield a browser with a profile of its own that logs its console and its requests."""
    options = ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for flag in FLAGS.split():
        options.add_argument(flag)
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('profile')}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with Chrome(options=options, service=Service(CHROMEDRIVER)) as chrome:
        yield chrome


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
