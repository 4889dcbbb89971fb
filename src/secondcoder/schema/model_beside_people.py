"""What is found when a model's ratings are laid beside people's."""

from enum import StrEnum

from pydantic import Field

from secondcoder.schema.record import Record
from secondcoder.schema.statistics import Interval, Result, Undefined


class PersonLeftOut(Record):
    """The model against one person, both scored by the people who remain."""

    person: str
    n_items: int = Field(ge=0, description="Items that this person, another and the model rated.")
    n_clusters: int = Field(ge=0, description="Posts the items come from; without them, items.")
    model_as_good: Result = Field(description="Share of items where the model scores no lower.")
    person_as_good: Result = Field(description="Share of items where the person scores no lower.")
    p_value: Result = Field(description="Of the one-sided t-test, before correction.")
    is_rejected: bool = Field(description="The model stands in for this person.")


class AlternativeAnnotatorTest(Record):
    """Whether a model may stand in for people: the test of Calderon et al. (2025)."""

    winning_rate: Result = Field(description="Omega: share of tested people it may stand in for.")
    advantage: Result = Field(
        description="Rho: mean over tested people of the share of items where it scores no lower."
    )
    people: tuple[PersonLeftOut, ...]
    score: str = Field(description="How a rating is scored against the others'.")
    epsilon: float = Field(description="How much worse than a person the model may be.")
    q: float = Field(gt=0, lt=1, description="False discovery rate, Benjamini-Yekutieli.")
    is_clustered: bool = Field(description="Whether items of one post count as one observation.")

    @property
    def value(self) -> float | None:
        """Return the winning rate, or None where it has none."""
        return self.winning_rate.value

    @property
    def interval(self) -> Interval | Undefined | None:
        """Return the interval of the advantage: the winning rate is a count of decisions."""
        return self.advantage.interval

    @property
    def passes(self) -> bool | None:
        """Return whether the model may stand in for at least half of the people."""
        return None if self.value is None else self.value >= 1 / 2


class SamplingProbability(Record):
    """How likely a post was to be given to people, and how many such posts they coded."""

    probability: float = Field(gt=0, le=1)
    n_labelled: int = Field(gt=0)


class Prevalence(Record):
    """The share of posts with a theme, a model's errors corrected by a sample people coded."""

    theme: str
    method: str
    estimate: Result = Field(description="Cut to 0 and 1, between which a share lies.")
    model_alone: Result = Field(description="Share of posts by the model, uncorrected.")
    people_alone: Result = Field(description="Share by people's sample, weighted; no model.")
    n_posts: int = Field(ge=0)
    n_labelled: int = Field(ge=0)
    sampling: tuple[SamplingProbability, ...] = ()
    is_sampling_assumed: bool = Field(
        description="No probabilities were given: the sample is taken as simple random."
    )

    @property
    def value(self) -> float | None:
        """Return the corrected share, or None where there is none."""
        return self.estimate.value

    @property
    def interval(self) -> Interval | Undefined | None:
        """Return the interval of the corrected share."""
        return self.estimate.interval

    @property
    def statement(self) -> str:
        """Return the result as a sentence for a reader."""
        alone = self.model_alone.value
        model = "" if alone is None else f", the model alone says {_percent(alone)}"
        if isinstance(self.estimate, Undefined):
            return f"{self.theme}: no corrected share ({self.estimate.reason}){model}"
        span = "no interval"
        if isinstance(self.interval, Interval):
            span = f"{100 * self.interval.low:.0f}\u2013{_percent(self.interval.high)}"
        return f"{self.theme}: {_percent(self.estimate.value)} of posts ({span}){model}"


class CoderBeside(Record):
    """One person and the model, each against the people who remain."""

    person: str
    person_with_rest: Result = Field(description="Mean agreement with each other person.")
    model_with_rest: Result = Field(description="The model's mean agreement with the same people.")
    difference: Result = Field(description="Model minus person, on the same posts.")


class Ceiling(Record):
    """How far people agree with each other, and how far a model agrees with them.

    Both are means over pairs of coders, on the units that the model rated.
    """

    coefficient: str
    people: Result = Field(description="Mean over pairs of people: the ceiling.")
    model: Result = Field(description="Mean over the model paired with each person.")
    difference: Result = Field(description="Model minus people, paired.")
    left_out: tuple[CoderBeside, ...] = ()
    n_units: int = Field(ge=0, description="Units that the model rated.")
    n_without_model: int = Field(ge=0, description="Units left out since it did not.")


