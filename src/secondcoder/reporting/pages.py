"""Pages: HTML files that need nothing else and ask the network for nothing."""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined

from secondcoder.reporting.wording import runs_right_to_left


def page(
    template: str,
    styles: Sequence[str],
    facts: Mapping[str, object],
    *,
    filters: Mapping[str, Callable[..., object]] | None = None,
    script: str | None = None,
) -> str:
    """Return a template filled in; it escapes whatever it does not mark as safe.

    The template gets `style` and `style_hash`, with which the page's own policy admits this one
    style sheet, and `script` and `script_hash` if there is a script.

    Args:
        template: Name of the template.
        styles: Names of the style sheets, joined in this order.
        facts: What the template names.
        filters: What it calls, by name, besides `direction`.
        script: Name of the script.
    """
    environment = Environment(
        loader=PackageLoader("secondcoder.reporting", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"direction": direction, **(filters or {})}
    sources = {"style": "".join(map(_shipped, styles))}
    if script is not None:
        sources["script"] = _shipped(script)
    hashes = {f"{name}_hash": source_hash(source) for name, source in sources.items()}
    return environment.get_template(template).render(**facts, **sources, **hashes)


def direction(text: str) -> str:
    """Return the direction a text runs in. WeasyPrint does not know `dir="auto"`.

    >>> direction("tea"), direction("\u05ea\u05d4")
    ('ltr', 'rtl')
    """
    return "rtl" if runs_right_to_left(text) else "ltr"


def source_hash(source: str) -> str:
    """Return what a Content-Security-Policy calls a style or script: the hash of its text.

    Source: W3C, Content Security Policy Level 3, section 2.3.1 (hash-source).

    >>> source_hash("")
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    digest = hashlib.sha256(source.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _shipped(name: str) -> str:
    """Return the text of a file that lies beside the templates."""
    folder = resources.files("secondcoder.reporting") / "templates"
    return (folder / name).read_text(encoding="utf-8")
