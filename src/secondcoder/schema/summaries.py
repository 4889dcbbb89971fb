"""The figures of a run, small enough for a screen."""

from collections import Counter
from pathlib import Path

from pydantic import Field

from secondcoder.schema.chat import ChatInfo, author_key_of
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import (
    Abstention,
    Codings,
    CodingsInfo,
    LeftOut,
    PostCodings,
    Quoted,
)
from secondcoder.schema.progress import Progress
from secondcoder.schema.readings import Note
from secondcoder.schema.record import Record
from secondcoder.schema.runs import Run, Usage


class ThemeSummary(Record):
    """How often one theme of a question was given. No theme: "other ideas"."""

    question_id: str | None
    theme_id: str | None
    name: str
    n_quotes: int = Field(ge=0)
    n_authors: int = Field(
        ge=0, description="Distinct participants, as far as they are known; no moderators."
    )
    n_moderators: int = Field(default=0, ge=0, description="Who moderated and is quoted.")


class CodingsSummary(Record):
    """What became of the posts: n_posts = n_quoted + left out + n_abstained + n_failed."""

    run: Run
    title: str
    n_posts: int = Field(ge=0)
    n_quoted: int = Field(ge=0, description="Posts with at least one quote.")
    n_quotes: int = Field(ge=0)
    n_other_ideas: int = Field(ge=0, description="Quotes without a theme.")
    left_out: dict[str, int] = Field(description="Posts by reason.")
    n_abstained: int = Field(ge=0)
    n_failed: int = Field(ge=0)
    failures: tuple[str, ...] = Field(default=(), description="The first failures, in words.")
    themes: tuple[ThemeSummary, ...] = ()
    votes: dict[str, int] = Field(
        default_factory=dict, description="Of a panel: quotes by the votes behind them."
    )
    members: tuple["CodingsSummary", ...] = Field(default=(), description="Of a panel, in order.")
    notes: tuple[Note, ...] = ()
    output: Path | None = None
    ledger: Path | None = None


class Tally:
    """Counts what becomes of posts as they pass; nothing but numbers and authors is kept."""

    SHOWN = 5
    """Failures kept in words."""

    def __init__(self, chat: ChatInfo) -> None:
        """Start with nothing counted.

        Args:
            chat: Tells who moderated: as named, and who posted its questions.
        """
        named = (author_key_of(name) for name in chat.moderators)
        self._moderators = {key for key in named if key is not None}
        self._asked_by = {question.asked_by for question in chat.questions}
        self.n_posts = 0
        self.n_quoted = 0
        self.n_abstained = 0
        self.n_failed = 0
        self._left_out: Counter[str] = Counter()
        self._failures: list[str] = []
        self._quotes: Counter[tuple[str | None, str | None]] = Counter()
        self._votes: Counter[tuple[int, int]] = Counter()
        self._authors: dict[tuple[str | None, str | None], set[str]] = {}
        self._n_quotes = 0
        self._n_other = 0

    def add(self, coded: PostCodings) -> None:
        """Count one post."""
        self.n_posts += 1
        author = coded.post.author_key
        if author is not None and coded.post.id in self._asked_by:
            self._moderators.add(author)
        match coded.outcome:
            case Quoted():
                self.n_quoted += 1
                self._count_quotes(coded)
            case LeftOut(reason=reason):
                self._left_out[reason.value] += 1
            case Abstention():
                self.n_abstained += 1
            case failure:
                self.n_failed += 1
                if len(self._failures) < self.SHOWN:
                    words = f"{failure.error}: {failure.detail}"
                    self._failures.append(f"post {coded.post.id}: {words}")

    def progress(self, n_posts: int | None, usage: Usage) -> Progress:
        """Return the state for a display."""
        return Progress(
            n_posts=n_posts,
            n_done=self.n_posts,
            n_quotes=self._n_quotes,
            n_left_out=self._left_out.total(),
            n_abstained=self.n_abstained,
            n_failed=self.n_failed,
            usage=usage,
        )

    def summary(self, info: CodingsInfo) -> CodingsSummary:
        """Return the counts, themes in the codebook's order."""
        return CodingsSummary(
            run=info.run,
            title=info.chat.title,
            n_posts=self.n_posts,
            n_quoted=self.n_quoted,
            n_quotes=self._n_quotes,
            n_other_ideas=self._n_other,
            left_out=dict(self._left_out.most_common()),
            n_abstained=self.n_abstained,
            n_failed=self.n_failed,
            failures=tuple(self._failures),
            themes=tuple(self._themes(info.codebook)),
            votes={
                f"{n_for} of {n_cast}": count
                for (n_for, n_cast), count in sorted(self._votes.items(), reverse=True)
            },
        )

    def _count_quotes(self, coded: PostCodings) -> None:
        for coding in coded.codings:
            self._n_quotes += 1
            self._n_other += not coding.theme_ids
            if coding.votes is not None:
                self._votes[coding.votes.n_for, coding.votes.n_cast] += 1
            themes: tuple[str | None, ...] = coding.theme_ids or (None,)
            for theme_id in themes:
                place = (coding.question_id, theme_id)
                self._quotes[place] += 1
                if (author := coded.post.author_key) is not None:
                    self._authors.setdefault(place, set()).add(author)

    def _themes(self, codebook: Codebook) -> list[ThemeSummary]:
        questions: list[str | None] = [question.id for question in codebook.leaves]
        others = {question_id for question_id, _ in self._quotes} - set(questions)
        questions += [*sorted(others - {None}, key=str), None]
        places = [
            (question_id, theme.id if theme else None)
            for question_id in questions
            for theme in (*codebook.themes_for(question_id), None)
        ]
        # A theme given under a question that is not its own is still counted.
        places += [place for place in self._quotes if place not in set(places)]
        authors = {place: found - self._moderators for place, found in self._authors.items()}
        return [
            ThemeSummary(
                question_id=question_id,
                theme_id=theme_id,
                name=codebook.theme_by_id[theme_id].name if theme_id else "Other ideas",
                n_quotes=self._quotes[question_id, theme_id],
                n_authors=len(authors.get((question_id, theme_id), ())),
                n_moderators=len(
                    self._moderators.intersection(self._authors.get((question_id, theme_id), ()))
                ),
            )
            for question_id, theme_id in places
            # A theme of the question that nobody gave is a finding; a general one is not.
            if self._quotes[question_id, theme_id]
            or (question_id and theme_id and codebook.theme_by_id[theme_id].questions)
        ]


def summarise(codings: Codings) -> CodingsSummary:
    """Return the figures of codings."""
    tally = Tally(codings.info.chat)
    for coded in codings.posts:
        tally.add(coded)
    return tally.summary(codings.info)
