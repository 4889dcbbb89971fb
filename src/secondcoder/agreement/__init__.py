"""How far coders agree: published coefficients with honest intervals, and arithmetic alone."""

from secondcoder.agreement.alpha import krippendorff_alpha

# Unitizing, gamma, the alternative annotator test, prevalence and delegation: import them here.
from secondcoder.agreement.alpha_u import alpha_u
from secondcoder.agreement.alternative_annotator import alternative_annotator_test
from secondcoder.agreement.bootstrap import Replicable, interval, paired_difference
from secondcoder.agreement.boundary_agreement import (
    boundary_agreement,
    boundary_kappa,
    boundary_pi,
)
from secondcoder.agreement.ceiling import human_ceiling
from secondcoder.agreement.chance import (
    brennan_prediger,
    conger_kappa,
    fleiss_kappa,
    gwet_ac1,
    percent_agreement,
)
from secondcoder.agreement.coefficients import COEFFICIENTS, estimate
from secondcoder.agreement.confusion import confusion
from secondcoder.agreement.delegation import delegation_plan, presence
from secondcoder.agreement.disagreements import disagreements
from secondcoder.agreement.estimates import Estimate, estimate_difference
from secondcoder.agreement.gamma import gamma, gamma_cat, gamma_report
from secondcoder.agreement.prevalence import prevalence, prevalences
from secondcoder.agreement.ratings import Ratings, read_ratings
from secondcoder.agreement.scores import precision_recall_f1
from secondcoder.agreement.segmentation import boundary_similarity, masses_of
from secondcoder.agreement.sets import exact_match, read_sets, set_alpha
from secondcoder.agreement.spans import span_scores
from secondcoder.agreement.stability import stability
from secondcoder.agreement.two_coders import (
    bias_index,
    cohen_kappa,
    cohen_kappa_maximum,
    positives,
    prevalence_index,
    scott_pi,
)
from secondcoder.agreement.unitized_alpha import (
    u_alpha,
    u_alpha_binary,
    u_alpha_by_category,
    u_alpha_coded,
)
from secondcoder.agreement.unitizing import Continua, Unit, read_units
from secondcoder.schema.comparisons import Confusion, Scores, ThemeScores
from secondcoder.schema.model_beside_people import (
    AlternativeAnnotatorTest,
    Ceiling,
    DelegationPlan,
    DelegationRule,
    Disagreements,
    Prevalence,
    Stability,
)
from secondcoder.schema.statistics import (
    Interval,
    IntervalMethod,
    IntervalOptions,
    Statistic,
    Undefined,
)
from secondcoder.schema.unitizing import GammaReport, SpanScores

__all__ = [
    "COEFFICIENTS",
    "AlternativeAnnotatorTest",
    "Ceiling",
    "Confusion",
    "Continua",
    "DelegationPlan",
    "DelegationRule",
    "Disagreements",
    "Estimate",
    "GammaReport",
    "Interval",
    "IntervalMethod",
    "IntervalOptions",
    "Prevalence",
    "Ratings",
    "Replicable",
    "Scores",
    "SpanScores",
    "Stability",
    "Statistic",
    "ThemeScores",
    "Undefined",
    "Unit",
    "alpha_u",
    "alternative_annotator_test",
    "bias_index",
    "boundary_agreement",
    "boundary_kappa",
    "boundary_pi",
    "boundary_similarity",
    "brennan_prediger",
    "cohen_kappa",
    "cohen_kappa_maximum",
    "confusion",
    "conger_kappa",
    "delegation_plan",
    "disagreements",
    "estimate",
    "estimate_difference",
    "exact_match",
    "fleiss_kappa",
    "gamma",
    "gamma_cat",
    "gamma_report",
    "gwet_ac1",
    "human_ceiling",
    "interval",
    "krippendorff_alpha",
    "masses_of",
    "paired_difference",
    "percent_agreement",
    "positives",
    "precision_recall_f1",
    "presence",
    "prevalence",
    "prevalence_index",
    "prevalences",
    "read_ratings",
    "read_sets",
    "read_units",
    "scott_pi",
    "set_alpha",
    "span_scores",
    "stability",
    "u_alpha",
    "u_alpha_binary",
    "u_alpha_by_category",
    "u_alpha_coded",
]
