"""The codebook: questions, and the themes that answers to them share."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Self

from pydantic import Field, model_validator

from secondcoder.errors import CodebookError
from secondcoder.schema.chat import Identifier, Question, check_questions, parts_of
from secondcoder.schema.edits import CodebookEdit
from secondcoder.schema.identity import sha256
from secondcoder.schema.record import Record

_QUOTED = re.compile("“[^”]*”")
_MARK_DIGITS = 12


class Theme(Record):
    """An idea that answers share. A theme without questions is general: it may answer any."""

    id: Identifier
    name: str = Field(min_length=1)
    definition: str = ""
    include: tuple[str, ...] = Field(default=(), description="When to use it.")
    exclude: tuple[str, ...] = Field(default=(), description="When not to use it.")
    examples: tuple[str, ...] = Field(default=(), description="Quotes that belong to it.")
    questions: tuple[Identifier, ...] = Field(
        default=(), description="Ids of the questions it answers; a parent means all its parts."
    )
    key_finding: str | None = Field(default=None, description="The report's sentence on it.")
    number: int | None = Field(
        default=None, ge=0, description="As printed in the report; holes are allowed."
    )

    @property
    def mark(self) -> str:
        """Return what stands for the theme's words: the same as long as nobody rewords it.

        Its id, number and key finding are none of them. Nor is the quoted name of another theme in
        a rule that says when not to use it: an edit of that theme keeps such names up to date.
        """
        words = {
            "name": self.name,
            "definition": self.definition,
            "include": self.include,
            "exclude": [_QUOTED.sub("“”", rule) for rule in self.exclude],
            "examples": self.examples,
            "questions": self.questions,
        }
        return sha256(words)[:_MARK_DIGITS]

    @property
    def is_bare(self) -> bool:
        """Return whether it has a name and nothing else to recognise it by."""
        return not (self.definition or self.include or self.examples)


def told_apart(themes: Sequence[Theme]) -> dict[str, str]:
    """Return what to call each theme where those of several questions stand together, by id.

    >>> names = {"a": "Tea", "b": "tea", "c": "Pot"}
    >>> told_apart([Theme(id=theme_id, name=name) for theme_id, name in names.items()])
    {'a': 'Tea (a)', 'b': 'tea (b)', 'c': 'Pot'}
    """
    often = Counter(_folded(theme.name) for theme in themes)
    return {
        one.id: one.name if often[_folded(one.name)] == 1 else f"{one.name} ({one.id})"
        for one in themes
    }


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


class Codebook(Record):
    """Questions and themes under a version; two codebooks are one when their `sha256` agree."""

    title: str = "Codebook"
    version: str = "1"
    language: str = Field(default="en", description="Language of the posts, ISO 639-1.")
    questions: tuple[Question, ...] = ()
    themes: tuple[Theme, ...] = ()
    edits: tuple[CodebookEdit, ...] = Field(
        default=(), description="What was done to its themes, the first step first."
    )

    @model_validator(mode="after")
    def _ids_are_unique_and_questions_known(self) -> Self:
        check_questions(self.questions)
        known = {question.id for question in self.questions}
        counts = Counter(theme.id for theme in self.themes)
        for theme in self.themes:
            if counts[theme.id] > 1:
                raise ValueError(f"theme '{theme.id}' appears twice; ids must be unique")
            for question_id in theme.questions:
                if question_id not in known:
                    raise ValueError(
                        f"theme '{theme.id}' names question '{question_id}', which is not among "
                        f"the questions; add it or correct the id"
                    )
        return self

    def changed(self, **fields: object) -> Self:
        """Return the codebook with some fields replaced, checked as a new one is."""
        now = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).model_validate(now | fields)

    @cached_property
    def sha256(self) -> str:
        """Return the hash of everything the codebook says, its version included.

        How it came about is not among it: with or without its edits, it says the same.
        """
        return sha256(self.model_dump(mode="json", exclude={"edits"}))

    # typing.override, which mypy asks for here, needs Python 3.12.
    def __hash__(self) -> int:  # type: ignore[explicit-override]
        """Return the same for codebooks that say the same; how they came about may hold lists."""
        return hash(self.sha256)

    @cached_property
    def theme_by_id(self) -> dict[str, Theme]:
        """Return each theme under its id."""
        return {theme.id: theme for theme in self.themes}

    def question(self, question_id: str) -> Question:
        """Return the question of that id.

        Raises:
            CodebookError: If there is none; the message lists the ids there are.
        """
        for question in self.questions:
            if question.id == question_id:
                return question
        known = ", ".join(question.id for question in self.questions) or "none"
        raise CodebookError(
            f"codebook '{self.title}' has no question '{question_id}' (it has: {known})"
        )

    def answerable(self, question_id: str) -> tuple[str, ...]:
        """Return the ids an answer to the question may carry: its parts, or itself without parts.

        A question the codebook lacks is a `CodebookError`.
        """
        return parts_of(self.question(question_id).id, self.questions)

    def answerable_by(self, question_ids: Iterable[str]) -> tuple[str, ...]:
        """Return what `answerable` does for several questions, in the codebook's order.

        So that Q2a with Q2b and Q2b with Q2a are the same. A question the codebook lacks is a
        `CodebookError`.
        """
        found = {part for question_id in question_ids for part in self.answerable(question_id)}
        return tuple(question.id for question in self.questions if question.id in found)

    @cached_property
    def namesakes(self) -> tuple[tuple[Theme, ...], ...]:
        """Return the themes that share a name with others, whatever its case, name by name."""
        named: dict[str, list[Theme]] = {}
        for theme in self.themes:
            named.setdefault(_folded(theme.name), []).append(theme)
        return tuple(tuple(themes) for themes in named.values() if len(themes) > 1)

    @cached_property
    def leaves(self) -> tuple[Question, ...]:
        """Return the questions that can be answered, in order: those without parts."""
        parents = {question.parent for question in self.questions}
        return tuple(question for question in self.questions if question.id not in parents)

    @cached_property
    def general_themes(self) -> tuple[Theme, ...]:
        """Return the themes that belong to no question, and so may answer any."""
        return tuple(theme for theme in self.themes if not theme.questions)

    def can_meet(self, one: Theme, other: Theme) -> bool:
        """Return whether a quote may carry both themes."""
        places = (*(question.id for question in self.leaves), None)
        return any({one.id, other.id} <= {t.id for t in self.themes_for(p)} for p in places)

    def themes_for(self, question_id: str | None) -> tuple[Theme, ...]:
        """Return the themes an answer to the question may carry, the general ones last.

        A theme of a parent question serves each of its parts. `None` means a post that answers no
        question: the general themes alone. A question the codebook lacks is a `CodebookError`.
        """
        if question_id is None:
            return self.general_themes
        question = self.question(question_id)
        wanted = {question.id, question.parent} - {None}
        own = tuple(theme for theme in self.themes if wanted & set(theme.questions))
        return own + self.general_themes
