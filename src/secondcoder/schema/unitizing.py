"""What is said about units two coders marked: spans found again, and the method gamma."""

from pydantic import Field

from secondcoder.schema.record import Record
from secondcoder.schema.statistics import Interval, Result


class SpanScores(Record):
    """How many of a reference's spans another coder found, and how many of its are in it."""

    precision: Result = Field(description="Share of the other's spans that the reference has.")
    recall: Result = Field(description="Share of the reference's spans that the other has.")
    f1: Result = Field(description="Harmonic mean of the two.")
    n_reference: int = Field(ge=0)
    n_other: int = Field(ge=0)
    n_matched: int = Field(ge=0, description="Pairs of spans, each span in one at most.")


class GammaReport(Record):
    """Gamma and gamma-cat with what they were computed from."""

    gamma: Result
    gamma_cat: Result = Field(description="Agreement on categories where units are aligned.")
    observed_disorder: Result
    expected_disorder: Result = Field(
        description="Mean over random continua; its interval is for their being a sample."
    )
    sampling_range: Interval | None = Field(
        default=None, description="Gamma at the ends of the expected disorder's interval."
    )
    n_samples: int = Field(ge=0, description="Random continua drawn.")
    n_alignments: int = Field(ge=0, description="Unitary alignments of the best alignment.")
