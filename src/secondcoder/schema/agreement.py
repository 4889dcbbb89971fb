"""How far coders agree about a chat: every figure of `agree`, and what it was computed on."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from secondcoder.schema.chat import Identifier, Post
from secondcoder.schema.codings import LeftOutReason
from secondcoder.schema.comparisons import Confusion, Scores
from secondcoder.schema.identity import sha256
from secondcoder.schema.record import Record
from secondcoder.schema.runs import Coder
from secondcoder.schema.statistics import IntervalOptions, Result
from secondcoder.schema.unitizing import SpanScores

UnitKind = Literal["posts", "quotes"]
"""What is compared: each post with all its themes, or quotes that two coders both marked."""

Treatment = Literal["missing", "no-theme"]
"""A missing rating takes no part; no theme is a rating, the empty set."""

_MARK_DIGITS = 16
"""64 bits: of a million posts, two have one mark by chance once in forty million chats."""


class Counting(Record):
    """What counts as a rating. Four things that are not a theme are kept apart by default.

    A coder who looked and found nothing to quote has rated: no theme. A coder who never saw a post,
    abstained on it or failed on it has not.
    """

    never_seen: Treatment = Field(
        default="missing",
        description="The post is not in the coder's file, or is there as not coded. `no-theme` "
        "suits files that hold nothing but the posts with a theme.",
    )
    abstained: Treatment = "missing"
    failed: Treatment = "missing"
    left_out: Treatment = "no-theme"
    other_ideas: Literal["no-theme", "own-category"] = Field(
        default="no-theme",
        description="A quote without a theme: no theme, or a theme of its own beside the others.",
    )
    set_aside: tuple[LeftOutReason, ...] = Field(
        default=(),
        description="Posts that every coder who rated them left out for one of these reasons, "
        "such as reposts, are no units.",
    )


class Selection(Record):
    """What part of the codings is compared; None: all of it."""

    question: Identifier | None = Field(
        default=None, description="One question, or a parent with all its parts."
    )
    themes: tuple[Identifier, ...] | None = Field(
        default=None, description="Ratings are cut down to these themes."
    )
    posts: tuple[Identifier, ...] | None = Field(default=None, description="Ids of posts.")


class CoderAccount(Record):
    """What one coder did with the posts that were compared. The five counts of posts add up."""

    name: str = Field(description="The coder's id, numbered where two codings are of one coder.")
    coder: Coder
    n_quoted: int = Field(default=0, ge=0)
    n_left_out: int = Field(default=0, ge=0)
    n_abstained: int = Field(default=0, ge=0)
    n_failed: int = Field(default=0, ge=0)
    n_never_seen: int = Field(default=0, ge=0)
    n_quotes: int = Field(default=0, ge=0)
    n_other_ideas: int = Field(default=0, ge=0, description="Quotes without a theme.")

    @property
    def n_posts(self) -> int:
        """Return how many posts the coder could have rated."""
        looked = self.n_quoted + self.n_left_out + self.n_abstained + self.n_failed
        return looked + self.n_never_seen


class Exclusion(Record):
    """Posts, quotes or units that take no part, and why."""

    what: Literal["posts", "quotes"]
    n: int = Field(ge=1)
    reason: str


class Coefficients(Record):
    """Agreement on one thing by every coefficient. None: not defined for this many coders."""

    percent_agreement: Result
    krippendorff_alpha: Result
    cohen_kappa: Result | None = Field(default=None, description="Two coders.")
    scott_pi: Result | None = Field(default=None, description="Two coders.")
    fleiss_kappa: Result
    conger_kappa: Result
    brennan_prediger: Result = Field(description="For present or absent: PABAK.")
    gwet_ac1: Result


class ThemeAgreement(Record):
    """How far coders agree on whether one theme is present."""

    theme_id: str
    name: str
    question_ids: tuple[str, ...] = ()
    n_units: int = Field(ge=0, description="Units that at least two coders rated.")
    positives: Mapping[str, int] = Field(description="Those of them with the theme, by coder.")
    coefficients: Coefficients
    prevalence_index: Result | None = Field(default=None, description="Two coders.")
    bias_index: Result | None = Field(default=None, description="Two coders.")


class SetAgreement(Record):
    """How far coders agree on the whole set of themes of a unit."""

    alpha_masi: Result
    alpha_jaccard: Result
    exact_match: Result = Field(description="Share of pairs of ratings with the very same themes.")
    coefficients: Coefficients = Field(
        description="Each different set of themes taken as one category: no credit for a part."
    )


class Unitizing(Record):
    """How far coders agree on which stretches of the posts to quote, and under which themes."""

    u_alpha: Result = Field(description="Where quotes are and their themes, gaps included.")
    u_alpha_binary: Result = Field(description="What is quoted and what is not.")
    u_alpha_coded: Result = Field(description="Themes where both coders quoted.")
    boundary_similarity: Result = Field(description="Starts and ends of quotes; near misses count.")
    spans_exact: SpanScores | None = Field(default=None, description="Two coders.")
    spans_overlap: SpanScores | None = Field(
        default=None, description="Two coders; spans that overlap enough count as found."
    )
    gamma: Result
    gamma_cat: Result


class Comparison(Record):
    """All figures for two coders, or for all of them at once."""

    coders: tuple[str, ...] = Field(min_length=2)
    n_units: int = Field(ge=0, description="Units that at least two of the coders rated.")
    n_posts: int = Field(ge=0, description="Posts these units are from.")
    n_unmatched: Mapping[str, int] = Field(
        default_factory=dict, description="Quotes that no other coder marked, by coder."
    )
    excluded: tuple[Exclusion, ...] = ()
    sets: SetAgreement
    themes: tuple[ThemeAgreement, ...] = ()
    unitizing: Unitizing


class ReferenceScores(Record):
    """How one coder does when another is taken as right."""

    coder: str
    reference: str
    scores: Scores
    confusion: Confusion = Field(description="Rows: the reference's themes.")


class QuestionAgreement(Record):
    """How far all coders agree on the themes of one question."""

    question_id: str
    n_units: int = Field(ge=0)
    alpha_masi: Result
    exact_match: Result


class Agreement(Record):
    """How far coders agree about a chat."""

    title: str
    unit: UnitKind
    selection: Selection
    counting: Counting
    interval: IntervalOptions | None
    overlap: float = Field(gt=0, le=1, description="Least overlap (IoU) of two matched quotes.")
    reference: str | None
    coders: tuple[CoderAccount, ...] = Field(min_length=2)
    n_posts: int = Field(ge=0, description="Posts any of the coders could have rated.")
    post_marks: tuple[str, ...] = Field(
        description="One `post_mark` of each, by which a report tells whether it is on these posts."
    )
    n_unselected: int = Field(default=0, ge=0, description="Posts that were not asked for.")
    notes: tuple[str, ...] = ()
    overall: Comparison = Field(description="All coders at once.")
    pairs: tuple[Comparison, ...] = Field(
        default=(), description="Each two coders; empty where there are only two."
    )
    questions: tuple[QuestionAgreement, ...] = Field(
        default=(), description="Each question compared; empty where there is only one."
    )
    scores: tuple[ReferenceScores, ...] = ()


def post_mark(post: Post) -> str:
    """Return what tells a post from others, and shows neither its id nor its words.

    Rows of two files of posts are often numbered alike: an id alone would not tell two chats apart.

    Returns:
        The start of a SHA-256. Shape: 16 hexadecimal digits.

    >>> post_mark(Post(id="1", text="Tea"))
    '591a090e10ed266f'
    """
    return sha256([post.id, post.text])[:_MARK_DIGITS]
