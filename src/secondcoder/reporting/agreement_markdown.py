"""What `agree` found as Markdown."""

from collections.abc import Iterable, Sequence

from secondcoder.reporting.agreement_wording import (
    ALPHA,
    about_intervals,
    account_of,
    interval_notes,
    kappa_name,
    never_given,
    number,
    percent,
    quote_figures,
    shown_themes,
    theme_figures,
    what_was_compared,
)
from secondcoder.reporting.markdown import ANYWHERE, LINK_START, escaped
from secondcoder.schema.agreement import Agreement

PLAIN = r"\\\1"
BROKEN = r"\1\3\\\2\4"


def agreement_markdown(agreement: Agreement) -> str:
    """Return the report on agreement as Markdown; every name is escaped."""
    overall = agreement.overall
    lines = [f"# How far the coders agree: {escaped(agreement.title)}", ""]
    lines += [escaped(" ".join(what_was_compared(agreement))), ""]
    lines += [*(f"- {escaped(account_of(each))}" for each in agreement.coders)]
    lines += ["", escaped(about_intervals(agreement))]
    lines += _section(
        "All themes together",
        ("figure", "value", "meaning"),
        ((each.name, number(each.result), each.meaning) for each in theme_figures(overall)),
    )
    lines += _section(
        "Each two coders",
        ("coders", "units", "same themes", f"{ALPHA}, MASI", "κ (Cohen)"),
        (
            (
                " and ".join(pair.coders),
                f"{pair.n_units:,}",
                percent(pair.sets.exact_match),
                number(pair.sets.alpha_masi),
                number(pair.sets.coefficients.conger_kappa),
            )
            for pair in agreement.pairs
        ),
    )
    lines += _section(
        f"Against {agreement.reference}",
        ("coder", "mean", "precision", "recall", "F1"),
        (
            (each.coder, name, *map(number, (score.precision, score.recall, score.f1)))
            for each in agreement.scores
            for name, score in (
                ("all themes given", each.scores.micro),
                ("mean of themes", each.scores.macro),
            )
        ),
    )
    lines += _section(
        "Theme by theme",
        ("theme", "questions", *overall.coders, "same", ALPHA, kappa_name(overall), "AC1"),
        (
            (
                theme.name,
                ", ".join(theme.question_ids),
                *(f"{theme.positives[name]:,}" for name in overall.coders),
                percent(theme.coefficients.percent_agreement),
                number(theme.coefficients.krippendorff_alpha),
                number(theme.coefficients.conger_kappa),
                number(theme.coefficients.gwet_ac1),
            )
            for theme in shown_themes(overall)
        ),
    )
    silent = never_given(overall)
    lines += [*([escaped(silent)] if silent else []), *map(escaped, interval_notes(overall))]
    lines += _section(
        "Question by question",
        ("question", agreement.unit, "same themes", f"{ALPHA}, MASI"),
        (
            (row.question_id, f"{row.n_units:,}", percent(row.exact_match), number(row.alpha_masi))
            for row in agreement.questions
        ),
    )
    lines += _section(
        "What was quoted",
        ("figure", "value", "meaning"),
        ((each.name, number(each.result), each.meaning) for each in quote_figures(overall)),
    )
    if agreement.notes:
        lines += ["", "## Notes", "", *(f"- {escaped(note)}" for note in agreement.notes)]
    return "\n".join(lines) + "\n"


def _section(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table under a heading; none where there are no rows."""
    body = [_row(row) for row in rows]
    if not body:
        return []
    return ["", f"## {escaped(title)}", "", _row(head), "|" + " --- |" * len(head), *body, ""]


def _row(cells: Sequence[str]) -> str:
    # Inside a table nothing starts a line, so the full stop of a number stays as it is.
    return f"| {' | '.join(LINK_START.sub(BROKEN, ANYWHERE.sub(PLAIN, cell)) for cell in cells)} |"
