"""Tables for a terminal or a notebook."""

from rich.markup import escape
from rich.table import Table

from secondcoder.reporting.agreement_wording import (
    ALPHA,
    DASH,
    Figure,
    bare_percent,
    number,
    percent,
    shown_themes,
    two_digits,
)
from secondcoder.reporting.wording import shown
from secondcoder.schema.agreement import Agreement, Comparison, ReferenceScores
from secondcoder.schema.beside_people import BesidePeople
from secondcoder.schema.calibration import Calibration, Reliability
from secondcoder.schema.evaluation import EvaluationResult
from secondcoder.schema.proposals import Proposal
from secondcoder.schema.sampling import Sample
from secondcoder.schema.statistics import Result, Undefined


def sample_table(sample: Sample) -> Table:
    """Return one line per group of posts that were drawn with one chance."""
    table = Table("posts", "drawn", "of", "chance", box=None, pad_edge=False)
    for stratum in sample.strata:
        chance = f"{stratum.probability:.3f}"
        table.add_row(escape(stratum.name), f"{stratum.n_drawn:,}", f"{stratum.n_posts:,}", chance)
    return table


def proposal_table(proposal: Proposal) -> Table:
    """Return one line per theme: how many spoke of it, and its most typical quote."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("Q", no_wrap=True)
    table.add_column("theme", min_width=16, max_width=30)
    table.add_column("people", justify="right", no_wrap=True)
    table.add_column("posts", justify="right", no_wrap=True)
    table.add_column("most typical quote", max_width=60)
    for found in proposal.themes:
        name = proposal.theme(found.theme_id).name
        table.add_row(
            escape(found.question_id or DASH),
            escape(name if found.is_new else f"{name} (known)"),
            f"{found.n_authors:,}" if found.n_authors else DASH,
            f"{found.n_posts:,}",
            escape(shown(" ".join(found.quotes[0].text.split()))),
        )
    return table


def theme_table(agreement: Agreement) -> Table:
    """Return one line per theme that anyone gave: who gave it how often, and how far they agree.

    It fits 80 columns for two coders; why a figure is missing stands in `interval_notes`.
    """
    comparison = agreement.overall
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("theme", min_width=16, max_width=34)
    table.add_column("Q", no_wrap=True)
    for name in comparison.coders:
        table.add_column(escape(name), justify="right", max_width=10, overflow="fold")
    table.add_column("same", justify="right", no_wrap=True)
    table.add_column(f"{ALPHA} (interval)", no_wrap=True)
    table.add_column("κ", no_wrap=True)
    for theme in shown_themes(comparison):
        found = theme.coefficients
        alpha = found.krippendorff_alpha
        table.add_row(
            escape(theme.name),
            escape(", ".join(theme.question_ids)),
            *(f"{theme.positives[name]:,}" for name in comparison.coders),
            bare_percent(found.percent_agreement),
            DASH if isinstance(alpha, Undefined) else number(alpha),
            _short(found.conger_kappa),
        )
    return table


def figure_table(figures: tuple[Figure, ...]) -> Table:
    """Return one line per figure: name, value with interval, meaning."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for figure in figures:
        table.add_row(
            figure.name, escape(number(figure.result)), f"[dim]{escape(figure.meaning)}[/]"
        )
    return table


def pair_table(pairs: tuple[Comparison, ...]) -> Table:
    """Return one line per two coders."""
    table = Table(
        "coders", "units", "same themes", f"{ALPHA}, MASI", "κ (Cohen)", box=None, pad_edge=False
    )
    for pair in pairs:
        table.add_row(
            escape(" and ".join(pair.coders)),
            f"{pair.n_units:,}",
            percent(pair.sets.exact_match),
            escape(number(pair.sets.alpha_masi)),
            escape(number(pair.sets.coefficients.conger_kappa)),
        )
    return table


def question_table(agreement: Agreement) -> Table:
    """Return one line per question."""
    table = Table(
        "question", agreement.unit, "same themes", f"{ALPHA}, MASI", box=None, pad_edge=False
    )
    for row in agreement.questions:
        table.add_row(
            escape(row.question_id),
            f"{row.n_units:,}",
            percent(row.exact_match),
            escape(number(row.alpha_masi)),
        )
    return table


def score_table(scores: tuple[ReferenceScores, ...]) -> Table:
    """Return two lines per coder: over every theme given, and as the mean of themes."""
    table = Table("coder", "", "precision", "recall", "F1", box=None, pad_edge=False)
    for each in scores:
        for name, score in (
            ("all themes given", each.scores.micro),
            ("mean of themes", each.scores.macro),
        ):
            table.add_row(
                escape(each.coder),
                name,
                *(escape(number(value)) for value in (score.precision, score.recall, score.f1)),
            )
    return table


def evaluation_table(result: EvaluationResult) -> Table:
    """Return one line per score, then one per difference."""
    table = Table("condition", "coder", "against", "score", "value", box=None, pad_edge=False)
    for one in result.scores:
        of_score = (one.condition, one.coder, one.against, one.name, number(one.result))
        table.add_row(*map(escape, of_score))
    for other in result.differences:
        minus = f"minus {other.minus}"
        of_both = (other.condition, other.coder, minus, other.name, number(other.result))
        table.add_row(*map(escape, of_both))
    return table


def delegation_table(found: BesidePeople) -> Table:
    """Return one line per theme: who may code it, how far coders agree, how common it is."""
    table = Table("theme", "who", "people", "model", "share of posts", box=None, pad_edge=False)
    plan = found.delegation
    plans = {} if isinstance(plan, Undefined) else {each.theme: each for each in plan.themes}
    for share in found.prevalences:
        theme = plans.get(share.theme)
        decided = (DASH, DASH, DASH)
        if theme is not None:
            decided = (theme.decision.value, number(theme.people), number(theme.model))
        name = found.theme_names[share.theme]
        table.add_row(*map(escape, (name, *decided, percent(share.estimate))))
    return table


def calibration_table(found: Calibration) -> Table:
    """Return one line per coverage: the confidence from which, the posts kept, what is reached."""
    table = Table(box=None, pad_edge=False)
    for name in ("confidence from", "coverage", "posts"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("alpha")
    table.add_column("same themes")
    for each in found.coverage:
        table.add_row(
            f"{each.abstain_below:.2f}",
            f"{100 * each.coverage:.0f} %",
            f"{each.n_posts:,}",
            escape(number(each.alpha)),
            escape(number(each.exact)),
        )
    return table


def reliability_table(reliability: Reliability) -> Table:
    """Return one line per bin: confidence, judgements, the share that is right."""
    table = Table("confidence", "mean", "judgements", "share right", box=None, pad_edge=False)
    for each in reliability.bins:
        table.add_row(
            f"{each.low:.2f} to {each.high:.2f}",
            f"{each.mean_confidence:.2f}",
            f"{each.n:,}",
            escape(number(each.share_right)),
        )
    return table


def _short(result: Result) -> str:
    return DASH if isinstance(result, Undefined) else two_digits(result.value)
