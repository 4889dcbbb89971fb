"""A purse: money that workers spend at once, of which none may spend another's."""

from secondcoder.coding.pricing import usd
from secondcoder.errors import BudgetError


class Purse:
    """Divides a budget over workers; what one leaves goes to the next."""

    def __init__(self, limit_usd: float | None) -> None:
        """Start with nothing spent.

        Args:
            limit_usd: Not to be passed by all workers together; None: no limit.
        """
        self._limit_usd = limit_usd
        self._left_usd = limit_usd or 0.0

    def take(self, n_free: int) -> float | None:
        """Take out the share of one of so many workers without any; None: no limit.

        Where nothing is left, that is a `BudgetError`.
        """
        if self._limit_usd is None:
            return None
        if self._left_usd <= 0:
            raise self.empty()
        share = self._left_usd / n_free
        self._left_usd -= share
        return share

    def put_back(self, share_usd: float | None, spent_usd: float) -> None:
        """Return what a worker did not spend of its share."""
        if share_usd is not None:
            self._left_usd += share_usd - spent_usd

    def empty(self) -> BudgetError:
        """Return the error for a run that might pass its budget by the next request."""
        limit = self._limit_usd or 0.0
        return BudgetError(
            f"stopped before {usd(limit)} USD was passed: spent {usd(limit - self._left_usd)}; run "
            f"the same with a larger --budget to go on; nothing answered is lost"
        )
