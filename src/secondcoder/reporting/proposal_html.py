"""A proposal as one HTML file that asks the network for nothing."""

from secondcoder.reporting.charts import told_cell
from secondcoder.reporting.pages import page
from secondcoder.reporting.proposal_pages import proposal_pages
from secondcoder.reporting.svg import svg
from secondcoder.schema.proposals import Proposal


def proposal_html(proposal: Proposal) -> str:
    """Return the page: each theme with what it rests on, what no theme covers, and saturation.

    Everything participants wrote is escaped; the page's policy forbids scripts and every request.
    """
    return page(
        "proposal.html.jinja",
        ("report.css", "picture.css", "proposal.css"),
        {
            "pages": proposal_pages(proposal),
        },
        filters={"svg": svg, "cell": told_cell},
    )
