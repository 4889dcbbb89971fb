"""YAML read key by key, every mistake with its file and line.

Scalars are read as the characters a person typed: `id: no`, `id: 1` and `version: 1.10` are the
strings "no", "1" and "1.10". Only the keys that ask for a number give one.
"""

import difflib
import json
import re
from collections.abc import Iterable
from pathlib import Path

import yaml

from secondcoder.errors import CodebookError
from secondcoder.ingest.plain_text import read_text

_NOTHING = frozenset({"", "~", "null"})
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


class YamlFile:
    """A YAML or JSON file, named in every error."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def error(self, node: yaml.Node | int, message: str) -> CodebookError:
        """Return the error to raise about a node (or line number)."""
        line = node if isinstance(node, int) else line_of(node)
        return CodebookError(f"{self.path} line {line}: {message}")

    def root(self) -> yaml.Node | None:
        """Return the file's only document; None where it holds nothing but comments.

        A `CodebookError` if the file can't be read or its syntax is wrong.
        """
        text = read_text(self.path, error=CodebookError)
        if self.path.suffix.lower() == ".json":
            text = self._checked_json(text)
        try:
            return yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as broken:
            at_end = re.search("end of stream|stream end", broken.problem or "") is not None
            mark = (at_end and broken.context_mark) or broken.problem_mark or broken.context_mark
            line = mark.line + 1 if mark is not None else 1
            written = text.split("\n")[line - 1] if line <= text.count("\n") + 1 else ""
            remedy = _remedy(broken.problem or "", written)
            raise self.error(line, f"{broken.problem or broken.context}; {remedy}") from broken
        except yaml.reader.ReaderError as odd:
            line = text.count("\n", 0, odd.position) + 1
            message = f"the character U+{odd.character:04X} is not allowed here; remove it"
            raise self.error(line, message) from odd

    def _checked_json(self, text: str) -> str:
        if not text.strip():
            return text
        try:
            json.loads(text)
        except json.JSONDecodeError as broken:
            raise self.error(broken.lineno, f"{broken.msg}; this is not JSON") from broken
        # JSON has these in strings only, where YAML wants them escaped; and no raw tab in strings.
        escaped = _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
        return escaped.replace("\t", " ")


class Fields:
    """A YAML mapping of known keys, read one by one."""

    def __init__(self, file: YamlFile, node: yaml.Node, *, what: str, keys: Iterable[str]) -> None:
        self.file = file
        self.node = node
        self.what = what
        self._values: dict[str, yaml.Node] = {}
        allowed = tuple(keys)
        if not isinstance(node, yaml.MappingNode):
            raise file.error(
                node, f"{what} is {_shape(node)}, not keys with values; its keys: {_list(allowed)}"
            )
        first_lines: dict[str, int] = {}
        for key_node, value in node.value:
            key = _string(key_node) if isinstance(key_node, yaml.ScalarNode) else "?"
            if key not in allowed:
                close = suggestion(key, allowed)
                raise file.error(
                    key_node, f"{what} has no key '{key}'{close} (its keys: {_list(allowed)})"
                )
            if key in first_lines:
                raise file.error(
                    key_node,
                    f"{what} has the key '{key}' a second time (first on line "
                    f"{first_lines[key]}); keep one of them",
                )
            first_lines[key] = line_of(key_node)
            if not _is_nothing(value):
                self._values[key] = value

    def line(self, key: str) -> int:
        """Return the line of a key's value, or of the mapping where the key is not given."""
        return line_of(self._values.get(key, self.node))

    def error(self, key: str, message: str) -> CodebookError:
        """Return the error to raise about a key's value."""
        return self.file.error(self.line(key), message)

    def text(self, key: str) -> str | None:
        """Return the text under a key, None where it is not given.

        A `CodebookError` if there is a list or a mapping instead.
        """
        node = self._values.get(key)
        return None if node is None else self._scalar(node, key)

    def required(self, key: str) -> str:
        """Return the text under a key that must be given.

        A `CodebookError` if it is missing or empty.
        """
        text = self.text(key)
        if not text:
            raise self.error(key, f"{self.what} has no {key}; add '{key}: …'")
        return text

    def identifier(self, key: str) -> str | None:
        """Return the id under a key, None where it is not given.

        A `CodebookError` if it is empty or holds white space.
        """
        text = self.text(key)
        return None if text is None else self._identified(text, key, self.line(key))

    def identifiers(self, key: str) -> tuple[tuple[str, int], ...]:
        """Return the ids under a key, one or a list, each with its line."""
        return tuple(
            (self._identified(self._scalar(node, key), key, line_of(node)), line_of(node))
            for node in self.items(key)
        )

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the texts under a key, which is one text or a list of them."""
        return tuple(self._scalar(node, key) for node in self.items(key))

    def number(self, key: str) -> int | None:
        """Return the whole number under a key, None where it is not given.

        A `CodebookError` if it is anything but digits.
        """
        text = self.text(key)
        if text is None:
            return None
        if not re.fullmatch(r"[0-9]+", text):
            message = f"{self.what}: '{key}' is '{text}'; write a whole number in digits"
            raise self.error(key, message)
        return int(text)

    def value(self, key: str) -> object:
        """Return whatever stands under a key, as YAML means it; None where it is not given.

        For what a program wrote: there `1` is a number. A `CodebookError` if it is no plain value.
        """
        node = self._values.get(key)
        if node is None:
            return None
        loader = yaml.SafeLoader("")
        try:
            found: object = loader.construct_document(node)
        except yaml.MarkedYAMLError as odd:
            raise self.error(key, f"{self.what}: '{key}': {odd.problem}") from odd
        finally:
            loader.dispose()
        return found

    def items(self, key: str) -> tuple[yaml.Node, ...]:
        """Return the nodes under a key: those of its list, or its only one."""
        node = self._values.get(key)
        if node is None:
            return ()
        if not isinstance(node, yaml.SequenceNode):
            return (node,)
        for item in node.value:
            if _is_nothing(item):
                raise self.file.error(
                    item,
                    f"{self.what}: an item of '{key}' is empty; remove it, or put a text that "
                    f"starts with # between quotation marks",
                )
        return tuple(node.value)

    def _scalar(self, node: yaml.Node, key: str) -> str:
        if isinstance(node, yaml.ScalarNode):
            return _string(node)
        raise self.file.error(
            node,
            f"{self.what}: '{key}' is {_shape(node)} where a text is expected; put text that "
            f"contains ': ' or starts with [ or {{ between quotation marks",
        )

    def _identified(self, text: str, key: str, line: int) -> str:
        if text and not re.search(r"\s", text):
            return text
        better = "-".join(text.split()) or "T1"
        message = f"{self.what}: '{key}' is '{text}'; ids hold no spaces, such as '{better}'"
        if "," in text:
            message += f"; several ids are a list: [{', '.join(text.replace(',', ' ').split())}]"
        raise self.file.error(line, message)


def line_of(node: yaml.Node) -> int:
    """Return the line on which a node starts, counted from 1."""
    return int(node.start_mark.line) + 1


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` for the closest known word, nothing when none is close.

    >>> suggestion("defintion", ["definition", "name"])
    "; did you mean 'definition'?"
    """
    by_fold = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold(), by_fold, n=1, cutoff=0.6)
    return f"; did you mean '{by_fold[close[0]]}'?" if close else ""


def _is_nothing(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.style is None and node.value in _NOTHING


def _string(node: yaml.ScalarNode) -> str:
    # JSON writes characters beyond U+FFFF as two escapes; joined they are one character again.
    return str(node.value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _shape(node: yaml.Node) -> str:
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    return "a mapping" if isinstance(node, yaml.MappingNode) else f"the text '{node.value}'"


def _list(words: Iterable[str]) -> str:
    return ", ".join(words)


def _remedy(problem: str, line: str) -> str:
    if "\t" in line and ("\\t" in problem or line[: len(line) - len(line.lstrip())].count("\t")):
        return "indent with spaces, not tabs"
    if "mapping values" in problem:
        return "put text that contains ': ' between quotation marks"
    if "cannot start any token" in problem:
        return "put text that starts with this character between quotation marks"
    if "expected ',' or" in problem and "'?'" in problem:
        # Inside braces and brackets a question's own mark ends the text, so people meet this.
        return "between { } or [ ], put text that contains a ? between quotation marks"
    return "check the indentation, the colons and the quotation marks here and one line above"
