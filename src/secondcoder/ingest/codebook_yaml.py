"""A codebook as YAML that a person reads and edits."""

from typing import Final

import yaml

from secondcoder.schema.chat import Question
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.edits import CodebookEdit
from secondcoder.schema.record import Record

_WIDTH: Final = 92
_LINE_ENDS: Final = "\x85\u2028\u2029"
"""Line ends to YAML, which reads them as plain ones unless they are escaped."""
_HEADER: Final = """\
# A codebook of Second Coder. Edit it freely: a mistake is reported with its line.
#
# questions   what the moderators asked
#   id          short and without spaces, such as Q2a
#   text        the question as asked
#   parent      the question it is a part of: Q2 for Q2a
#   asked_by    id of the post that asked it
#   asked_at    when, such as 2024-05-14T20:00:00+01:00
# themes      the ideas that answers share
#   id          short and without spaces; codings refer to it
#   name        as a reader should see it
#   definition  what the theme means, in a sentence or two
#   include     when to use it (a text, or a list of them)
#   exclude     when not to use it
#   examples    quotes that belong to it
#   questions   ids of the questions it answers; none: it may answer any
#   key_finding the report's sentence on it
#   number      as printed in a report
# edits       what was done to the themes and why, as 'secondcoder codebook' records it
#
# Text that contains ': ' or ' #', or starts with a sign such as @ or #, goes between
# quotation marks.

"""


class _Dumper(yaml.SafeDumper):
    """Writes text in the way that reads best; ids and dates stay text for any YAML reader."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    if any(sign in text for sign in _LINE_ENDS):
        style = '"'
    elif text == text.strip():
        if "\n" in text:
            style = "|"
        elif len(text) > _WIDTH and "  " not in text:
            style = ">"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def codebook_yaml(codebook: Codebook) -> str:
    """Return the codebook as YAML: `read_codebook` of it gives an equal codebook.

    Fields that hold nothing are left out; a comment at the top says what each key means.

    >>> book = Codebook(title="Tea", themes=(Theme(id="T1", name="Time for tea"),))
    >>> print(codebook_yaml(book).partition("language: en")[2].strip())
    themes:
    - id: T1
      name: Time for tea
    """
    head = {
        "title": codebook.title,
        "version": codebook.version,
        "language": codebook.language,
    }
    parts = [_HEADER + _yaml(head)]
    if codebook.questions:
        parts.append("questions:\n" + _items(codebook.questions, blank_lines=False))
    if codebook.themes:
        parts.append("themes:\n" + _items(codebook.themes, blank_lines=True))
    if codebook.edits:
        parts.append("edits:\n" + _items(codebook.edits, blank_lines=False))
    return "\n".join(parts)


def _items(
    records: tuple[Question, ...] | tuple[Theme, ...] | tuple[CodebookEdit, ...],
    *,
    blank_lines: bool,
) -> str:
    return ("\n" if blank_lines else "").join(_yaml([_given(record)]) for record in records)


def _given(record: Record) -> dict[str, object]:
    """Return the fields that differ from their default, in the order of the model."""
    return record.model_dump(mode="json", exclude_defaults=True)


def _yaml(value: object) -> str:
    return yaml.dump(
        value,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=_WIDTH,
        default_flow_style=False,
    )