class Delegation(StrEnum):
    """Who codes a theme."""

    MODEL = "model alone"
    CHECKED = "with a person checking"
    PEOPLE = "people"
    UNDECIDED = "undecided"


class DelegationRule(Record):
    """When a theme may be left to a model; docs/decisions/0013 says why these numbers."""

    min_agreement: float = Field(
        default=2 / 3, gt=0, lt=1, description="Lowest alpha to draw conclusions from."
    )
    margin: float = Field(
        default=0.1, gt=0, lt=1, description="How far below people's agreement the model may be."
    )
    min_recall: float = Field(
        default=0.8, gt=0, lt=1, description="Of posts people agree on, the share it must find."
    )
    min_positives: int = Field(
        default=10, ge=1, description="Posts people agree have the theme; fewer decide nothing."
    )


class ThemePlan(Record):
    """The decision on one theme, its reason and the numbers it rests on."""

    theme: str
    decision: Delegation
    reason: str
    is_settled: bool = Field(description="False: more double-coded posts could change it.")
    prevalence: Result = Field(description="Share of posts with the theme, mean over people.")
    people: Result = Field(description="Agreement among people: the ceiling.")
    model: Result = Field(description="Agreement of the model with people.")
    difference: Result = Field(description="Model minus people, paired.")
    recall: Result = Field(description="Of posts people agree on, the share the model found.")
    precision: Result = Field(description="Of posts the model gave the theme, confirmed by people.")
    n_posts: int = Field(ge=0, description="Posts that two people or more and the model rated.")
    n_positives: int = Field(ge=0, description="Posts most people gave the theme.")
    n_more: int | None = Field(
        default=None, ge=0, description="Posts to double-code besides; None: not within the bound."
    )
    n_more_searched: int = Field(ge=0, description="The largest number tried.")

    @property
    def statement(self) -> str:
        """Return the decision and what would settle it as a sentence for a reader."""
        said = f"{self.theme}: {self.decision} ({self.reason})"
        if self.is_settled:
            return said
        posts = "post" if (self.n_more or self.n_more_searched) == 1 else "posts"
        if self.n_more is not None:
            return f"{said}; about {self.n_more} more double-coded {posts} should settle it"
        return f"{said}; more than {self.n_more_searched} more double-coded {posts} would be needed"


class DelegationPlan(Record):
    """Which themes a model may code alone, which a person checks, which people code."""

    rule: DelegationRule
    themes: tuple[ThemePlan, ...]
    level: float = Field(gt=0, lt=1, description="Of the intervals the rule looks at.")


class Disagreement(Record):
    """One unit that two coders gave different themes."""

    unit: str
    text: str
    first: tuple[str, ...]
    second: tuple[str, ...]


class ThemesConfused(Record):
    """A pair of themes that two coders give in each other's place.

    `other` is None where one coder gave the theme and the other gave nothing in its place.
    """

    theme: str
    other: str | None
    n_first: int = Field(ge=0, description="Units where the first coder gave `theme`.")
    n_second: int = Field(ge=0, description="Units where the second coder gave `theme`.")
    n_agreed: int = Field(ge=0, description="Units where both gave `theme`.")
    to_clarify: str = Field(description="What the counts say the codebook leaves open.")
    disagreements: tuple[Disagreement, ...]

    @property
    def n_units(self) -> int:
        """Return in how many units the two were confused."""
        return len(self.disagreements)


class Disagreements(Record):
    """Where two coders differ, grouped by the pair of themes confused, most frequent first."""

    first_coder: str
    second_coder: str
    n_units: int = Field(ge=0, description="Units both coded.")
    n_different: int = Field(ge=0, description="Units whose themes differ.")
    confusions: tuple[ThemesConfused, ...]


class RepeatPair(Record):
    """Two codings of the same units by one coder."""

    first: str
    second: str
    agreement: Result
    exact_match: Result = Field(description="Share of units with the same rating.")
    n_changed: int = Field(ge=0)


class Stability(Record):
    """A coder's agreement with itself: coded twice, worded or ordered otherwise."""

    coefficient: str
    agreement: Result = Field(description="Mean over pairs of repeats.")
    pairs: tuple[RepeatPair, ...]
    n_units: int = Field(ge=0)
    changed_units: tuple[int, ...] = Field(
        default=(), description="Places, from 0, of units whose ratings are not all the same."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
