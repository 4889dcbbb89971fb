"""What moved between two codings as one HTML file that asks the network for nothing."""

from secondcoder.reporting.difference import TITLES, change_line, sentences
from secondcoder.reporting.pages import page
from secondcoder.schema.differences import Difference


def difference_html(found: Difference) -> str:
    """Return the page: counts by theme, every quote that changed, and posts that did.

    Everything participants wrote is escaped; the page's policy forbids scripts and every request.
    """
    return page(
        "difference.html.jinja",
        ("report.css",),
        {
            "found": found,
            "sentences": sentences(found),
            "sections": [
                (title, [change_line(change, found) for change in found.changed(kind)])
                for kind, title in TITLES
            ],
        },
    )
