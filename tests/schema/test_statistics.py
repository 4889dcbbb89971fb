"""A statistic has a finite value or a reason."""

import math

import pytest
from pydantic import TypeAdapter, ValidationError

from secondcoder.schema.statistics import Interval, Result, Statistic, Undefined

RESULT = TypeAdapter[Statistic | Undefined](Result)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_statistic_is_a_finite_number(value: float) -> None:
    """What is not a number is `Undefined`."""
    with pytest.raises(ValidationError):
        Statistic(name="alpha", value=value, n_units=3)
    with pytest.raises(ValidationError):
        Interval(low=value, high=1, method="bootstrap")


def test_an_undefined_statistic_has_a_reason_and_no_value() -> None:
    """Not zero, not one, not NaN."""
    undefined = Undefined(name="alpha", reason="every unit has the same theme", n_units=4)
    assert undefined.value is None
    assert undefined.interval is None
    assert undefined.is_defined is False
    with pytest.raises(ValidationError):
        Undefined(name="alpha", reason="")


@pytest.mark.parametrize(
    "result",
    [
        Statistic(
            name="kappa",
            value=0.5,
            n_units=9,
            interval=Interval(low=0.1, high=0.8, method="bootstrap", n_replicates=99),
        ),
        Statistic(name="kappa", value=0.5, n_units=9),
        Statistic(
            name="kappa", value=0.5, n_units=1, interval=Undefined(name="kappa", reason="n = 1")
        ),
        Undefined(name="kappa", reason="nothing to compare"),
    ],
)
def test_both_kinds_survive_json(result: Statistic | Undefined) -> None:
    """The kind says which of the two it is."""
    again = RESULT.validate_json(RESULT.dump_json(result))
    assert again == result
    assert again.is_defined == isinstance(result, Statistic)


def test_a_level_lies_between_zero_and_one() -> None:
    """95 is a percentage, not a level."""
    with pytest.raises(ValidationError):
        Interval(low=0, high=1, level=95, method="bootstrap")
