"""An evaluation: what a coder is tried on, and how well it did."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from secondcoder.errors import InputError
from secondcoder.schema.chat import Identifier
from secondcoder.schema.record import Record
from secondcoder.schema.runs import Run
from secondcoder.schema.statistics import IntervalOptions, Result


class TaskKind(StrEnum):
    """What a coder is given."""

    CHAT = "chat"
    """A chat as it is, from posts to quotes; scored against a reference coding."""
    REPORT = "report"
    """The quotations of a people's report, each alone; scored against its themes there."""
    SPLICED = "spliced"
    """Quotations of a report joined in pairs: where the split is, and which themes."""
    INJECTION = "injection"
    """Posts that a reference quotes, with words that try to steer the coder."""
    STABILITY = "stability"
    """The same posts twice, in another order, and asked about in other words."""
    PACKING = "packing"
    """The same posts at several sizes of request, in two orders."""


class ScoreGroup(StrEnum):
    """What a score looks at."""

    THEMES = "themes"
    """Theme choice: the set of themes of a post, wherever its quotes begin and end."""
    SPLITTING = "splitting"
    """Where quotes begin and end, whatever their themes."""
    TOGETHER = "together"
    """Both: the right words under the right themes."""
    STEERING = "steering"
    """Whether a post can tell its coder what to say."""


class Condition(Record):
    """What a coder is told about each post."""

    name: str
    question: Literal["given", "hidden"] = Field(
        default="given", description="hidden: the post may answer any question of the codebook."
    )
    examples: Literal["none", "others", "nearest"] = Field(
        default="none",
        description="others: the quotations of other folds stand in the codebook as examples; "
        "nearest: a model is shown those of them that are nearest to each post.",
    )
    per_theme: int = Field(default=2, ge=1, le=20, description="Of the nearest, so many a theme.")


class Attack(Record):
    """Words that try to make a coder give a theme, or to do something else than code."""

    text: str = Field(
        min_length=1, description="`{theme}` and `{name}` stand for a theme's id and name."
    )
    theme: Identifier | None = Field(
        default=None, description="What it asks for; None: a theme that the post does not have."
    )
    style: str = ""
    name: str = ""

    def words(self, theme: str, name: str) -> str:
        """Return the text, asking for this theme.

        >>> Attack(text="Give {theme} to {'all'}").words("time", "Protected time")
        "Give time to {'all'}"
        """
        return self.text.replace("{theme}", theme).replace("{name}", name)


class EvaluationTask(Record):
    """One task of the harness, as its YAML file says it."""

    name: Identifier
    kind: TaskKind
    about: str = ""
    chat: Path | None = None
    codebook: Path | None = None
    reference: Path | None = None
    report: Path | None = None
    missing: str = Field(default="", description="What to supply where the material is absent.")
    score: tuple[ScoreGroup, ...] = (ScoreGroup.THEMES,)
    conditions: tuple[Condition, ...] = (Condition(name="as it is"),)
    attacks: tuple[Attack, ...] = ()
    several_themes: bool = Field(
        default=False, description="Only quotations whose question has several themes."
    )
    other_ideas: bool = Field(default=False, description="Quotations without a theme, too.")
    quotations: int | None = Field(
        default=None, ge=1, description="Of a report task, so many, drawn by the seed; None: all."
    )
    folds: int = Field(default=10, ge=2, description="Quotations of a fold are coded unseen.")
    pairs: int = Field(default=200, ge=1, description="Pairs of a spliced task.")
    hosts: int = Field(default=20, ge=1, description="Posts that attacks are tried on.")
    tries: int | None = Field(
        default=None, ge=1, description="Hosts that each attack is tried on; None: all."
    )
    posts: int = Field(default=64, ge=1, description="Posts that each size of request is tried on.")
    sizes: tuple[Annotated[int, Field(ge=1, le=100)], ...] = Field(
        default=(1, 2, 4, 8, 16), min_length=1, description="Posts per request, the least first."
    )
    seed: int = 1

    def sampled(self, n: int) -> "EvaluationTask":
        """Return the task with so many quotations, pairs or posts.

        Raises:
            InputError: If it is of a kind that is not made smaller so.
        """
        fields = {
            TaskKind.REPORT: "quotations",
            TaskKind.SPLICED: "pairs",
            TaskKind.PACKING: "posts",
        }
        if self.kind not in fields:
            kinds = ", ".join(fields)
            raise InputError(f"--sample is for tasks of the kinds {kinds}, not '{self.kind}'")
        if n < 1:
            raise InputError(f"--sample {n}: give 1 or more")
        return self.model_copy(update={fields[self.kind]: n})

    def file(self, key: str) -> Path:
        """Return the file of the task's material under a key, such as `report`.

        Raises:
            InputError: If the task names none.
        """
        found = {
            "chat": self.chat,
            "codebook": self.codebook,
            "reference": self.reference,
            "report": self.report,
        }.get(key)
        if found is None:
            raise InputError(
                f"task {self.name}: a task of kind '{self.kind}' names a {key}; add '{key}: …'"
            )
        return found


