"""Prompts: versioned template files, rendered in a sandbox, known by their hash."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

import yaml
from jinja2 import StrictUndefined, TemplateError, meta
from jinja2.sandbox import SandboxedEnvironment
from pydantic import ValidationError

from secondcoder.errors import PromptError
from secondcoder.schema.record import Record

_FORM = re.compile(
    r"\A---\n(?P<front>.*?\n)---\n+=== system ===\n(?P<system>.*)\n=== user ===\n(?P<user>.*)\Z",
    re.DOTALL,
)
_VERSION = re.compile(r"v([0-9]+)\.md")
# What is rendered is sent to a model, never to a browser: HTML escapes would alter the words.
_ENVIRONMENT = SandboxedEnvironment(
    undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
)


class FrontMatter(Record):
    """What a template's file says of itself, above its text."""

    task: str
    version: int
    reply_model: str
    why: str
    variables: Mapping[str, tuple[str, ...]]
    theme_order: Literal["codebook", "reversed"] = "codebook"
    """Models prefer what stands first or last; a second order shows by how much."""
    most_quotes: int = 10
    most_themes: int = 10
    """What a reply in lines may hold of a post, and of a quote; more is not admitted."""


class Template:
    """One version of one prompt: a stable part and the part that differs per request."""

    def __init__(self, name: str, content: bytes) -> None:
        """Read a template.

        Args:
            name: What to call it in messages and records, such as `code-posts/v1`.
            content: The file, byte by byte.

        Raises:
            PromptError: If its front matter is wrong or its variables aren't those it declares.
        """
        self.name = name
        self.sha256 = hashlib.sha256(content).hexdigest()
        self.text = content.decode("utf-8").replace("\r\n", "\n")
        found = _FORM.match(self.text)
        if found is None:
            raise PromptError(
                f"prompt {name}: it must hold front matter between two '---' lines, then "
                f"'=== system ===' and '=== user ===', each on a line of its own"
            )
        try:
            self.front = FrontMatter.model_validate(yaml.safe_load(found["front"]))
        except (yaml.YAMLError, ValidationError) as error:
            raise PromptError(f"prompt {name}: its front matter can't be read: {error}") from error
        self._parts = {part: found[part].strip("\n") for part in ("system", "user")}
        for part, text in self._parts.items():
            try:
                used = meta.find_undeclared_variables(_ENVIRONMENT.parse(text))
            except TemplateError as error:
                raise PromptError(f"prompt {name}, part {part}: {error}") from error
            self._same(part, "declares", self.front.variables.get(part, ()), "uses", used)

    def render(self, part: str, **values: object) -> str:
        """Return one part, `system` or `user`, with the values filled in.

        Raises:
            PromptError: If a variable is missing or one is given that the part doesn't use.
        """
        self._same(part, "is given", values, "uses", self.front.variables.get(part, ()))
        try:
            return _compiled(self._parts[part]).render(**values)
        except TemplateError as error:
            raise PromptError(f"prompt {self.name}, part {part}: {error}") from error

    def _same(
        self, part: str, one: str, left: Iterable[str], other: str, right: Iterable[str]
    ) -> None:
        """Refuse two lists of variables that differ.

        Raises:
            PromptError: Naming both lists.
        """
        surplus, missing = set(left) - set(right), set(right) - set(left)
        if surplus or missing:
            raise PromptError(
                f"prompt {self.name}, part {part}: it {one} {sorted(left)} but {other} "
                f"{sorted(right)}; make the two the same"
            )


def load_template(task: str, *, version: int) -> Template:
    """Return a version of a prompt, such as `load_template("code-posts", version=1)`.

    Raises:
        PromptError: If there is no such file, or it is not a template; it names those there are.
    """
    folder = _prompts().joinpath(task)
    try:
        content = folder.joinpath(f"v{version}.md").read_bytes()
    except OSError as error:
        there = _versions(folder)
        remedy = f"choose one of versions {there}" if there else "install secondcoder again"
        raise PromptError(
            f"prompt {task}/v{version}.md is missing from {_prompts()}; {remedy}"
        ) from error
    return _template(f"{task}/v{version}", content)


def _versions(folder: Traversable) -> str:
    """Return the versions in a folder of prompts, such as `1, 2`."""
    files = folder.iterdir() if folder.is_dir() else ()
    found = [_VERSION.fullmatch(file.name) for file in files]
    return ", ".join(map(str, sorted(int(version[1]) for version in found if version)))


def _prompts() -> Traversable:
    """Return the folder of prompts: in the wheel, else at the root of the checkout."""
    packaged = resources.files("secondcoder") / "prompts"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "prompts"


_compiled = cache(_ENVIRONMENT.from_string)
_template = cache(Template)
