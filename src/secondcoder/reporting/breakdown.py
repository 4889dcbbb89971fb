"""The quotes by question and theme, with theme numbers that run across the questions."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from pydantic import AwareDatetime, Field

from secondcoder.reporting.charts import apart
from secondcoder.reporting.places import Place, QuoteKey, Shelf, Tally, key_of
from secondcoder.reporting.wording import author_name, count, shown, told, web_link
from secondcoder.schema.chat import Question
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import Coding, Codings
from secondcoder.schema.key_findings import AMOUNTS, FindingOrigin, KeyFinding, Withheld
from secondcoder.schema.record import Record
from secondcoder.schema.votes import Votes

_WRITERS = {
    FindingOrigin.CODEBOOK: "The codebook's",
    FindingOrigin.MODEL: "The model's",
    FindingOrigin.COUNTS: "The program's",
}
ThemeOrder = Literal["authors", "numbers"]
"""What comes first under a question."""


class ReportQuote(Record):
    """One quote where the report prints it."""

    number: int = Field(ge=1, description="Position among the distinct quotes of the codings.")
    text: str | None
    """None where it is counted and not shown: no paraphrase of it could be used."""
    post_id: str
    author: str | None
    is_by_moderator: bool = False
    created_at: AwareDatetime | None
    written: str | None
    """When it was written, in words."""
    url: str | None
    confidence: float | None
    votes: str | None
    """The votes of a panel for the theme it is printed under, in words."""
    note: str | None
    also_under: tuple[str, ...] = ()
    """Other places of the report that print the same quote, in words."""
    is_anchor: bool = Field(description="The first quote of its post in the report.")


class CitedQuote(Record):
    """A quote that a finding rests on, printed where its number says."""

    number: int = Field(ge=1)
    post_id: str
    text: str | None
    """None where it is not shown."""


class Finding(Record):
    """What was found of a theme under a question, and what the sentence rests on."""

    text: str
    origin: FindingOrigin
    cites: tuple[CitedQuote, ...]
    withheld: Withheld | None

    def naming(self, old: str, new: str) -> "Finding":
        """Return the finding with another name of its theme in its sentence."""
        return self.model_copy(update={"text": self.text.replace(old, new)})

    @property
    def note(self) -> str | None:
        """Return that another sentence is withheld, without what it says."""
        if self.withheld is None:
            return None
        by = _WRITERS[self.withheld.origin]
        return f"{by} sentence is withheld; the methods say why."

    @property
    def typical(self) -> CitedQuote | None:
        """Return the most typical quote, for a sentence that was not written from cited ones.

        None where there is none, and where it is not shown.
        """
        if self.origin is FindingOrigin.MODEL or not self.cites or self.cites[0].text is None:
            return None
        return self.cites[0]

    @property
    def rests_on(self) -> tuple[CitedQuote, ...]:
        """Return the quotes that a model cites for its sentence."""
        return self.cites if self.origin is FindingOrigin.MODEL else ()


class ThemeSection(Record):
    """The quotes of one theme under one question."""

    theme_id: str
    number: int
    name: str
    definition: str
    finding: Finding | None
    tally: Tally
    quotes: tuple[ReportQuote, ...]

    @property
    def no_name(self) -> str:
        """Return what stands for a name that is not shown."""
        return f"Theme {self.number}"


class QuestionSection(Record):
    """The quotes of one question; without an id, those of posts that answered no question."""

    question_id: str | None
    text: str
    parent_text: str
    tally: Tally
    themes: tuple[ThemeSection, ...]
    other_tally: Tally
    other_ideas: tuple[ReportQuote, ...]

    @property
    def heading(self) -> str:
        """Return the question's id and words, or what stands in their place.

        The id stays in front of words that run from right to left, and their question mark behind.
        """
        if self.question_id is None:
            return "Posts that answered no question"
        return f"{self.question_id}. {apart(self.text)}" if self.text else self.question_id

    @property
    def nothing(self) -> str:
        """Return what is said when the section holds no quote."""
        if self.question_id is None:
            return "Every quote answers a question."
        return "No post gave a quote to this question."


class WithheldLine(NamedTuple):
    """A sentence that is told in the methods and is no finding."""

    where: str
    sentence: str
    """Whose it is, and what it says where that is kept."""
    why: str
    is_failure: bool
    """Whether a model was asked for it, and gave none that can stand."""

    @property
    def words(self) -> str:
        """Return all of it in a line."""
        return f"{self.where}. {self.sentence} is withheld: {self.why}."


WITHHELD = (
    "These are no findings: each says how many where what was coded does not, or was written by a "
    "model against its rules. A sentence put together from counts stands in its place."
)


class Breakdown(Record):
    """Every quote by question and theme.

    `order` says how themes are put in order, `amounts` how many each word of the findings stands
    for, if there are findings. `language` is that of the posts.
    """

    language: str

    tally: Tally
    order: str
    amounts: str | None
    questions: tuple[QuestionSection, ...]

    def withheld(self) -> Iterator[WithheldLine]:
        """Yield every sentence that is not printed among the findings, in their order."""
        for section in self.questions:
            for theme in section.themes:
                one = theme.finding.withheld if theme.finding else None
                if one is not None:
                    where = f"{section.question_id or 'No question'}, theme {theme.number}"
                    words = f" “{apart(one.sentence)}”" if one.sentence is not None else ""
                    whose = f"{_WRITERS[one.origin]} sentence{words}"
                    is_failure = one.origin is FindingOrigin.MODEL
                    yield WithheldLine(where, whose, one.why, is_failure)


def breakdown(
    codings: Codings,
    key_findings: Iterable[KeyFinding] = (),
    *,
    order: ThemeOrder = "authors",
) -> Breakdown:
    """Return every quote by question and theme, in the order the report prints them.

    Themes keep the numbers of the codebook; those without get the next free one, running across
    the questions.

    Args:
        codings: What was coded.
        key_findings: What was found of each theme, by question.
        order: `authors`: themes with most distinct authors first, then those with most posts.
            `numbers`: as the codebook numbers them, where it numbers any.
    """
    codebook, shelf = codings.info.codebook, Shelf(codings)
    numbered = order == "numbers" and any(theme.number is not None for theme in codebook.themes)
    places = [
        (question, _themes_of(question, codebook, shelf, numbered=numbered))
        for question in _questions_of(codebook, shelf)
    ]
    numbers = _numbers(codebook, [theme for _, themes in places for theme in themes])
    found: dict[Place, KeyFinding] = {(one.question_id, one.theme_id): one for one in key_findings}
    printer = _Printer(shelf, numbers, found)
    tally = shelf.tally(shelf.numbers)
    return Breakdown(
        language=codebook.language,
        tally=tally,
        order=_order(tally, numbered=numbered),
        amounts=AMOUNTS
        if any(one.origin is FindingOrigin.COUNTS for one in found.values())
        else None,
        questions=tuple(
            printer.question(question, themes, codebook) for question, themes in places
        ),
    )


def _order(tally: Tally, *, numbered: bool) -> str:
    """Return in a sentence how themes are put in order."""
    if numbered:
        return "Themes are in the order of their numbers in the codebook."
    if not tally.n_authors:
        by = "posts"
    elif tally.n_unsigned:
        by = "known authors, then by posts"
    else:
        by = "authors, then by posts"
    return (
        f"Under each question, themes stand by their number of {by}, the most first; equal ones "
        f"as in the codebook."
    )


class _Printer:
    """Builds the sections in the order of print, so that the first quote of a post is known."""

    def __init__(
        self, shelf: Shelf, numbers: Mapping[str, int], found: Mapping[Place, KeyFinding]
    ) -> None:
        self.shelf = shelf
        self.numbers = numbers
        self.found = found
        self.anchored: set[str] = set()

    def question(
        self, question: Question | None, themes: list[Theme], codebook: Codebook
    ) -> QuestionSection:
        """Return the section of a question, `None` being no question."""
        question_id = question.id if question else None
        parent = codebook.question(question.parent) if question and question.parent else None
        sections = tuple(self._theme(question_id, theme) for theme in themes)
        others = self.shelf.at(question_id, None)
        return QuestionSection(
            question_id=question_id,
            text=question.text if question else "",
            parent_text=parent.text if parent else "",
            tally=self.shelf.tally(self.shelf.of_question(question_id)),
            themes=sections,
            other_tally=self.shelf.tally(others),
            other_ideas=self._quotes(others, (question_id, None)),
        )

    def _theme(self, question_id: str | None, theme: Theme) -> ThemeSection:
        quotes = self.shelf.at(question_id, theme.id)
        finding = self._finding((question_id, theme.id))
        if finding is not None and finding.origin is FindingOrigin.COUNTS:
            # It holds the theme's name, whose marks stay with it in a script of another direction.
            finding = finding.naming(theme.name, apart(theme.name))
        return ThemeSection(
            theme_id=theme.id,
            number=self.numbers[theme.id],
            name=theme.name,
            definition=theme.definition,
            finding=finding,
            tally=self.shelf.tally(quotes),
            quotes=self._quotes(quotes, (question_id, theme.id)),
        )

    def _finding(self, place: Place) -> Finding | None:
        found = self.found.get(place)
        if found is None:
            return None
        return Finding(
            text=found.text,
            origin=found.origin,
            cites=tuple(
                CitedQuote(
                    number=self.shelf.numbers[key_of(quote)],
                    post_id=quote.post_id,
                    text=shown(quote.text),
                )
                for quote in found.cites
            ),
            withheld=found.withheld,
        )

    def _quotes(self, quotes: Mapping[QuoteKey, Coding], here: Place) -> tuple[ReportQuote, ...]:
        return tuple(self._quote(key, coding, here) for key, coding in quotes.items())

    def _quote(self, key: QuoteKey, coding: Coding, here: Place) -> ReportQuote:
        post = self.shelf.post_by_id[coding.quote.post_id]
        is_anchor = post.id not in self.anchored
        self.anchored.add(post.id)
        return ReportQuote(
            number=self.shelf.numbers[key],
            text=shown(coding.quote.text),
            post_id=post.id,
            author=author_name(post.author),
            is_by_moderator=post.author_key in self.shelf.moderators,
            created_at=post.created_at,
            written=told(post.created_at, self.shelf.starts_at),
            url=web_link(post.url),
            confidence=coding.confidence,
            votes=_votes(coding.votes, here[1]),
            note=coding.note,
            also_under=tuple(
                self._named(place, here) for place in self.shelf.places_of[key] if place != here
            ),
            is_anchor=is_anchor,
        )

    def _named(self, place: Place, here: Place) -> str:
        question_id, theme_id = place
        name = "other ideas" if theme_id is None else f"theme {self.numbers[theme_id]}"
        if question_id == here[0]:
            return name
        return f"{name} of {question_id or 'no question'}"


def _votes(votes: Votes | None, theme_id: str | None) -> str | None:
    """Return the votes for the theme; None where no panel voted."""
    if votes is None:
        return None
    n_here = votes.themes.get(theme_id, 0) if theme_id is not None else votes.n_other
    missing = f", {votes.n_missing} missing" if votes.n_missing else ""
    return f"{n_here} of {count(votes.n_cast, 'vote')}{missing}"


def _questions_of(codebook: Codebook, shelf: Shelf) -> list[Question | None]:
    """Return the questions to print: those that can be answered, and any that was.

    None, for posts that answered no question, is last.
    """
    leaves = set(codebook.leaves)
    answered = {question_id for question_id, _ in shelf.places}
    questions: list[Question | None] = [
        question for question in codebook.questions if question in leaves or question.id in answered
    ]
    return [*questions, None] if None in answered or codebook.general_themes else questions


def _themes_of(
    question: Question | None, codebook: Codebook, shelf: Shelf, *, numbered: bool
) -> list[Theme]:
    """Return the question's own themes and all that its quotes carry, in the order of print."""
    question_id = question.id if question else None
    own = {theme.id for theme in codebook.themes_for(question_id) if theme.questions}
    if question is None:  # a general theme that no quote carries is told of here, once
        used = {theme_id for _, theme_id in shelf.places}
        own = {theme.id for theme in codebook.general_themes} - used
    themes = [
        theme for theme in codebook.themes if theme.id in own or shelf.at(question_id, theme.id)
    ]
    if numbered:
        last = 1 + max(theme.number or 0 for theme in codebook.themes)
        return sorted(themes, key=lambda theme: last if theme.number is None else theme.number)

    def weight(theme: Theme) -> tuple[int, int]:
        tally = shelf.tally(shelf.at(question_id, theme.id))
        return tally.n_authors, tally.n_posts

    return sorted(themes, key=weight, reverse=True)


def _numbers(codebook: Codebook, printed: list[Theme]) -> dict[str, int]:
    """Return each theme's number. A hole in the codebook's numbers stays a hole."""
    numbers = {theme.id: theme.number for theme in codebook.themes if theme.number is not None}
    following = 1 + max(numbers.values(), default=0)
    for theme in printed:
        if theme.id not in numbers:
            numbers[theme.id] = following
            following += 1
    return numbers
