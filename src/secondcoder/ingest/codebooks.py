"""Codebook files: YAML that a person edits (or JSON), read with every mistake at its line."""

from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

import yaml
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from secondcoder.errors import CodebookError
from secondcoder.ingest.yaml_fields import Fields, YamlFile, suggestion
from secondcoder.schema.chat import Question, misplaced_part
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.edits import CodebookEdit, EditKind, Reference
from secondcoder.schema.proposed import Proposed
from secondcoder.schema.record import Record
from secondcoder.schema.refined import Refined

_BOOK_KEYS: Final = ("title", "version", "language", "questions", "themes", "edits")
_QUESTION_KEYS: Final = (*Question.model_fields, "themes")
_THEME_KEYS: Final = tuple(Theme.model_fields)
_EDIT_KEYS: Final = tuple(CodebookEdit.model_fields)
_REFERENCE_KEYS: Final = tuple(Reference.model_fields)
RecordT = TypeVar("RecordT", bound=Record)
_TIME: Final = TypeAdapter[datetime](AwareDatetime)


def read_codebook(path: Path) -> Codebook:
    """Return the codebook a person keeps as `.yaml`, `.yml` or `.json`.

    The form is described in docs/codebook.md. The first mistake is a `CodebookError` that names
    file, line and remedy.
    """
    file = YamlFile(path)
    root = file.root()
    if root is None:
        raise file.error(1, "the file is empty; a codebook needs 'questions:' and 'themes:'")
    return _Reading(file).codebook(root)


