"""What `agree` found as one HTML file that needs nothing else and asks the network for nothing."""

from typing import NamedTuple

from secondcoder.reporting import agreement_wording as wording
from secondcoder.reporting.pages import page
from secondcoder.schema.agreement import Agreement, ReferenceScores
from secondcoder.schema.statistics import Interval, Result, Undefined

CONFUSIONS_SHOWN = 15


class Bar(NamedTuple):
    """Where a figure and its interval lie on a line from -1 to 1 that is 200 units long."""

    value: float
    low: float
    high: float


class Taken(NamedTuple):
    """One theme taken for another by a coder."""

    reference: str
    other: str
    n: float


def agreement_html(agreement: Agreement) -> str:
    """Return the report on agreement as one self-contained HTML page.

    Every name is escaped; the page's own policy admits its one style sheet by its hash, and forbids
    scripts and every request.
    """
    names = {theme.theme_id: theme.name for theme in agreement.overall.themes}
    return page(
        "agreement.html.jinja",
        ("report.css", "agreement.css"),
        {
            "agreement": agreement,
            "overall": agreement.overall,
            "sentences": wording.what_was_compared(agreement),
            "accounts": [wording.account_of(each) for each in agreement.coders],
            "reading": wording.about_intervals(agreement),
            "together": wording.theme_figures(agreement.overall),
            "themes": wording.shown_themes(agreement.overall),
            "silent": wording.never_given(agreement.overall),
            "interval_notes": wording.interval_notes(agreement.overall),
            "quotes": wording.quote_figures(agreement.overall),
            "kappa": wording.kappa_name(agreement.overall),
            "confusions": [(each, confusions(each, names)) for each in agreement.scores],
        },
        filters={
            "figure": wording.number,
            "share": wording.percent,
            "bare_share": wording.bare_percent,
            "bar": bar,
        },
    )


def bar(result: Result) -> Bar | None:
    """Return where to draw a figure, or None where there is none.

    >>> from secondcoder.schema.statistics import Statistic
    >>> bar(Statistic(name="alpha", value=0.5, n_units=9))
    Bar(value=150.0, low=150.0, high=150.0)
    """
    if isinstance(result, Undefined):
        return None
    ends = (result.value, result.value)
    if isinstance(result.interval, Interval):
        ends = (result.interval.low, result.interval.high)
    low, high = (_place(end) for end in ends)
    return Bar(_place(result.value), low, high)


def confusions(scores: ReferenceScores, names: dict[str, str]) -> list[Taken]:
    """Return which theme was most often taken for which other, None being no theme."""
    table = scores.confusion
    found = [
        Taken(_named(reference, names), _named(other, names), table.counts[row][column])
        for row, reference in enumerate(table.themes)
        for column, other in enumerate(table.themes)
        if row != column and table.counts[row][column] > 0
    ]
    return sorted(found, key=lambda taken: -taken.n)[:CONFUSIONS_SHOWN]


def _named(theme_id: object, names: dict[str, str]) -> str:
    return "no theme" if theme_id is None else names.get(str(theme_id), str(theme_id))


def _place(value: float) -> float:
    return round(100 + 100 * max(-1.0, min(1.0, value)), 1)
