"""Everything a report prints, so that its forms agree."""

from secondcoder.reporting.accounting import Accounting, accounting
from secondcoder.reporting.breakdown import Breakdown, breakdown
from secondcoder.reporting.introduction import Introduction, introduction
from secondcoder.reporting.wording import count, is_or_are
from secondcoder.schema.codings import Codings
from secondcoder.schema.record import Record


class Findings(Record):
    """Everything a report prints: introduction, quotes by question and theme, the appendix."""

    introduction: Introduction
    breakdown: Breakdown
    accounting: Accounting

    @property
    def summary(self) -> str:
        """Return, in a sentence, what became of the posts and how many quotes they gave."""
        account = self.accounting
        return (
            f"Of {count(account.n_posts, 'post')}, {account.n_quoted:,} gave "
            f"{self.breakdown.tally.words}; {account.n_left_out:,} "
            f"{'was' if account.n_left_out == 1 else 'were'} left out with a reason, "
            f"{len(account.abstained):,} {is_or_are(len(account.abstained))} for people to "
            f"decide, and "
            f"{len(account.failed):,} failed."
        )


def findings(codings: Codings) -> Findings:
    """Return everything a report on the codings prints."""
    return Findings(
        introduction=introduction(codings),
        breakdown=breakdown(codings),
        accounting=accounting(codings),
    )
