"""Runs, their coders, and what they used."""

import pytest
from pydantic import ValidationError

from secondcoder.schema.progress import Progress
from secondcoder.schema.runs import Coder, CoderKind, Run, Usage


def test_usages_add_up() -> None:
    """Every count is added; the cost when both are known."""
    one = Usage(n_requests=1, n_reused=2, prompt_tokens=3, completion_tokens=4, cost_usd=0.5)
    both = one.plus(one)
    assert both == Usage(
        n_requests=2, n_reused=4, prompt_tokens=6, completion_tokens=8, cost_usd=1.0
    )


def test_an_unknown_cost_makes_the_sum_unknown() -> None:
    """Zero would claim it was free."""
    asked = Usage(n_requests=1)
    assert Usage(cost_usd=0.5).plus(asked).cost_usd is None
    assert asked.plus(Usage(cost_usd=0.5)).cost_usd is None
    assert asked.plus(asked).plus(Usage(cost_usd=0.5)).cost_usd is None
    assert Usage(cost_usd=0.5).plus(Usage(n_reused=1)).cost_usd == 0.5
    assert Usage().plus(Usage()).cost_usd is None
    assert Usage(cost_usd=0).plus(Usage(cost_usd=0)).cost_usd == 0


def test_a_cost_is_unknown_only_where_something_was_asked() -> None:
    """What the ledger answers costs nothing, which is known."""
    assert Usage(n_requests=1).has_unknown_cost
    assert not Usage(n_requests=1, cost_usd=0.0).has_unknown_cost
    assert not Usage(n_reused=1).has_unknown_cost


def test_counts_are_not_negative() -> None:
    """A run can't ask less than nothing."""
    with pytest.raises(ValidationError):
        Usage(n_requests=-1)
    with pytest.raises(ValidationError):
        Progress(n_done=-1)


def test_a_run_survives_json() -> None:
    """Parameters keep their types."""
    run = Run(
        id="r1",
        coder=Coder(id="openai/some-model", kind=CoderKind.MODEL),
        parameters={"temperature": 0.5, "seed": 1, "mode": "json", "strict": True, "top_p": None},
    )
    again = Run.model_validate_json(run.model_dump_json())
    assert again == run
    assert [type(value) for value in again.parameters.values()] == [
        float,
        int,
        str,
        bool,
        type(None),
    ]


def test_a_coder_id_holds_no_space() -> None:
    """It stands in file names and on the command line."""
    with pytest.raises(ValidationError):
        Coder(id="Ana Maria", kind=CoderKind.PERSON)
