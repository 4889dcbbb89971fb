"""A statistic, or the reason why there is none: never NaN, never a made-up number."""

from typing import Annotated, Literal, get_args

from pydantic import Field, FiniteFloat

from secondcoder.errors import InputError
from secondcoder.schema.record import Record

IntervalMethod = Literal["auto", "bootstrap", "bca", "jackknife-t", "linear-t"]
"""How an interval is made; `auto` is what the coverage table of the docs recommends."""


class IntervalOptions(Record):
    """How the interval of a statistic is to be made."""

    method: IntervalMethod = "auto"
    level: float = Field(default=0.95, gt=0, lt=1)
    n_replicates: int = Field(default=1000, ge=2, description="Of a bootstrap.")
    seed: int = Field(default=0, ge=0, description="The same seed gives the same interval.")

    @classmethod
    def of(cls, choice: "IntervalOptions | IntervalMethod", *, seed: int = 0) -> "IntervalOptions":
        """Return the options themselves, or those of a method.

        Args:
            choice: Options, or the method alone.
            seed: Where the method alone is given.

        Raises:
            InputError: If it is neither.

        >>> IntervalOptions.of("bca").method
        'bca'
        """
        if isinstance(choice, IntervalOptions):
            return choice
        if choice not in get_args(IntervalMethod):
            raise InputError(
                f"interval {choice!r}: choose from {', '.join(get_args(IntervalMethod))}, give "
                f"IntervalOptions, or None for no interval"
            )
        return cls(method=choice, seed=seed)


class Interval(Record):
    """A confidence interval and how it was made."""

    low: FiniteFloat
    high: FiniteFloat
    level: float = Field(default=0.95, gt=0, lt=1)
    method: str = Field(description="Such as `cluster bootstrap, percentile`.")
    n_replicates: int | None = Field(default=None, ge=0, description="Replicates with a value.")
    n_undefined: int = Field(default=0, ge=0, description="Replicates without one, left out.")


class Statistic(Record):
    """A number with its name, its n and, where one was asked for, its interval."""

    kind: Literal["statistic"] = "statistic"
    name: str
    value: FiniteFloat
    n_units: int = Field(ge=0)
    interval: "Interval | Undefined | None" = None

    @property
    def is_defined(self) -> Literal[True]:
        """Return True: there is a number."""
        return True


class Undefined(Record):
    """The statistic has no value here, for this reason."""

    kind: Literal["undefined"] = "undefined"
    name: str
    reason: str = Field(min_length=1)
    n_units: int = Field(default=0, ge=0)

    @property
    def value(self) -> None:
        """Return None: there is no number."""
        return

    @property
    def interval(self) -> None:
        """Return None: what has no value has no interval."""
        return

    @property
    def is_defined(self) -> Literal[False]:
        """Return False: there is no number."""
        return False


Result = Annotated[Statistic | Undefined, Field(discriminator="kind")]
"""A statistic, or the reason why there is none."""
