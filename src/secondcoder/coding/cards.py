"""Cards: what a model is told of questions and themes, and the mark each theme goes by."""

from collections.abc import Collection
from typing import NamedTuple

from secondcoder.coding.fence import neutralised
from secondcoder.coding.lines import Form, marks
from secondcoder.coding.pseudonyms import Pseudonyms
from secondcoder.schema.codebook import Codebook, Theme


class ThemeCard(NamedTuple):
    """What a model is told of a theme; its number and key finding are not."""

    id: str
    name: str
    definition: str
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    examples: tuple[str, ...]
    mark: str
    """`T1`, `T2`, … in the order in which they stand, for replies in lines."""


class QuestionCard(NamedTuple):
    """A question and the themes of its own."""

    id: str
    text: str
    parent_text: str
    themes: tuple[ThemeCard, ...]


class Cards(NamedTuple):
    """The part of a codebook that goes with some questions."""

    questions: tuple[QuestionCard, ...]
    general_themes: tuple[ThemeCard, ...]

    def form(self, *, most_quotes: int, most_themes: int) -> Form:
        """Return what lines may name.

        Args:
            most_quotes: So many may a post have.
            most_themes: So many may a quote have.
        """
        every = [theme for question in self.questions for theme in question.themes]
        every += self.general_themes
        questions_of: dict[str, tuple[str, ...]] = {theme.id: () for theme in every}
        for question in self.questions:
            for theme in question.themes:
                questions_of[theme.id] += (question.id,)
        return Form(
            theme_of={theme.mark: theme.id for theme in every},
            questions_of=questions_of,
            question_ids=tuple(question.id for question in self.questions),
            most_quotes=most_quotes,
            most_themes=most_themes,
        )


def cards(
    codebook: Codebook,
    question_ids: tuple[str, ...],
    *,
    named: Collection[str] = (),
    reverse: bool = False,
) -> Cards:
    """Return the cards of some questions and of the general themes.

    Args:
        codebook: Where they stand.
        question_ids: The questions, none of them with parts.
        named: Handles that are hidden without a sign, too, in small letters.
        reverse: Whether the themes of each question stand in the reverse of the codebook's order.
    """
    step = -1 if reverse else 1
    own = {
        question_id: [t for t in codebook.themes_for(question_id) if t.questions][::step]
        for question_id in question_ids
    }
    general = codebook.general_themes[::step]
    in_order = dict.fromkeys(t.id for themes in (*own.values(), general) for t in themes)
    mark_of = dict(zip(in_order, marks(len(in_order)), strict=True))

    def told(text: str) -> str:
        return shown(text, named)

    def card(theme: Theme) -> ThemeCard:
        return ThemeCard(
            id=theme.id,
            name=told(theme.name),
            definition=told(theme.definition),
            include=tuple(map(told, theme.include)),
            exclude=tuple(map(told, theme.exclude)),
            examples=tuple(map(told, theme.examples)),
            mark=mark_of[theme.id],
        )

    def question_card(question_id: str) -> QuestionCard:
        question = codebook.question(question_id)
        parent = codebook.question(question.parent).text if question.parent else ""
        return QuestionCard(
            id=question.id,
            text=told(question.text),
            parent_text=told(parent),
            themes=tuple(map(card, own[question_id])),
        )

    return Cards(tuple(map(question_card, question_ids)), tuple(map(card, general)))


def shown(text: str, named: Collection[str] = ()) -> str:
    """Return codebook text as it is sent: examples are participants' words, and may name people.

    Args:
        text: A name, a definition, a rule, an example or a question.
        named: Handles that are hidden without a sign, too, in small letters.
    """
    return neutralised(Pseudonyms(everyone="@someone", known=named).hide(text.strip()))
