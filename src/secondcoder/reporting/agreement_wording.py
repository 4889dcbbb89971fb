"""What `agree` found, in words: the same on the screen, in Markdown and on the page."""

from typing import NamedTuple

from secondcoder.reporting.wording import count, joined
from secondcoder.schema.agreement import (
    Agreement,
    CoderAccount,
    Comparison,
    Exclusion,
    ThemeAgreement,
)
from secondcoder.schema.statistics import Interval, Result, Undefined

ALPHA = "\N{GREEK SMALL LETTER ALPHA}"
GAMMA = "\N{GREEK SMALL LETTER GAMMA}"
DASH = "\N{EN DASH}"
"""Stands where a figure is not defined for these coders."""

_TWO = 2


class Figure(NamedTuple):
    """One figure with its name for a reader."""

    name: str
    result: Result
    meaning: str


def number(result: Result | None) -> str:
    """Return the value with two digits and its interval, or why there is none.

    >>> from secondcoder.schema.statistics import Statistic
    >>> made = Interval(low=0.481, high=0.7, method="cluster bootstrap, percentile")
    >>> number(Statistic(name="alpha", value=0.593, n_units=9, interval=made))
    '0.59 (0.48 to 0.70)'
    """
    if result is None:
        return DASH
    if isinstance(result, Undefined):
        return f"no value: {result.reason}"
    match result.interval:
        case Interval(low=low, high=high):
            return f"{two_digits(result.value)} ({two_digits(low)} to {two_digits(high)})"
        case Undefined():
            return f"{two_digits(result.value)} (no interval)"
        case None:
            return two_digits(result.value)


def two_digits(value: float) -> str:
    """Return a number with two digits, never as minus nothing.

    >>> two_digits(-0.001)
    '0.00'
    """
    return f"{round(value, 2) + 0.0:.2f}"


def percent(result: Result) -> str:
    """Return a share as a whole percentage with its interval, or why there is none.

    >>> from secondcoder.schema.statistics import Statistic
    >>> percent(Statistic(name="exact match", value=0.593, n_units=9))
    '59 %'
    """
    if isinstance(result, Undefined):
        return f"no value: {result.reason}"
    if isinstance(result.interval, Interval):
        low, high = result.interval.low, result.interval.high
        return f"{result.value:.0%} ({low:.0%} to {high:.0%})".replace("%", " %")
    return f"{result.value:.0%}".replace("%", " %")


def bare_percent(result: Result) -> str:
    """Return a share as a whole percentage alone, or a dash where there is none.

    >>> bare_percent(Undefined(name="percent agreement", reason="no unit")) == DASH
    True
    """
    return DASH if isinstance(result, Undefined) else f"{result.value:.0%}".replace("%", " %")


def what_was_compared(agreement: Agreement) -> list[str]:
    """Return sentences: who was compared, on how much, and what was left out and why."""
    overall = agreement.overall
    people = joined([f"{each.name} ({each.coder.kind.value})" for each in agreement.coders])
    both = "both" if len(agreement.coders) == _TWO else "at least two of them"
    if agreement.unit == "posts":
        units = f"{count(overall.n_units, 'post')} that {both} rated; each post with all its themes"
    else:
        units = (
            f"{count(overall.n_units, 'quote')} that {both} marked, in "
            f"{count(overall.n_posts, 'post')}; two quotes are one where they share at least "
            f"{agreement.overlap:.0%} of what they cover together".replace("%", " %")
        )
    sentences = [f"Compared: {people}, on {units}."]
    if agreement.selection.question is not None:
        sentences.append(f"Only question {agreement.selection.question}.")
    if agreement.selection.themes is not None:
        sentences.append(f"Only the themes {joined(list(agreement.selection.themes))}.")
    if agreement.n_unselected:
        sentences.append(f"{count(agreement.n_unselected, 'post')} not asked for.")
    sentences += left_out(overall)
    if agreement.reference is not None:
        sentences.append(f"Scored against {agreement.reference}, whose themes are taken as right.")
    sentences.append(_counted(agreement))
    return sentences


def left_out(comparison: Comparison) -> list[str]:
    """Return what took no part in a comparison, and why."""
    sentences = [f"Left out: {_excluded(each)}." for each in comparison.excluded]
    unmatched = [f"{n:,} of {name}" for name, n in comparison.n_unmatched.items() if n]
    if unmatched:
        sentences.append(f"Quotes that no other coder marked: {joined(unmatched)}.")
    return sentences


def account_of(account: CoderAccount) -> str:
    """Return what one coder did with the posts."""
    parts = [
        f"{account.n_quoted:,} quoted",
        f"{account.n_left_out:,} left out",
        *([f"{account.n_abstained:,} abstained on"] if account.n_abstained else []),
        *([f"{account.n_failed:,} failed"] if account.n_failed else []),
        *([f"{account.n_never_seen:,} never seen"] if account.n_never_seen else []),
    ]
    return (
        f"{account.name}: of {count(account.n_posts, 'post')} {joined(parts)}; "
        f"{count(account.n_quotes, 'quote')}, {account.n_other_ideas:,} of them without a theme"
    )


