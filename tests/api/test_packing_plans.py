"""The same posts at several sizes of request: drawn, coded, compared."""

from pathlib import Path

import pytest
from servers.openai_server import Script, ScriptedServer, code_by_keyword
from servers.packed_answers import copying_neighbours, tiring

import secondcoder
from secondcoder import EvaluationResult, ModelOptions
from secondcoder.api.packing_plans import packing_plans
from secondcoder.ingest.evaluation_tasks import missing_material, read_task
from secondcoder.reporting.packing_rows import PackingRow, packing_rows
from secondcoder.schema.evaluation import EvaluationTask, TaskKind

EVALS = Path(__file__).parents[2] / "evals"
EXAMPLE = EVALS.parent / "examples" / "improvement-chat"
SMALL = f"""
name: small
kind: packing
codebook: {EXAMPLE / "codebook.yaml"}
reference: {EXAMPLE / "reference.jsonl"}
score: [themes]
sizes: [1, 4]
posts: 8
"""


def small(folder: Path, server: ScriptedServer) -> dict[str, PackingRow]:
    """Return how a model did on eight posts, one and four per request, by condition."""
    (folder / "small.yaml").write_text(SMALL, "utf-8")
    result = secondcoder.evaluate(
        folder / "small.yaml",
        coders=("tiny",),
        output=folder,
        options=ModelOptions(base_url=server.url),
    )
    assert isinstance(result, EvaluationResult)
    return {row.condition: row for row in packing_rows(result)}


def test_every_size_codes_the_same_posts_in_two_orders() -> None:
    """Requests of the largest size are full; orders differ, and have ledgers of their own."""
    made = packing_plans(read_task(EVALS / "packing.yaml"))
    assert [plan.condition for plan in made[:3]] == [
        "1 per request",
        "1 per request, shuffled",
        "2 per request",
    ]
    assert [plan.posts_per_request for plan in made[::2]] == [1, 2, 4, 8, 16]
    drawn, shuffled = ([item.reference for item in p.batches[0].items] for p in made[:2])
    assert len(drawn) == 64
    assert drawn != shuffled
    assert {one.post.id for one in drawn} == {one.post.id for one in shuffled}
    assert len({one.attribution.question_ids for one in drawn[:16]}) == 1
    assert made[0].ledger != made[1].ledger
    assert made[-1].against == ("16 per request", "1 per request")


def test_a_report_serves_in_place_of_a_reference(tmp_path: Path) -> None:
    """Either of the two is needed, and the one that is missing is named."""
    task = EvaluationTask(name="t", kind=TaskKind.PACKING, report=tmp_path / "none.txt")
    assert missing_material(task) == tmp_path / "none.txt"
    with pytest.raises(secondcoder.InputError, match="names a codebook"):
        missing_material(task.model_copy(update={"report": None}))


def test_answers_that_hold_are_the_same_at_every_size(tmp_path: Path) -> None:
    """Fewer requests and tokens, and full agreement with single answers in both orders."""
    with ScriptedServer(code_by_keyword) as server:
        rows = small(tmp_path, server)
    single, packed, shuffled = (
        rows[name] for name in ("1 per request", "4 per request", "4 per request, shuffled")
    )
    assert (single.n_requests, packed.n_requests) == (8, 2)
    assert packed.tokens_per_post < single.tokens_per_post
    assert single.single is None
    assert packed.single is not None
    assert packed.single.value == 1
    assert shuffled.other_order is not None
    assert shuffled.other_order.value == 1
    assert packed.reference.value == single.reference.value


@pytest.mark.parametrize("spoilt", [copying_neighbours(beyond=1), tiring(beyond=1)])
def test_answers_that_change_when_packed_are_seen(spoilt: Script, tmp_path: Path) -> None:
    """A model that copies a neighbour, or reads only the first post, disagrees with itself."""
    with ScriptedServer(spoilt) as server:
        rows = small(tmp_path, server)
    packed, shuffled = rows["4 per request"], rows["4 per request, shuffled"]
    assert packed.n_failed == 0
    assert packed.single is not None
    assert packed.single.value is not None
    assert packed.single.value < 0.8
    assert shuffled.other_order is not None
    assert shuffled.other_order.value != 1
    page = (tmp_path / "small.html").read_text("utf-8")
    assert "Posts per request" in page
    assert "tiny: answers hold up to 1 per request, within 0.05 of single ones" in page
    assert f"{packed.single.value:.3f}" in page