class _Reading:
    """Questions and themes as far as the file has been read, with the lines of their ids."""

    def __init__(self, file: YamlFile) -> None:
        self.file = file
        self.questions: dict[str, tuple[Question, Fields]] = {}
        self.themes: dict[str, tuple[Theme, int]] = {}
        self.named: list[tuple[str, str, int]] = []

    def codebook(self, root: yaml.Node) -> Codebook:
        fields = Fields(self.file, root, what="the codebook", keys=_BOOK_KEYS)
        for node in fields.items("questions"):
            self._question(node)
        for node in fields.items("themes"):
            self._theme(node, under=None)
        for question, of_question in self.questions.values():
            self._check_parent(question, of_question)
        parents = {question.id: question.parent for question, _ in self.questions.values()}
        if misplaced := misplaced_part(parents):
            question_id, message = misplaced
            raise self.questions[question_id][1].error("parent", message)
        for theme_id, question_id, line in self.named:
            if question_id not in self.questions:
                raise self._unknown(f"theme '{theme_id}' names question", question_id, line)
        defaults = Codebook.model_fields
        texts = {key: fields.text(key) for key in ("title", "version", "language")}
        return Codebook(
            **{key: defaults[key].default if text is None else text for key, text in texts.items()},
            questions=tuple(question for question, _ in self.questions.values()),
            themes=tuple(theme for theme, _ in self.themes.values()),
            edits=tuple(self._edit(node) for node in fields.items("edits")),
        )

    def _question(self, node: yaml.Node) -> None:
        if isinstance(node, yaml.ScalarNode):
            node = _only_an_id(node)
        fields = Fields(self.file, node, what="a question", keys=_QUESTION_KEYS)
        question_id = self._new_id(fields, "question")
        if question_id in self.questions:
            first = self.questions[question_id][1].line("id")
            raise fields.error("id", _twice("question", question_id, first))
        fields.what = f"question '{question_id}'"
        question = Question(
            id=question_id,
            text=fields.text("text") or "",
            parent=fields.identifier("parent"),
            asked_by=fields.text("asked_by"),
            asked_at=_time(fields, "asked_at"),
        )
        self.questions[question_id] = (question, fields)
        for theme_node in fields.items("themes"):
            self._theme(theme_node, under=question_id)

    def _theme(self, node: yaml.Node, *, under: str | None) -> None:
        fields = Fields(self.file, node, what="a theme", keys=_THEME_KEYS)
        theme_id = self._new_id(fields, "theme")
        if theme_id in self.themes:
            raise fields.error("id", _twice("theme", theme_id, self.themes[theme_id][1]))
        fields.what = f"theme '{theme_id}'"
        named = fields.identifiers("questions")
        self.named += [(theme_id, question_id, line) for question_id, line in named]
        questions = tuple(question_id for question_id, _ in named)
        if under is not None and under not in questions:
            questions = (under, *questions)
        theme = Theme(
            id=theme_id,
            name=fields.required("name"),
            definition=fields.text("definition") or "",
            include=fields.texts("include"),
            exclude=fields.texts("exclude"),
            examples=fields.texts("examples"),
            questions=questions,
            key_finding=fields.text("key_finding"),
            number=fields.number("number"),
        )
        self.themes[theme_id] = (theme, fields.line("id"))

    def _edit(self, node: yaml.Node) -> CodebookEdit:
        fields = Fields(self.file, node, what="an edit", keys=_EDIT_KEYS)
        kind = fields.required("kind")
        if kind not in set(EditKind):
            raise fields.error("kind", f"an edit's kind is {' or '.join(EditKind)}, not '{kind}'")
        try:
            return CodebookEdit(
                kind=EditKind(kind),
                before=tuple(theme_id for theme_id, _ in fields.identifiers("before")),
                after=tuple(theme_id for theme_id, _ in fields.identifiers("after")),
                reason=fields.required("reason"),
                version=fields.required("version"),
                references=tuple(self._reference(each) for each in fields.items("references")),
                made_at=_time(fields, "made_at"),
                made_by=fields.text("made_by"),
                proposed=_record(fields, "proposed", Proposed),
                refined=_record(fields, "refined", Refined),
            )
        except ValidationError as error:
            problem = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise fields.error("kind", problem) from error

    def _reference(self, node: yaml.Node) -> Reference:
        fields = Fields(self.file, node, what="a reference", keys=_REFERENCE_KEYS)
        return Reference(
            theme=fields.required("theme"),
            before=fields.required("before"),
            after=fields.required("after"),
        )

    def _new_id(self, fields: Fields, what: str) -> str:
        found = fields.identifier("id")
        if found is None:
            raise fields.error("id", f"a {what} has no id; start it with '- id: …'")
        return found

    def _check_parent(self, question: Question, fields: Fields) -> None:
        if question.parent == question.id:
            raise fields.error(
                "parent", f"question '{question.id}' is its own parent; name another or none"
            )
        if question.parent is not None and question.parent not in self.questions:
            message = f"question '{question.id}' names parent"
            raise self._unknown(message, question.parent, fields.line("parent"))

    def _unknown(self, subject: str, question_id: str, line: int) -> CodebookError:
        known = ", ".join(self.questions) or "none"
        return self.file.error(
            line,
            f"{subject} '{question_id}', which is not among the questions ({known})"
            f"{suggestion(question_id, self.questions)}; correct the id, or add the question",
        )


def _only_an_id(node: yaml.ScalarNode) -> yaml.MappingNode:
    """Return `{id: Q1}` for a question written as its bare id."""
    key = yaml.ScalarNode("str", "id", node.start_mark, node.end_mark)
    return yaml.MappingNode("map", [(key, node)], node.start_mark, node.end_mark)


def _twice(what: str, found: str, first: int) -> str:
    return f"{what} '{found}' is already on line {first}; ids are unique, so rename one of them"


def _record(fields: Fields, key: str, model: type[RecordT]) -> RecordT | None:
    """Return what the program recorded under a key; people have no reason to edit it."""
    value = fields.value(key)
    if value is None:
        return None
    try:
        return model.model_validate(value)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, (key, *problem["loc"])))
        raise fields.error(
            key,
            f"{where}: {problem['msg'].removeprefix('Value error, ')}; the program wrote this "
            f"part, so restore it, or remove '{key}'",
        ) from error


def _time(fields: Fields, key: str) -> datetime | None:
    text = fields.text(key)
    if text is None:
        return None
    try:
        return _TIME.validate_python(text)
    except ValidationError as error:
        raise fields.error(
            key,
            f"{fields.what}: '{key}' is '{text}'; write date, time and offset, such as "
            f"2024-05-14T20:00:00+01:00",
        ) from error
