"""Every figure of an agreement as one row of a long table."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from secondcoder.schema.agreement import Agreement, Comparison, ReferenceScores
from secondcoder.schema.statistics import Interval, Statistic, Undefined
from secondcoder.schema.unitizing import SpanScores


class AgreementRow(NamedTuple):
    """One figure."""

    coders: str
    """Their names, ` | ` between; with a score, the reference first."""
    about: str
    """`themes` together, one `theme`, one `question`, the `quotes`, or a `score`."""
    question_id: str | None
    theme_id: str | None
    statistic: str
    value: float | None
    """None: there is no value, for the reason given."""
    low: float | None
    high: float | None
    n_units: int
    reason: str | None


COLUMNS: Mapping[str, type[str] | type[int] | type[float]] = {
    "coders": str,
    "about": str,
    "question_id": str,
    "theme_id": str,
    "statistic": str,
    "value": float,
    "low": float,
    "high": float,
    "n_units": int,
    "reason": str,
}
"""What each column of a data frame of these rows holds."""


def agreement_rows(agreement: Agreement) -> tuple[AgreementRow, ...]:
    """Return every figure, of all coders first and then of each two."""
    rows: list[AgreementRow] = []
    for comparison in (agreement.overall, *agreement.pairs):
        rows.extend(_comparison(comparison))
    everyone = " | ".join(agreement.overall.coders)
    for question in agreement.questions:
        place = (everyone, "question", question.question_id, None)
        rows.extend(_figures(question, place))
    for scores in agreement.scores:
        rows.extend(_scores(scores))
    return tuple(rows)


_Place = tuple[str, str, str | None, str | None]


def _comparison(comparison: Comparison) -> Iterator[AgreementRow]:
    coders = " | ".join(comparison.coders)
    yield from _figures(comparison.sets, (coders, "themes", None, None))
    yield from _figures(comparison.sets.coefficients, (coders, "themes", None, None))
    for theme in comparison.themes:
        place = (coders, "theme", None, theme.theme_id)
        yield from _figures(theme.coefficients, place)
        yield from _figures(theme, place)
        for name, n in theme.positives.items():
            yield AgreementRow(*place, f"positives of {name}", n, None, None, theme.n_units, None)
    yield from _figures(comparison.unitizing, (coders, "quotes", None, None))


def _scores(scores: ReferenceScores) -> Iterator[AgreementRow]:
    coders = f"{scores.reference} | {scores.coder}"
    for theme in scores.scores.per_theme:
        yield from _figures(theme, (coders, "score", None, str(theme.theme)))
    for over, mean in (("micro", scores.scores.micro), ("macro", scores.scores.macro)):
        yield from _figures(mean, (coders, "score", None, None), prefix=f"{over}_")


def _figures(
    holder: Iterable[tuple[str, object]], place: _Place, prefix: str = ""
) -> Iterator[AgreementRow]:
    """Yield a row for each field of a record that is a figure."""
    for name, value in holder:
        match value:
            case Statistic(interval=interval):
                low, high = _ends(interval)
                yield AgreementRow(
                    *place, prefix + name, value.value, low, high, value.n_units, None
                )
            case Undefined(reason=reason):
                yield AgreementRow(*place, prefix + name, None, None, None, value.n_units, reason)
            case SpanScores():
                yield from _figures(value, place, prefix=f"{name}_")
            case _:
                continue


def _ends(interval: Interval | Undefined | None) -> tuple[float | None, float | None]:
    return (interval.low, interval.high) if isinstance(interval, Interval) else (None, None)
