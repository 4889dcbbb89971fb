"""Tasks of the harness: YAML files, their mistakes named with line and remedy."""

from pathlib import Path

import pytest

from secondcoder.errors import InputError
from secondcoder.ingest.evaluation_tasks import missing_material, read_task
from secondcoder.schema.near_copies import near_copy_groups

TASKS = sorted((Path(__file__).parents[2] / "evals").glob("*.yaml"))


@pytest.mark.parametrize("path", TASKS, ids=lambda path: path.stem)
def test_every_task_that_ships_is_read(path: Path) -> None:
    """Its name is its file's, so that results are told apart."""
    task = read_task(path)
    assert task.name == path.stem
    assert task.about


def test_files_lie_beside_the_task_and_can_be_replaced(tmp_path: Path) -> None:
    """A report of one's own takes the place of the one named."""
    path = tmp_path / "task.yaml"
    path.write_text("name: r\nkind: report\nreport: there.txt\n", "utf-8")
    task = read_task(path)
    assert task.report == tmp_path / "there.txt"
    assert missing_material(task) == tmp_path / "there.txt"
    own = tmp_path / "own.txt"
    own.write_text("x", "utf-8")
    assert missing_material(read_task(path, {"report": own})) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: r\nkind: reprot\n", "line 2: kind"),
        ("name: r\nkind: report\nfolds: 1\nreport: x\n", "line 3: folds"),
        ("name: r\nkind: report\nfoldz: 1\nreport: x\n", "line 3: foldz"),
        ("name: r\nkind: report\n", "names a report; add 'report: …'"),
        ("- a\n", "is not a task"),
        ("name: [\n", "line 2: expected"),
        ("", "is not a task"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, message: str) -> None:
    """With the line where there is one."""
    path = tmp_path / "task.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=message):
        read_task(path)


def test_unknown_data_is_refused(tmp_path: Path) -> None:
    """A misspelt key would leave the task's own file in place."""
    path = tmp_path / "task.yaml"
    path.write_text("name: r\nkind: report\nreport: x\n", "utf-8")
    with pytest.raises(InputError, match="--data raport"):
        read_task(path, {"raport": tmp_path})


def test_fragments_and_respellings_are_near_copies() -> None:
    """Near-copies of near-copies are of one group, too."""
    texts = [
        "A choir sings on Fridays and the piano is never closed",
        "Cake",
        "a choir sings on Fridays",
        "the piano is never closed!",
        "Trees outside every window",
    ]
    assert near_copy_groups(texts) == [0, 1, 0, 0, 4]
