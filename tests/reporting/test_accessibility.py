"""Pages as axe-core sees them in Chromium: no rule of WCAG 2.2 A and AA or of good practice broken.

axe-core (MPL-2.0) is no part of the project: the extra `axe` installs a package that carries it.
"""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from api.series_cases import chat, said
from reporting.conftest import IN_CHROMIUM
from reporting.test_agreement_reports import THREE
from reporting.test_proposal_pages import CHAT
from reporting.test_right_to_left import hebrew
from selenium.webdriver import Chrome

import secondcoder
from secondcoder.reporting.agreement_html import agreement_html
from secondcoder.reporting.findings import findings
from secondcoder.reporting.html import html_report
from secondcoder.reporting.privacy import Private
from secondcoder.reporting.proposal_html import proposal_html
from secondcoder.schema.codings import Codings

EXAMPLE = Path(__file__).parents[2] / "examples" / "improvement-chat" / "reference.jsonl"
_CARRIER = find_spec("axe_playwright_python")
AXE = Path((_CARRIER.submodule_search_locations or [""])[0]) / "axe.min.js" if _CARRIER else None
pytestmark = [
    *IN_CHROMIUM,
    pytest.mark.skipif(AXE is None, reason="no axe-core here: pip install 'secondcoder[axe]'"),
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CHECK = """
const [rules, done] = arguments;
document.querySelectorAll('details').forEach((each) => { each.open = true; });
axe.run(document, {runOnly: rules}).then(
  ({passes, violations}) => done([passes.length, violations.flatMap((rule) => rule.nodes.map(
    (node) => `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary}`))]),
  (error) => done([0, [String(error)]]));
"""
# Letters of pictures, whose contrast axe leaves open: WCAG 1.4.3 wants 4.5 to 1 at least.
FAINT = """
const light = (colour) => {
  const [r, g, b] = colour.match(/\\d+/g).slice(0, 3).map((part) => part / 255).map(
    (part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
};
const paper = light(getComputedStyle(document.documentElement).backgroundColor);
return [...document.querySelectorAll('svg text')].filter((text) => {
  const ink = light(getComputedStyle(text).fill);
  return Math.max(ink, paper) / Math.min(ink, paper) < 4.5;
}).map((text) => text.textContent);
"""


def long(_: Codings) -> str:
    """Return the page on the example chat of 179 posts, as people coded it."""
    return secondcoder.report(EXAMPLE, form="html")


def small(codings: Codings) -> str:
    """Return the page on ten posts, some of each outcome, with hostile words and a long one."""
    return html_report(findings(codings))


def tiny(codings: Codings) -> str:
    """Return the page on a single post that gave no quote."""
    return html_report(findings(Codings(info=codings.info, posts=codings.posts[5:6])))


def from_the_right(codings: Codings) -> str:
    """Return the page of a chat whose names run from right to left."""
    return html_report(hebrew(codings))


def private(codings: Codings) -> str:
    """Return the page on which some quotes, and posts without, are counted and not shown."""
    hidden = Private(codings, "Some are not shown.", lambda n, _: f"told {n}" if n == 1 else None)
    return html_report(hidden.findings(findings(codings)))


def several(_: Codings) -> str:
    """Return the page on twelve chats, with run charts and a signal."""
    chats = [chat(month, *said(month, 13 - month), title="Tea") for month in range(1, 13)]
    return secondcoder.report(chats, form="html")


def proposal(_: Codings) -> str:
    """Return the page on the evidence of a proposal."""
    return proposal_html(secondcoder.propose(CHAT, grain=4, seed=5))


def agreement(_: Codings) -> str:
    """Return the page on how far three coders agree."""
    return agreement_html(THREE)


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1200, "light")])
@pytest.mark.parametrize(
    "page", [long, small, tiny, from_the_right, private, several, proposal, agreement]
)
def test_a_page_breaks_no_rule_of_axe(  # noqa: PLR0913, PLR0917  # a page, how it is looked at
    page: Callable[[Codings], str],
    width: int,
    scheme: str,
    browser: Chrome,
    codings: Codings,
    tmp_path: Path,
) -> None:
    """On a phone by night and on a desk by day, with everything unfolded."""
    assert AXE is not None
    path = tmp_path / "page.html"
    path.write_text(page(codings), "utf-8")
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    try:
        browser.get(path.as_uri())
        browser.execute_script(AXE.read_text("utf-8"))
        n_passes, broken = browser.execute_async_script(CHECK, RULES)
        faint = browser.execute_script(FAINT)
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert broken == []
    assert faint == []
    assert n_passes > 10
