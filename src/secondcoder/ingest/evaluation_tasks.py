"""Evaluation tasks: small YAML files that name data, coders' conditions and what to score."""

from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import ValidationError

from secondcoder.errors import CodebookError, InputError
from secondcoder.ingest.yaml_fields import YamlFile, line_of
from secondcoder.schema.evaluation import EvaluationTask, TaskKind

MATERIAL = ("chat", "codebook", "reference", "report")
_NEEDED: Mapping[TaskKind, tuple[str, ...]] = {
    TaskKind.CHAT: ("chat", "codebook", "reference"),
    TaskKind.REPORT: ("report",),
    TaskKind.SPLICED: ("report",),
    TaskKind.INJECTION: ("codebook", "reference"),
    TaskKind.STABILITY: ("codebook", "reference"),
    TaskKind.PACKING: ("codebook", "reference"),
}
"""Files each kind of task is made of."""
_EITHER = frozenset({TaskKind.PACKING})
"""Kinds that a report of people's may be used for, too, in place of those files."""


def read_task(path: Path, data: Mapping[str, Path] | None = None) -> EvaluationTask:
    """Return the task of a YAML file, the files it names relative to its own folder.

    Args:
        path: The task.
        data: Files to use in place of those it names, by key.

    Raises:
        InputError: If the file can't be read or says something a task can't be; line and remedy
            are named.
    """
    file = YamlFile(path)
    try:
        root = file.root()
    except CodebookError as error:
        # The reader of YAML is the codebook's; the mistake is the same.
        raise InputError(str(error)) from error
    if not isinstance(root, yaml.MappingNode):
        raise InputError(f"{path} is not a task; it needs 'name:', 'kind:' and the files it is on")
    loader = yaml.SafeLoader("")
    said: object = loader.construct_document(root)
    fields = dict(said) if isinstance(said, dict) else {}
    lines = {key.value: line_of(key) for key, _ in root.value}
    for key in set(data or {}) - set(MATERIAL):
        raise InputError(f"--data {key}: a task is made of {', '.join(MATERIAL)}")
    for key in MATERIAL:
        if fields.get(key) is not None:
            fields[key] = path.parent / str(fields[key])
    try:
        task = EvaluationTask.model_validate(fields | dict(data or {}))
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(str(part) for part in problem["loc"])
        line = lines.get(str(problem["loc"][0]), 1) if problem["loc"] else 1
        raise InputError(f"{path} line {line}: {place}: {problem['msg']}") from error
    for key in _needed(task):
        task.file(key)
    return task


def missing_material(task: EvaluationTask) -> Path | None:
    """Return the first file of a task that is not there, None if all are."""
    files = (task.file(key) for key in _needed(task))
    return next((file for file in files if not file.is_file()), None)


def _needed(task: EvaluationTask) -> tuple[str, ...]:
    """Return which files the task is made of."""
    if task.kind in _EITHER and task.report is not None:
        return ("report",)
    return _NEEDED[task.kind]
