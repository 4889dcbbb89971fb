"""What moved between two codings as one HTML file that asks the network for nothing."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from secondcoder.reporting.difference import TITLES, change_line, sentences
from secondcoder.reporting.html import shipped, source_hash
from secondcoder.schema.differences import Difference


def difference_html(found: Difference) -> str:
    """Return the page: counts by theme, every quote that changed, and posts that did.

    Everything participants wrote is escaped; the page's policy forbids scripts and every request.
    """
    environment = Environment(
        loader=PackageLoader("secondcoder.reporting", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    style = shipped("report.css")
    return environment.get_template("difference.html.jinja").render(
        found=found,
        sentences=sentences(found),
        sections=[
            (title, [change_line(change, found) for change in found.changed(kind)])
            for kind, title in TITLES
        ],
        style=style,
        style_hash=source_hash(style),
    )
