"""How the members of a panel voted on a quote."""

from collections.abc import Mapping

from pydantic import Field

from secondcoder.schema.chat import Identifier
from secondcoder.schema.record import Record


class Votes(Record):
    """Votes behind one coding of a panel; `n_for` of `n_cast` is its confidence.

    A member that failed cast no vote. One that left the post out, or left it to people, cast a vote
    that is in `n_cast` and behind no quote.
    """

    n_cast: int = Field(ge=1, description="Members that decided on the post.")
    n_missing: int = Field(default=0, ge=0, description="Members that failed on it: no vote.")
    n_for: int = Field(ge=0, description="Votes behind the least sure part of the decision.")
    n_quote: int = Field(ge=1, description="Members that quoted these words, or nearly these.")
    n_question: int = Field(ge=1, description="Of those, members that gave them this question.")
    themes: Mapping[Identifier, int] = Field(
        default_factory=dict,
        description="Of those, members that gave each theme; themes that lost are here, too.",
    )
    n_other: int = Field(default=0, ge=0, description="Of those, members that gave no theme.")

    @property
    def words(self) -> str:
        """Return the votes in words, the missing ones said.

        >>> Votes(n_cast=2, n_missing=1, n_for=2, n_quote=2, n_question=2).words
        '2 of 2 votes, 1 missing'
        """
        missing = f", {self.n_missing} missing" if self.n_missing else ""
        return f"{self.n_for} of {self.n_cast} votes{missing}"
