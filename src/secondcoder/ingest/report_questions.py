"""The questions of a report, whose two lists of them seldom agree."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from secondcoder.ingest.report_findings import Finding
from secondcoder.ingest.report_lines import Heading
from secondcoder.schema.chat import Question
from secondcoder.schema.readings import Note


class Findings(NamedTuple):
    """A question of the key themes with its key findings."""

    heading: Heading
    findings: list[Finding]


class QuestionList(NamedTuple):
    """The questions of both sections as one list."""

    questions: tuple[Question, ...]
    answered: dict[str, tuple[str, ...]]
    """For each question of the key themes the questions of the breakdown that it covers."""
    notes: list[Note]


def join_questions(findings: list[Findings], broken_down: Mapping[str, Heading]) -> QuestionList:
    """Return the questions of the key themes and of the breakdown as one list, in order.

    Where the breakdown splits a question of the key themes in two, its wording there becomes the
    parent's. A part always has a parent. The breakdown's wording of a question wins.

    Args:
        findings: The questions of the key themes.
        broken_down: The questions of the breakdown, by id.
    """
    texts: dict[str, str] = {question_id: h.text for question_id, h in broken_down.items()}
    listed = {entry.heading.id for entry in findings}
    answered: dict[str, tuple[str, ...]] = {}
    notes: list[Note] = []
    for entry in findings:
        asked = entry.heading
        parent = parent_of(asked.id)
        new_parts = [part for part in broken_down if parent_of(part) == (parent or asked.id)]
        new_parts = [part for part in new_parts if part not in listed or part == asked.id]
        own = broken_down.get(asked.id)
        if parent is not None and new_parts not in ([], [asked.id]) and not _same(asked, own):
            answered[asked.id] = tuple(new_parts)
            texts[parent] = asked.text
            message = f"question {asked.id} is split in the breakdown: {', '.join(new_parts)}"
            message += f"; read as {parent} with parts"
            notes.append(Note(where=asked.line, message=message, kind="routine"))
            continue
        answered[asked.id] = (asked.id,) if parent else (asked.id, *new_parts)
        texts.setdefault(asked.id, asked.text)
        if own is not None and not _same(asked, own):
            message = f"question {asked.id} is worded otherwise in the breakdown, which is kept"
            notes.append(Note(where=asked.line, message=message, text=asked.text))
    for question_id in list(texts):
        parent = parent_of(question_id)
        if parent is not None and parent not in texts:
            texts[parent] = ""
            message = f"question {parent} is printed only in parts; it has no wording of its own"
            notes.append(Note(message=message, kind="routine"))
    ordered = sorted(texts, key=lambda question_id: (_number(question_id), question_id))
    questions = tuple(
        Question(id=question_id, text=texts[question_id], parent=parent_of(question_id))
        for question_id in ordered
    )
    return QuestionList(questions, answered, notes)


def parent_of(question_id: str) -> str | None:
    """Return the question that a part belongs to, None for what is not a part.

    >>> parent_of("Q2a"), parent_of("Q2")
    ('Q2', None)
    """
    return question_id[:-1] if question_id[-1].isalpha() else None


def _number(question_id: str) -> int:
    return int(re.sub(r"\D", "", question_id))


def _same(one: Heading, other: Heading | None) -> bool:
    return other is not None and _letters(one.text) == _letters(other.text)


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