def theme_figures(comparison: Comparison) -> tuple[Figure, ...]:
    """Return the figures over all themes together."""
    sets = comparison.sets
    return (
        Figure("Same themes", sets.exact_match, "share of pairs of codings with the same themes"),
        Figure(f"{ALPHA}, MASI", sets.alpha_masi, "beyond chance; sets that overlap agree in part"),
        Figure(f"{ALPHA}, Jaccard", sets.alpha_jaccard, "the same with milder credit for overlap"),
        Figure(
            f"{ALPHA}, all or nothing", sets.coefficients.krippendorff_alpha, "no credit for a part"
        ),
        Figure(*_kappa(comparison), "no credit for a part; chance from each coder's own habits"),
        Figure("AC1", sets.coefficients.gwet_ac1, "no credit for a part; mild on rare themes"),
    )


def quote_figures(comparison: Comparison) -> tuple[Figure, ...]:
    """Return the figures on what was quoted."""
    found = comparison.unitizing
    spans = []
    if found.spans_exact is not None and found.spans_overlap is not None:
        spans = [
            Figure("F1, same span", found.spans_exact.f1, "quotes that are just the same"),
            Figure("F1, overlap", found.spans_overlap.f1, "quotes that overlap enough"),
        ]
    return (
        Figure(f"|u{ALPHA}", found.u_alpha_binary, "which characters are quoted, beyond chance"),
        Figure(f"u{ALPHA}", found.u_alpha, "which are quoted and under which themes"),
        Figure(f"cu{ALPHA}", found.u_alpha_coded, "which themes, where both quoted"),
        *spans,
        Figure("B", found.boundary_similarity, "starts and ends of quotes; near ones in part"),
        Figure(GAMMA, found.gamma, "quotes aligned as well as can be, beyond chance"),
        Figure(f"{GAMMA}-cat", found.gamma_cat, "themes of the quotes so aligned"),
    )


def kappa_name(comparison: Comparison) -> str:
    """Return which kappa the tables show: Cohen's for two coders, Conger's for more."""
    return "κ (Cohen)" if len(comparison.coders) == _TWO else "κ (Conger)"


def interval_notes(comparison: Comparison) -> list[str]:
    """Return which themes have no value of alpha or no interval, once per reason."""
    without: dict[tuple[str, str], list[str]] = {}
    for theme in shown_themes(comparison):
        alpha = theme.coefficients.krippendorff_alpha
        if isinstance(alpha, Undefined):
            without.setdefault(("value", alpha.reason), []).append(theme.name)
        elif isinstance(alpha.interval, Undefined):
            without.setdefault(("interval", alpha.interval.reason), []).append(theme.name)
    return [
        f"No {what} of {ALPHA} for {joined(names)}: {reason}."
        for (what, reason), names in without.items()
    ]


def about_intervals(agreement: Agreement) -> str:
    """Return how to read the figures."""
    scale = f"{ALPHA} and κ: 1 is full agreement, 0 what chance would give."
    options = agreement.interval
    if options is None:
        return scale
    methods = {
        each.interval.method
        for each in (agreement.overall.sets.alpha_masi, agreement.overall.sets.exact_match)
        if not isinstance(each, Undefined) and isinstance(each.interval, Interval)
    }
    how = f" ({joined(sorted(methods))})" if methods else ""
    return f"{scale} In brackets: {options.level:.0%} intervals over posts{how}.".replace("%", " %")


def shown_themes(comparison: Comparison) -> tuple[ThemeAgreement, ...]:
    """Return the themes that anyone gave."""
    return tuple(theme for theme in comparison.themes if any(theme.positives.values()))


def never_given(comparison: Comparison) -> str | None:
    """Return a sentence on the themes that nobody gave, or None where there is none."""
    silent = [theme for theme in comparison.themes if not any(theme.positives.values())]
    if not silent:
        return None
    names = joined([theme.name for theme in silent])
    return f"Given by nobody, so agreement on them can't be told: {names}."


def _excluded(exclusion: Exclusion) -> str:
    return f"{count(exclusion.n, exclusion.what.removesuffix('s'))} ({exclusion.reason})"


def _counted(agreement: Agreement) -> str:
    """Return what counted as a rating."""
    counting = agreement.counting
    missing: list[str] = []
    empty: list[str] = []
    for name, treatment in (
        ("posts never seen", counting.never_seen),
        ("abstained on", counting.abstained),
        ("failed", counting.failed),
        ("left out", counting.left_out),
    ):
        (missing if treatment == "missing" else empty).append(name)
    other = "no theme" if counting.other_ideas == "no-theme" else "a theme of its own"
    sentences = [
        f"No rating: {joined(missing)}." if missing else "",
        f"Rated as no theme: {joined(empty)}." if empty else "",
        f"Other ideas count as {other}.",
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _kappa(comparison: Comparison) -> tuple[str, Result]:
    return kappa_name(comparison), comparison.sets.coefficients.conger_kappa
