"""The same posts at several sizes of request: drawn, coded, compared."""

from pathlib import Path

import pytest
from servers.openai_server import (
    ChatRequest,
    HttpReply,
    Script,
    ScriptedServer,
    code_by_keyword,
    coded,
    replying,
    saying,
)
from servers.packed_answers import copying_neighbours, tiring

import secondcoder
from secondcoder import EvaluationResult, ModelOptions
from secondcoder.api.packing_plans import packing_plans
from secondcoder.ingest.evaluation_tasks import missing_material, read_task
from secondcoder.reporting.packing_rows import PackingRow, packing_rows, packing_verdicts
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


def test_replies_that_were_no_use_are_counted_by_post(tmp_path: Path) -> None:
    """One of four posts is left out of each reply, and is asked about again alone."""

    def forgetful(request: ChatRequest) -> HttpReply:
        named = list(request.posts)[:-1] or request.posts
        return replying(request, [coded(request, number) for number in named])

    with ScriptedServer(forgetful) as server:
        rows = small(tmp_path, server)
    assert (rows["1 per request"].n_unusable, rows["1 per request"].n_requests) == (0, 8)
    assert (rows["4 per request"].n_unusable, rows["4 per request"].n_requests) == (2, 4)
    assert rows["4 per request"].n_failed == 0
    assert "asked again" in (tmp_path / "small.html").read_text("utf-8")


def test_a_post_whose_replies_are_never_of_use_counts_once(tmp_path: Path) -> None:
    """However often it was asked about."""
    task = tmp_path / "small.yaml"
    task.write_text(SMALL.replace("[1, 4]", "[1]"), "utf-8")
    items = packing_plans(read_task(task))[0].batches[0].items
    others, victim = (
        set(" ".join(item.reference.post.text for item in some).split())
        for some in (items[:-1], items[-1:])
    )
    word = max((word for word in victim - others if word.isalpha()), key=len)

    def at_a_loss(request: ChatRequest) -> HttpReply:
        return saying(request, "Well.") if word in request.user else code_by_keyword(request)

    with ScriptedServer(at_a_loss) as server:
        options = ModelOptions(base_url=server.url, concurrency=1, max_attempts=3)
        result = secondcoder.evaluate(task, coders=("tiny",), output=tmp_path, options=options)
    assert isinstance(result, EvaluationResult)
    row = packing_rows(result)[0]
    assert (row.n_unusable, row.n_failed, row.n_requests) == (1, 1, 7 + 3)


def test_some_conditions_alone_are_compared_among_themselves(tmp_path: Path) -> None:
    """Posts are those of the whole task; without the shuffled order there is no verdict."""
    (tmp_path / "small.yaml").write_text(SMALL, "utf-8")
    names = ("1 per request", "4 per request")
    with ScriptedServer(code_by_keyword) as server:
        options = ModelOptions(base_url=server.url)
        how = {"coders": ("tiny",), "options": options, "output": tmp_path}
        some = secondcoder.evaluate(tmp_path / "small.yaml", conditions=names, **how)  # type: ignore[arg-type]
        n_asked = len(server.requests)
        one = secondcoder.evaluate(tmp_path / "small.yaml", conditions=names[1:], **how)  # type: ignore[arg-type]
        assert len(server.requests) == n_asked == 8 + 2
    assert isinstance(some, EvaluationResult)
    assert isinstance(one, EvaluationResult)
    single, packed = packing_rows(some)
    assert (single.condition, packed.condition) == names
    assert packed.single is not None
    assert packed.single.value == 1
    assert packing_verdicts((single, packed)) == ()
    assert packing_rows(one)[0].single is None
    assert "--condition '4 per request'" in one.command


def test_a_condition_that_a_task_lacks_is_refused(tmp_path: Path) -> None:
    """Those it has are named."""
    (tmp_path / "small.yaml").write_text(SMALL, "utf-8")
    with pytest.raises(secondcoder.InputError, match="'2 per request': the task has '1 per"):
        secondcoder.evaluate(tmp_path / "small.yaml", conditions=["2 per request"])
