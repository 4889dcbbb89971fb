"""Everything a report prints, so that its forms agree."""

from collections.abc import Iterable, Iterator, Sequence

from secondcoder.reporting.accounting import Accounting, accounting
from secondcoder.reporting.agreement_stated import stated
from secondcoder.reporting.breakdown import (
    Breakdown,
    ReportQuote,
    ThemeOrder,
    ThemeSection,
    breakdown,
)
from secondcoder.reporting.charts import Chart
from secondcoder.reporting.introduction import Introduction, introduction
from secondcoder.reporting.methods import Methods, PromptText, methods
from secondcoder.reporting.pictures import charts
from secondcoder.reporting.wording import count, is_or_are
from secondcoder.schema.agreement import Agreement
from secondcoder.schema.codings import Codings
from secondcoder.schema.key_findings import KeyFinding
from secondcoder.schema.record import Record
from secondcoder.schema.runs import Run


class Findings(Record):
    """Everything a report prints: introduction, quotes by question and theme, the appendix.

    `charts` are its pictures as data, in the order of print.
    """

    introduction: Introduction
    breakdown: Breakdown
    accounting: Accounting
    methods: Methods
    charts: tuple[Chart, ...]

    def quotes(self) -> Iterator[ReportQuote]:
        """Yield every quote where it is printed; one under two themes comes twice."""
        for section in self.breakdown.questions:
            for theme in section.themes:
                yield from theme.quotes
            yield from section.other_ideas

    def themes(self) -> Iterator[ThemeSection]:
        """Yield every theme where it is printed; one under two questions comes twice."""
        for section in self.breakdown.questions:
            yield from section.themes

    def charts_at(self, place: str) -> tuple[Chart, ...]:
        """Return the pictures of one place, such as `introduction` or `question-1`."""
        return tuple(chart for chart in self.charts if chart.place == place)

    def saying(self, sentence: str | None) -> "Findings":
        """Return the findings with one more sentence in the introduction, if it is one."""
        if sentence is None:
            return self
        figures = (*self.introduction.figures, sentence)
        return self.model_copy(
            update={"introduction": self.introduction.model_copy(update={"figures": figures})}
        )

    def called(self, title: str) -> "Findings":
        """Return the findings under another title."""
        opening = self.introduction.model_copy(update={"title": title})
        return self.model_copy(update={"introduction": opening})

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


def findings(  # noqa: PLR0913  # all but the codings and their sentences by keyword
    codings: Codings,
    key_findings: Iterable[KeyFinding] = (),
    *,
    order: ThemeOrder = "authors",
    prompts: Sequence[PromptText] = (),
    agreement: Agreement | None = None,
    writer: Run | None = None,
    asked_out: str | None = None,
) -> Findings:
    """Return everything a report on the codings prints.

    Args:
        codings: What was coded.
        key_findings: What was found of each theme, by question.
        order: Which themes come first; see `breakdown`.
        prompts: Texts of the prompts that the runs name.
        agreement: What `agree` found on posts of these codings.
        writer: The run in which a model wrote sentences of the report.
        asked_out: Says how many people asked to be left out, where some did.
    """
    opening = introduction(codings, writer, asked_out)
    found = breakdown(codings, key_findings, order=order)
    account = accounting(codings)
    agreed = stated(agreement, codings) if agreement is not None else None
    return Findings(
        introduction=opening,
        breakdown=found,
        accounting=account,
        methods=methods(codings.info, opening, found, account, prompts, agreed, writer, asked_out),
        charts=charts(codings, found, account),
    )
