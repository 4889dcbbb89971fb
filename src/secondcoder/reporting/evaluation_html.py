"""The result of an evaluation as one HTML page that needs nothing else."""

from secondcoder.reporting.packing_rows import packing_rows, packing_verdicts
from secondcoder.reporting.pages import page
from secondcoder.schema.evaluation import Difference, EvaluationResult, Score
from secondcoder.schema.statistics import Interval, Statistic, Undefined


def evaluation_html(result: EvaluationResult) -> str:
    """Return the page: scores by condition, differences, runs, and how to repeat it all."""
    tables: dict[tuple[str, str], list[Score]] = {}
    for score in result.scores:
        tables.setdefault((score.condition, score.against), []).append(score)
    packing = packing_rows(result)
    differences: dict[tuple[str, str, str], list[Difference]] = {}
    for found in result.differences:
        key = (found.condition, found.coder, found.minus)
        differences.setdefault(key, []).append(found)
    return page(
        "evaluation.html.jinja",
        ("report.css",),
        {
            "result": result,
            "tables": tables,
            "differences": differences,
            "packing": packing,
            "verdicts": packing_verdicts(packing),
        },
        filters={"figure": figure, "between": between},
    )


def figure(result: Statistic | Undefined) -> str:
    """Return a value in three decimals, or why there is none.

    >>> figure(Statistic(name="theme_hit", value=0.5, n_units=4))
    '0.500'
    """
    return f"{result.value:.3f}" if isinstance(result, Statistic) else f"none: {result.reason}"


def between(result: Statistic | Undefined) -> str:
    """Return the ends of a statistic's interval, nothing where there is none.

    >>> between(Statistic(name="a", value=0.5, n_units=4))
    ''
    """
    interval = result.interval
    if isinstance(interval, Interval):
        return f"{interval.low:.3f} to {interval.high:.3f}"
    return ""
