"""What a refinement's scores say."""

import pytest

from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.refined import Verdict
from secondcoder.schema.refinements import BeforeAfter, Refinement
from secondcoder.schema.statistics import Interval, Statistic, Undefined

VALUE = Statistic(name="F1", value=0.5, n_units=9)
NONE = Undefined(name="F1", reason="no theme")


def difference(low: float, high: float) -> Statistic:
    """Return a difference with an interval."""
    found = Interval(low=low, high=high, method="bootstrap")
    return VALUE.model_copy(update={"interval": found})


@pytest.mark.parametrize(
    ("found", "n_changed", "verdict"),
    [
        (difference(0.1, 0.2), 3, "helps"),
        (difference(-0.2, -0.1), 3, "harms"),
        (difference(-0.1, 0.1), 3, "no telling"),
        (difference(0.0, 0.1), 3, "no telling"),
        (VALUE, 3, "no telling"),
        (NONE, 3, "no telling"),
        (VALUE, 0, "no change"),
        (None, 0, "nothing to score"),
    ],
)
def test_the_interval_decides(
    found: Statistic | Undefined | None, n_changed: int, verdict: Verdict
) -> None:
    """A gain is one only where the interval is above zero."""
    scores = (BeforeAfter(name="F1", before=VALUE, after=VALUE, difference=found),) if found else ()
    refinement = Refinement(
        coder="c",
        coder_before="c",
        people="p",
        seed=0,
        n_learnt=1,
        n_disagreed=1,
        n_held_back=9,
        n_changed=n_changed,
        suggestions=(),
        accepted=(),
        scored="all",
        scores=scores,
        codebook=Codebook(themes=(Theme(id="t", name="T"),)),
    )
    assert refinement.verdict == verdict