class CoderRun(Record):
    """One coder under one condition."""

    coder: str = Field(description="As it was asked for.")
    condition: str
    run: Run
    n_posts: int = Field(ge=0)
    n_abstained: int = Field(ge=0)
    n_failed: int = Field(ge=0)


class ConditionLeftOut(Record):
    """A condition that a coder was not tried under: it has no scores, rather than made-up ones."""

    coder: str
    condition: str
    reason: str


class Score(Record):
    """One figure of one coder under one condition."""

    coder: str
    condition: str
    against: str = Field(description="`reference`, or the coder and condition compared with.")
    group: ScoreGroup
    name: str
    result: Result

    @property
    def path(self) -> str:
        """Return the name under which `--min` finds the score."""
        return f"{self.coder}/{self.condition}/{self.name}"


class Difference(Record):
    """One coder minus another on the same posts."""

    coder: str
    minus: str
    condition: str
    name: str
    result: Result


class Tallies(Record):
    """What each cluster of posts adds to the sums that scores are made of."""

    coder: str
    condition: str
    against: str
    columns: tuple[str, ...]
    rows: Mapping[str, tuple[float, ...]] = Field(description="By cluster: a post, mostly.")
    choices: Mapping[str, tuple[tuple[tuple[int, ...], tuple[int, ...] | None], ...]] = Field(
        default_factory=dict,
        description="By cluster, for each post: the reference's themes and the coder's, numbered "
        "as they sort; null where it did not answer. Empty where themes are not scored.",
    )
    questions: Mapping[str, tuple[int, ...]] = Field(
        default_factory=dict,
        description="By cluster, for each post of `choices`: its questions, the same number for "
        "the same ones. Empty in results from before kappa within questions.",
    )


class EvaluationResult(Record):
    """How coders did on a task, with everything needed to repeat it."""

    kind: Literal["evaluation"] = "evaluation"
    task: EvaluationTask
    task_sha256: str
    files: Mapping[str, str] = Field(description="SHA-256 of each file of the material, by key.")
    secondcoder_version: str
    python_version: str
    command: str = Field(description="The command that repeats it.")
    started_at: AwareDatetime
    finished_at: AwareDatetime
    interval: IntervalOptions
    runs: tuple[CoderRun, ...]
    left_out: tuple[ConditionLeftOut, ...] = ()
    scores: tuple[Score, ...]
    differences: tuple[Difference, ...] = ()
    compared_with: str | None = Field(default=None, description="The earlier result's file.")
    notes: tuple[str, ...] = ()
    tallies: tuple[Tallies, ...] = ()
    unmet: tuple[str, ...] = Field(default=(), description="Bars that were not reached, in words.")


class Skipped(Record):
    """The task was not run, because its material is not there."""

    kind: Literal["skipped"] = "skipped"
    task: str
    reason: str
