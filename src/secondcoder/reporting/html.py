"""The report as one HTML file that needs nothing else and asks the network for nothing."""

import base64
import hashlib
from importlib import resources
from urllib.parse import quote as percent_encoded

from jinja2 import Environment, PackageLoader, StrictUndefined

from secondcoder.reporting.findings import Findings
from secondcoder.reporting.wording import number, time_of


def html_report(findings: Findings) -> str:
    """Return the report as one self-contained HTML page.

    Everything participants wrote is escaped. The page's own policy admits its one style sheet and
    its one script, by their hashes, and forbids every request.
    """
    environment = Environment(
        loader=PackageLoader("secondcoder.reporting", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["number"] = number
    environment.filters["time_of"] = time_of
    environment.filters["fragment"] = fragment
    style, script = shipped("report.css"), shipped("report.js")
    return environment.get_template("report.html.jinja").render(
        findings=findings,
        introduction=findings.introduction,
        breakdown=findings.breakdown,
        account=findings.accounting,
        methods=findings.methods,
        style=style,
        script=script,
        style_hash=source_hash(style),
        script_hash=source_hash(script),
    )


def fragment(post_id: str) -> str:
    """Return the link to a post of the report; the element's id is `post-` and the id as it is.

    >>> fragment("a/b")
    '#post-a%2Fb'
    """
    return f"#post-{percent_encoded(post_id, safe='')}"


def source_hash(source: str) -> str:
    """Return what a Content-Security-Policy calls a style or script: the hash of its text.

    Source: W3C, Content Security Policy Level 3, section 2.3.1 (hash-source).

    >>> source_hash("")
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    digest = hashlib.sha256(source.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def shipped(name: str) -> str:
    """Return the text of a file that lies beside the templates."""
    folder = resources.files("secondcoder.reporting") / "templates"
    return (folder / name).read_text(encoding="utf-8")
