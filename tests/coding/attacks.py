"""The attacks of `evals/injection.yaml`, which has them all, asking for a theme of the tests."""

from pathlib import Path

from secondcoder.ingest.evaluation_tasks import read_task

TASK = Path(__file__).parents[2] / "evals" / "injection.yaml"
ATTACKS = {
    f"{attack.style}: {attack.name}": attack.words("money", "More funding")
    for attack in read_task(TASK).attacks
}
