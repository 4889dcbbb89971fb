"""Themes over several chats: counts and shares of each chat, and what a run chart says of them."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from secondcoder.schema.chat import Identifier
from secondcoder.schema.record import Record
from secondcoder.schema.runs import Coder
from secondcoder.schema.statistics import Result, Statistic, Undefined


class RunRule(StrEnum):
    """A rule by which a run chart tells a change from chance."""

    SHIFT = "shift"
    """Six points or more in a row on one side of the median."""
    TREND = "trend"
    """Five points or more in a row, each higher, or each lower, than the one before."""
    LONG_RUN = "long-run"
    """The longest run on one side of the median is longer than its limit."""
    FEW_CROSSINGS = "few-crossings"
    """The line crosses the median less often than its limit."""


class RunSignal(Record):
    """A rule that was met, and the chats whose points meet it."""

    rule: RunRule
    chats: tuple[int, ...] = Field(description="Numbers of the chats, in order of time.")


class RunRules(Record):
    """What the rules say of a series with enough points."""

    kind: Literal["applied"] = "applied"
    n_useful: int = Field(ge=0, description="Points that are not on the median.")
    longest_run: int = Field(ge=0)
    longest_run_limit: int = Field(ge=0, description="A longer run is a signal.")
    n_crossings: int = Field(ge=0)
    fewest_crossings: int = Field(ge=0, description="Fewer crossings are a signal.")
    by_chance: float = Field(
        ge=0,
        le=1,
        description="Of series of about so many points in which nothing changes, the share that "
        "gives a signal; measured on invented chats.",
    )
    signals: tuple[RunSignal, ...] = ()


class RunChart(Record):
    """The centre line of a series of shares, and what the rules say of it."""

    n_points: int = Field(ge=0, description="Chats with a share; gaps are no points.")
    median: Result
    rules: Annotated[RunRules | Undefined, Field(discriminator="kind")]


class Gap(Record):
    """No count can be given for this chat, which is not the same as none."""

    kind: Literal["gap"] = "gap"
    chat: int = Field(ge=1)
    reason: str = Field(min_length=1)


class AskedInChat(Record):
    """How many posts of a chat answer a question, and what became of the rest."""

    kind: Literal["asked"] = "asked"
    chat: int = Field(ge=1)
    n_answering: int = Field(ge=0, description="Posts with a quote under it: what shares are of.")
    n_authors: int = Field(ge=0, description="Distinct authors of those posts.")
    n_unsigned: int = Field(ge=0, description="Posts among them whose author is not given.")
    n_left_out: int = Field(ge=0, description="Posts that may answer it and gave no quote.")
    n_abstained: int = Field(ge=0, description="Of those, left for people to decide.")
    n_failed: int = Field(ge=0)
    n_not_coded: int = Field(ge=0, description="Never looked at: outside the sample, or stopped.")


class ThemeInChat(Record):
    """How many posts and authors of a chat speak of a theme under a question."""

    kind: Literal["counted"] = "counted"
    chat: int = Field(ge=1)
    n_posts: int = Field(ge=0)
    n_authors: int = Field(ge=0, description="Distinct, case-insensitive; unnamed ones left out.")
    n_unsigned: int = Field(ge=0, description="Posts whose author is not given.")
    share: Result = Field(description="Of the posts that answer the question; from 0 to 1.")


ThemePoint = Annotated[ThemeInChat | Gap, Field(discriminator="kind")]
QuestionPoint = Annotated[AskedInChat | Gap, Field(discriminator="kind")]


class ThemeOverTime(Record):
    """A theme under a question, chat by chat. Without an id: quotes under no theme."""

    theme_id: Identifier | None
    number: int | None
    name: str
    definition: str
    finding: str = Field(description="Counts and shares in a sentence.")
    n_posts: int = Field(ge=0, description="Of all chats.")
    n_authors: int = Field(ge=0, description="Distinct, over all chats.")
    points: tuple[ThemePoint, ...] = Field(description="One per chat, in order of time.")
    run_chart: RunChart


class QuestionOverTime(Record):
    """A question, chat by chat. Without an id: quotes of posts that answer no question."""

    question_id: Identifier | None
    text: str = Field(description="As the latest chat that has it words it.")
    other_texts: tuple[str, ...] = Field(default=(), description="Wordings of other chats.")
    points: tuple[QuestionPoint, ...]
    themes: tuple[ThemeOverTime, ...]


class ChatOfSeries(Record):
    """One chat of the series: what it holds, and who coded it by which codebook."""

    number: int = Field(ge=1, description="Place in the series, counted from 1.")
    title: str
    label: str = Field(description="Its date, or number and title: unique within the series.")
    begins_at: AwareDatetime | None = Field(
        description="Its start; where that is not known, its first post."
    )
    n_posts: int = Field(ge=0)
    n_authors: int = Field(ge=0)
    n_quoted: int = Field(ge=0)
    n_left_out: int = Field(ge=0)
    n_abstained: int = Field(ge=0)
    n_failed: int = Field(ge=0)
    n_not_coded: int = Field(ge=0, description="Never looked at: outside the sample, or stopped.")
    coder: Coder
    prompt_version: str | None
    prompt_sha256: str | None
    codebook_version: str
    codebook_sha256: str
    secondcoder_version: str | None = None
    n_moved: int = Field(default=0, ge=0, description="Quotes that a later codebook renamed.")
    n_retired: int = Field(default=0, ge=0, description="Quotes that lost a retired theme.")
    n_to_code_again: int = Field(default=0, ge=0, description="Posts whose theme was split since.")


class ChatsOverTime(Record):
    """Themes of several chats in order of time, with counts and shares."""

    title: str
    is_by_date: bool = Field(description="False: the order in which the chats were given.")
    order_of_themes: str
    codebook_version: str = Field(description="Of the latest codebook, whose themes are shown.")
    chats: tuple[ChatOfSeries, ...] = Field(min_length=2)
    questions: tuple[QuestionOverTime, ...]
    cautions: tuple[str, ...] = Field(description="What a reader should know before comparing.")
    notes: tuple[str, ...] = Field(description="How it was counted.")

    @property
    def themes(self) -> tuple[ThemeOverTime, ...]:
        """Return the themes of every question."""
        return tuple(theme for question in self.questions for theme in question.themes)


def share_of(point: ThemeInChat | Gap) -> Statistic | None:
    """Return the share of a point, None where there is none."""
    if isinstance(point, Gap) or isinstance(point.share, Undefined):
        return None
    return point.share
