"""The report as one HTML file that needs nothing else and asks the network for nothing."""

from urllib.parse import quote as percent_encoded

from secondcoder.reporting.breakdown import WITHHELD
from secondcoder.reporting.charts import told_cell
from secondcoder.reporting.findings import Findings
from secondcoder.reporting.pages import page
from secondcoder.reporting.svg import svg
from secondcoder.reporting.wording import not_shown, number


def html_report(findings: Findings) -> str:
    """Return the report as one self-contained HTML page.

    Everything participants wrote is escaped. The page's own policy admits its one style sheet and
    its one script, by their hashes, and forbids every request.
    """
    return page(
        "report.html.jinja",
        ("report.css", "picture.css"),
        {
            "findings": findings,
            "introduction": findings.introduction,
            "breakdown": findings.breakdown,
            "account": findings.accounting,
            "methods": findings.methods,
            "withheld_lead": WITHHELD,
        },
        filters={
            "number": number,
            "fragment": fragment,
            "svg": svg,
            "cell": told_cell,
            "not_shown": not_shown,
        },
        script="report.js",
    )


def fragment(post_id: str) -> str:
    """Return the link to a post of the report; the element's id is `post-` and the id as it is.

    >>> fragment("a/b")
    '#post-a%2Fb'
    """
    return f"#post-{percent_encoded(post_id, safe='')}"
