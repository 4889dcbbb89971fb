"""Ids of themes that are made of words which a report does not show."""

import re
from collections.abc import Callable, Iterable, Mapping

from secondcoder.reporting.derivation_wording import DERIVATION
from secondcoder.reporting.findings import Findings
from secondcoder.reporting.methods import EDITS
from secondcoder.schema.codebook import Codebook

_SHORTEST = 3
"""Letters of a masked word from which an id that holds it names somebody: no `st`, no `at`."""
_NO_NUMBER = "(id not shown)"
"""Of a theme that is no longer in the codebook, or that the report has no quotes under."""


_WORD = re.compile(r"[^\W_]+")


def naming(names: Iterable[str], words_of: Callable[[str], str]) -> Callable[[str], bool]:
    """Return whether an id names somebody: as a masked text does, or by a word that a name lost.

    Args:
        names: Of themes, whose ids are made of their words.
        words_of: Returns what is shown of a text.

    >>> names_somebody = naming(["Olave's beds"], lambda text: text.replace("Olave", "[name]"))
    >>> names_somebody("st-olave-beds"), names_somebody("beds")
    (True, False)
    """
    lost = {
        word
        for name in names
        for word in _words(name) - _words(words_of(name))
        if len(word) >= _SHORTEST
    }

    def is_named_in(theme_id: str) -> bool:
        words = theme_id.replace("-", " ").replace("_", " ")
        return words_of(words) != words or not lost.isdisjoint(_words(words))

    return is_named_in


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}


def without_ids(found: Findings, book: Codebook, hides: Callable[[str], bool]) -> Findings:
    """Return the findings with a number for every theme whose id is not shown.

    Args:
        found: With the pictures drawn, which look themes up by id.
        book: The codebook, whose record names themes, too.
        hides: Whether an id is not shown.
    """
    ids = {theme.id for theme in book.themes}
    ids.update(*((*edit.before, *edit.after) for edit in book.edits))
    hidden = dict.fromkeys(filter(hides, ids), _NO_NUMBER)
    if not hidden:
        return found
    questions = []
    for section in found.breakdown.questions:
        themes = []
        for theme in section.themes:
            if theme.theme_id in hidden:
                hidden[theme.theme_id] = f"theme-{theme.number}"
                theme = theme.model_copy(update={"theme_id": hidden[theme.theme_id]})  # noqa: PLW2901
            themes.append(theme)
        questions.append(section.model_copy(update={"themes": tuple(themes)}))
    facts = tuple(
        fact.model_copy(update={"value": _replaced(fact.value, hidden)})
        if fact.name in {EDITS, DERIVATION}
        else fact
        for fact in found.methods.facts
    )
    return found.model_copy(
        update={
            "breakdown": found.breakdown.model_copy(update={"questions": tuple(questions)}),
            "methods": found.methods.model_copy(update={"facts": facts}),
        }
    )


def _replaced(text: str, shown: Mapping[str, str]) -> str:
    """Return the text with other ids.

    >>> _replaced("rename ann → ann-2", {"ann": "theme-1"})
    'rename theme-1 → ann-2'
    """
    longest_first = sorted(shown, key=len, reverse=True)
    any_id = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])")
    return any_id.sub(lambda one: shown[one.group()], text)
