"""Which themes compete for a post, by the questions it may answer."""

from typing import NamedTuple

from secondcoder.schema.codebook import Codebook

UNASKED_BAR = 0.5
"""A post that answers no question takes a question's theme only if that is likelier than not."""
GENERAL_HANDICAP = 0.1
"""What a general theme must be ahead of the question's own themes, in shares: they come first."""


class Candidates(NamedTuple):
    """The themes that compete for a post, and what each says of the question."""

    theme_ids: tuple[str, ...]
    questions: tuple[str | None, ...]
    """Question of each theme."""
    question_id: str | None
    """Question of a quote without a theme."""
    is_allowed: tuple[bool, ...]
    """Whether each theme may be given. One that may not still keeps a post from the others."""
    handicaps: tuple[float, ...]
    """Taken off each theme's share."""
    bar: float = 0.0
    """A confidence the post must reach beside the coder's own bar."""
    is_general: bool = False


def compete(codebook: Codebook, asked: tuple[str, ...]) -> Candidates:
    """Return the themes that compete for a post attributed to these questions.

    Questions the codebook lacks are passed over. Without any question all themes compete at a
    higher bar, and only the general ones may be given where the codebook has any.
    """
    known = {question.id for question in codebook.questions}
    answered = [
        part for question in asked if question in known for part in codebook.answerable(question)
    ]
    general = {theme.id for theme in codebook.general_themes}
    question_of: dict[str, str | None] = {}
    for question_id in answered:
        for theme in codebook.themes_for(question_id):
            question_of.setdefault(theme.id, question_id)
    if answered:
        return Candidates(
            theme_ids=tuple(question_of),
            questions=tuple(question_of.values()),
            question_id=answered[0],
            is_allowed=(True,) * len(question_of),
            handicaps=tuple(
                GENERAL_HANDICAP if theme_id in general else 0.0 for theme_id in question_of
            ),
        )
    owners: dict[str, set[str]] = {theme.id: set() for theme in codebook.themes}
    for leaf in codebook.leaves:
        for theme in codebook.themes_for(leaf.id):
            owners[theme.id].add(leaf.id)
    return Candidates(
        theme_ids=tuple(owners),
        questions=tuple(
            min(found) if len(found) == 1 and theme_id not in general else None
            for theme_id, found in owners.items()
        ),
        question_id=None,
        is_allowed=tuple(not general or theme_id in general for theme_id in owners),
        handicaps=(0.0,) * len(owners),
        bar=UNASKED_BAR if codebook.questions else 0.0,
        is_general=True,
    )
