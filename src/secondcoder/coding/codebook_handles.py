"""Handles that a codebook holds without their sign: its examples are participants' words."""

from collections.abc import Iterator

from secondcoder.coding.bare_handles import Handles
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.renames import earlier


def with_named(options: ModelOptions, codebook: Codebook, handles: Handles) -> ModelOptions:
    """Return options that say whom of a chat the codebook's texts and the examples name.

    They are looked for in the whole codebook at once, so that all requests of a run hide the same
    and keep one beginning. Whoever is called as a theme or a question is, or stands in its name or
    id, is not among them: those are told as they are, and a rule that names a theme must name it.

    Args:
        options: How a model is asked.
        codebook: Questions and themes.
        handles: Those of the chat.
    """
    if not options.pseudonyms:
        return options
    quotes = () if options.examples is None else (one.text for one in options.examples.quotes)
    found = set(handles.written_in(*_texts(codebook), *quotes))
    # What holds a hyphen stands there behind a sign, which no name is called by.
    found -= {name for name in handles.written_in(*_names(codebook)) if "-" not in name}
    return options.model_copy(update={"named": tuple(sorted(found))})


def _texts(codebook: Codebook) -> Iterator[str]:
    # Answers are looked for under what the rules said earlier, too.
    for each in (codebook, *(then.codebook for then in earlier(codebook))):
        yield from (question.text for question in each.questions)
        for theme in each.themes:
            yield from (theme.definition, *theme.include, *theme.exclude, *theme.examples)


def _names(codebook: Codebook) -> Iterator[str]:
    for each in (codebook, *(then.codebook for then in earlier(codebook))):
        yield from (question.id for question in each.questions)
        for theme in each.themes:
            yield from (theme.id, theme.name)
