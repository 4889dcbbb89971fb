"""Every figure on the units of some coders: over all themes, and theme by theme."""

from collections.abc import Sequence
from typing import NamedTuple

from secondcoder.agreement.coefficients import COEFFICIENTS
from secondcoder.agreement.confusion import confusion_of
from secondcoder.agreement.estimates import IntervalChoice
from secondcoder.agreement.ratings import Ratings
from secondcoder.agreement.scores import scores_of
from secondcoder.agreement.sets import exact_match_estimate, set_alpha_estimate, sets_of
from secondcoder.agreement.two_coders import bias_index_estimate, prevalence_index_estimate
from secondcoder.agreement.unit_table import OTHER_IDEAS, UnitTable
from secondcoder.schema.agreement import (
    Coefficients,
    Comparison,
    Exclusion,
    ReferenceScores,
    SetAgreement,
    ThemeAgreement,
    Unitizing,
)
from secondcoder.schema.codebook import Theme, told_apart
from secondcoder.schema.statistics import Result

_TWO = 2


def compare(
    table: UnitTable,
    themes: Sequence[Theme],
    interval: IntervalChoice,
    *,
    unitizing: Unitizing,
    excluded: tuple[Exclusion, ...] = (),
) -> Comparison:
    """Return how far the coders of a table agree.

    Args:
        table: Units and the set of themes each coder gave each.
        themes: The themes to report, one row each.
        interval: How intervals are made; None: without.
        unitizing: Agreement on where the quotes are.
        excluded: What is not in the table, and why.
    """
    ratings = table.ratings
    names = told_apart(themes)
    rows = [_Row(theme.id, names[theme.id], theme.questions) for theme in themes]
    if any(OTHER_IDEAS in each for each in sets_of(ratings)):
        rows.append(_Row(OTHER_IDEAS, "Other ideas", ()))
    return Comparison(
        coders=table.names,
        n_units=len(table.rows),
        n_posts=table.n_posts,
        n_unmatched=dict(zip(table.names, table.n_unmatched, strict=False)),
        excluded=excluded,
        sets=SetAgreement(
            alpha_masi=set_alpha_estimate(ratings, "masi").result(interval),
            alpha_jaccard=set_alpha_estimate(ratings, "jaccard").result(interval),
            exact_match=exact_match_estimate(ratings).result(interval),
            coefficients=_coefficients(ratings, interval),
        ),
        themes=tuple(_theme(ratings, table.names, row, interval) for row in rows),
        unitizing=unitizing,
    )


def score(
    table: UnitTable, *, reference: int, other: int, interval: IntervalChoice
) -> ReferenceScores:
    """Return how one coder of a table does when another is taken as right."""
    both = table.of((reference, other)).ratings.complete()
    return ReferenceScores(
        reference=table.names[reference],
        coder=table.names[other],
        scores=scores_of(both, interval),
        confusion=confusion_of(both),
    )


class _Row(NamedTuple):
    """A theme to report."""

    theme_id: str
    name: str
    question_ids: tuple[str, ...]


def _theme(
    ratings: Ratings, names: Sequence[str], row: _Row, interval: IntervalChoice
) -> ThemeAgreement:
    present = ratings.present(row.theme_id)
    given = (present.codes == 1).sum(axis=1)
    prevalence = bias = None
    if len(names) == _TWO:
        prevalence = prevalence_index_estimate(present).result(interval)
        bias = bias_index_estimate(present).result(interval)
    return ThemeAgreement(
        theme_id=row.theme_id,
        name=row.name,
        question_ids=row.question_ids,
        n_units=present.codes.shape[1],
        positives=dict(zip(names, given.tolist(), strict=True)),
        coefficients=_coefficients(present, interval),
        prevalence_index=prevalence,
        bias_index=bias,
    )


def _coefficients(ratings: Ratings, interval: IntervalChoice) -> Coefficients:
    def of(name: str) -> Result:
        return COEFFICIENTS[name](ratings).result(interval)

    cohen = scott = None
    if len(ratings.codes) == _TWO:
        # With two coders and nothing missing these are Conger's and Fleiss' kappa, sooner computed.
        cohen, scott = of("cohen_kappa"), of("scott_pi")
    return Coefficients(
        percent_agreement=of("percent_agreement"),
        krippendorff_alpha=of("krippendorff_alpha"),
        cohen_kappa=cohen,
        scott_pi=scott,
        fleiss_kappa=_renamed(scott, "Fleiss kappa") or of("fleiss_kappa"),
        conger_kappa=_renamed(cohen, "Conger kappa") or of("conger_kappa"),
        brennan_prediger=of("brennan_prediger"),
        gwet_ac1=of("gwet_ac1"),
    )


def _renamed(result: Result | None, name: str) -> Result | None:
    return result.model_copy(update={"name": name}) if result is not None else None
