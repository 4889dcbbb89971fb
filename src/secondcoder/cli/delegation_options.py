"""The numbers of the rule of delegation as options of the command line."""

from typing import TYPE_CHECKING, Annotated

import typer

import secondcoder
from secondcoder.errors import InputError

if TYPE_CHECKING:
    from secondcoder.schema.model_beside_people import DelegationRule

MinAgreement = Annotated[
    float | None,
    typer.Option(help="Least alpha, of people and of the model with them. Default: 2/3."),
]
Margin = Annotated[
    float | None,
    typer.Option(help="How far below people's agreement the model may be. Default: 0.1."),
]
MinRecall = Annotated[
    float | None,
    typer.Option(help="Share the model must find of what most people gave. Default: 0.8."),
]
MinPositives = Annotated[
    int | None,
    typer.Option(help="Posts most people gave the theme; fewer decide nothing. Default: 10."),
]
Level = Annotated[float, typer.Option(help="Of the intervals whose bounds the rule looks at.")]
MaxMore = Annotated[
    int, typer.Option(help="Most further posts to consider for an undecided theme.")
]


def delegation_rule(
    *,
    min_agreement: float | None,
    margin: float | None,
    min_recall: float | None,
    min_positives: int | None,
) -> "DelegationRule":
    """Return the rule with the numbers given, the others by default.

    Raises:
        InputError: If a number is out of its range; the message names it.
    """
    from pydantic import ValidationError  # noqa: PLC0415  # --help need not load pydantic

    given = {
        "min_agreement": min_agreement,
        "margin": margin,
        "min_recall": min_recall,
        "min_positives": min_positives,
    }
    numbers = {name: value for name, value in given.items() if value is not None}
    try:
        return secondcoder.DelegationRule.model_validate(numbers)
    except ValidationError as error:
        problem = error.errors()[0]
        name = str(problem["loc"][0]).replace("_", "-")
        raise InputError(f"--{name} {problem['input']}: {problem['msg']}") from error
