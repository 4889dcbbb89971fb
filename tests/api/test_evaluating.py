"""The harness: coders run, scored, compared, and the result kept."""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Iterable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray
from servers.openai_server import (
    ChatRequest,
    HttpReply,
    Json,
    ScriptedServer,
    code_by_keyword,
    coded,
    down_for_three,
    replying,
)
from typing_extensions import override

import secondcoder
from secondcoder import EvaluationResult, InputError, ModelOptions, Skipped, StoreError
from secondcoder.api.evaluation_plans import TWINS, stability_plans
from secondcoder.api.evaluation_runs import run_plan, why_left_out
from secondcoder.coding.tasks import Decision, PostCoder, Task
from secondcoder.ingest.evaluation_tasks import read_task
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Coding, Quoted
from secondcoder.schema.evaluation import EvaluationTask, Score, TaskKind
from secondcoder.schema.quotes import Quote, Span
from secondcoder.schema.runs import Coder, CoderKind, Run
from secondcoder.schema.statistics import Interval

EVALS = Path(__file__).parents[2] / "evals"
FIRST_WORDS = "An idea is one segment or several"
SECOND_WORDS = "One segment may hold an idea, or more than one together"
REPORT = """3. Breakdown tweets / quotes by theme

1. What helps?

Theme 1: Protected time

“Protected time on Fridays”

“Time that is protected by the rota”

“A morning each week with protected time”

Theme 2: Colleagues who listen

“Colleagues who listen to the end”

“Somebody to listen when it hurts”

“Listen first, colleagues”
"""


class Constant(PostCoder):
    """Gives every whole post the first theme of its codebook."""

    def __init__(self, codebook: Codebook) -> None:
        self._theme = codebook.themes[0].id

    @property
    @override
    def coder(self) -> Coder:
        return Coder(id="constant", kind=CoderKind.PERSON)

    @override
    def describe(self, run: Run) -> Run:
        return run

    @override
    async def code(self, tasks: Iterable[Task]) -> AsyncGenerator[Decision, None]:
        for task in tasks:
            quote = Quote.cut(task.post, [Span(start=0, end=len(task.post.text))])
            coding = Coding(
                quote=quote,
                question_id=task.attribution.question_ids[0],
                theme_ids=(self._theme,),
            )
            yield Decision(task, Quoted(codings=(coding,)))


class Silent(Constant):
    """Decides nothing."""

    @override
    async def code(self, tasks: Iterable[Task]) -> AsyncGenerator[Decision, None]:
        for task in tasks[:0] if isinstance(tasks, list) else ():
            yield Decision(task, Quoted(codings=()))


@pytest.fixture
def task(tmp_path: Path) -> Path:
    """Return a task on an invented report of six quotations."""
    (tmp_path / "report.txt").write_text(REPORT, "utf-8")
    path = tmp_path / "invented.yaml"
    text = "name: invented\nkind: report\nreport: report.txt\nscore: [themes, together]\nfolds: 3\n"
    path.write_text(text, "utf-8")
    return path


def evaluated(task: Path, **options: object) -> EvaluationResult:
    """Return the result of a task that is not skipped."""
    result = secondcoder.evaluate(task, **options)  # type: ignore[arg-type]  # options of the one test
    assert isinstance(result, EvaluationResult)
    return result


def values(result: EvaluationResult) -> dict[str, float | None]:
    """Return the scores by path."""
    return {score.path: score.result.value for score in result.scores}


def test_a_coder_of_one_s_own_is_scored_by_hand(task: Path) -> None:
    """The first theme for all: half are right, quotes are whole, chance agreement is nil."""
    result = evaluated(task, coders={"constant": Constant})
    found = values(result)
    assert found["constant/as it is/theme_exact"] == 0.5
    assert found["constant/as it is/theme_f1"] == 0.5
    assert found["constant/as it is/quote_f1"] == 0.5
    alpha = found["constant/as it is/theme_alpha"]
    # Twelve ratings, 9 of one theme and 3 of the other; 3 of 6 pairs differ:
    # expected 2·9·3/(12·11), observed 1/2.
    assert alpha == pytest.approx(1 - 0.5 / (54 / 132))
    # One theme for all of a question agrees with people by chance alone.
    assert found["constant/as it is/theme_kappa"] == pytest.approx(0)
    for name in ("theme_hit", "theme_alpha"):
        one = next(score for score in result.scores if score.name == name)
        assert isinstance(one.result.interval, Interval)


def test_a_sample_is_drawn_by_the_seed_and_recorded(task: Path) -> None:
    """Fewer are coded, the same each time; examples come from all the others as before."""
    text = task.read_text("utf-8") + "conditions:\n- {name: examples, examples: others}\n"
    task.write_text(text, "utf-8")
    books: list[int] = []

    class Watching(Constant):
        def __init__(self, codebook: Codebook) -> None:
            super().__init__(codebook)
            books.append(sum(len(theme.examples) for theme in codebook.themes))

    first = evaluated(task, coders={"constant": Watching}, sample=2)
    again = evaluated(task, coders={"constant": Constant}, sample=2)
    assert first.runs[0].n_posts == 2
    assert first.tallies == again.tallies
    assert books
    assert min(books) >= 6 - 6 // 3 - 1
    assert "--sample 2" in first.command
    assert first.task.quotations == 2


def test_a_sample_is_refused_where_a_task_has_no_such_thing() -> None:
    """Neither is none."""
    task = EvaluationTask(name="t", kind=TaskKind.STABILITY)
    with pytest.raises(InputError, match="not 'stability'"):
        task.sampled(4)
    for kind, field in (("report", "quotations"), ("spliced", "pairs"), ("packing", "posts")):
        small = EvaluationTask(name="t", kind=TaskKind(kind)).sampled(4)
        assert getattr(small, field) == 4
        with pytest.raises(InputError, match="give 1 or more"):
            small.sampled(0)


@pytest.mark.slow
def test_two_coders_are_compared_on_the_same_posts(task: Path) -> None:
    """The difference of the scores is the score of the differences."""
    result = evaluated(task, coders={"constant": Constant, "embedded-decides": "embedded-decides"})
    found = values(result)
    pairs = [one for one in result.differences if one.name == "theme_hit"]
    assert len(pairs) == 1
    difference = found["constant/as it is/theme_hit"] or 0
    difference -= found["embedded-decides/as it is/theme_hit"] or 0
    assert pairs[0].result.value == pytest.approx(difference)


def test_conditions_are_compared_with_the_first(task: Path) -> None:
    """What examples are worth has an interval of its own."""
    text = task.read_text("utf-8") + (
        "conditions:\n- {name: names}\n- {name: examples, examples: others}\n"
    )
    task.write_text(text, "utf-8")
    result = evaluated(task, coders=("embedded-decides",))
    found = values(result)
    gain = next(one for one in result.differences if one.name == "theme_hit")
    assert (gain.condition, gain.minus) == ("examples", "embedded-decides, names")
    names = found["embedded-decides/names/theme_hit"] or 0
    examples = found["embedded-decides/examples/theme_hit"] or 0
    assert gain.result.value == pytest.approx(examples - names)


def test_conditions_are_paired_by_post_and_not_by_place(task: Path) -> None:
    """Folds code posts in another order; a coder that never changes differs by nothing at all."""
    text = task.read_text("utf-8") + (
        "conditions:\n- {name: names}\n- {name: examples, examples: others}\n"
    )
    task.write_text(text, "utf-8")
    result = evaluated(task, coders={"constant": Constant})
    found = {one.name: one.result for one in result.differences}
    assert {"theme_hit", "theme_alpha"} <= found.keys()
    for one in (found["theme_hit"], found["theme_alpha"]):
        assert one.value == 0
        # A replicate that paired one post with another would vary.
        assert not isinstance(one.interval, Interval)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["theme_alpha", "theme_kappa"])
def test_alpha_and_kappa_are_compared_as_the_other_scores_are(task: Path, name: str) -> None:
    """Between coders and with an earlier result: the difference of the values, and its interval."""
    # In every replicate one coder is right throughout, and the other no better than chance.
    varies = name == "theme_alpha"
    coders = {"constant": Constant, "decides": "embedded-decides"}
    first = evaluated(task, coders=coders)
    found = values(first)
    between = next(one for one in first.differences if one.name == name)
    alphas = [found[f"{coder}/as it is/{name}"] or 0 for coder in coders]
    assert between.result.value == pytest.approx(alphas[0] - alphas[1])
    assert isinstance(between.result.interval, Interval) == varies
    # The same name, now another coder: what an edited prompt or codebook looks like.
    second = evaluated(task, coders={"constant": "embedded-decides"}, against=first)
    since = next(one for one in second.differences if one.name == name)
    assert since.minus == "constant, earlier"
    assert since.result.value == pytest.approx(alphas[1] - alphas[0])
    assert isinstance(since.result.interval, Interval) == varies


def test_an_earlier_result_without_choices_compares_the_other_scores(task: Path) -> None:
    """Results of earlier versions do not hold them."""
    first = evaluated(task, coders={"constant": Constant})
    old = [one.model_copy(update={"choices": {}}) for one in first.tallies]
    earlier = first.model_copy(update={"tallies": tuple(old)})
    names = {
        one.name
        for one in evaluated(task, coders={"constant": Constant}, against=earlier).differences
    }
    assert "theme_hit" in names
    assert not {"theme_alpha", "theme_kappa"} & names


def test_an_earlier_result_without_questions_compares_alpha_and_no_kappa(task: Path) -> None:
    """Results from before kappa within questions hold themes alone."""
    first = evaluated(task, coders={"constant": Constant})
    old = [one.model_copy(update={"questions": {}}) for one in first.tallies]
    earlier = first.model_copy(update={"tallies": tuple(old)})
    found = evaluated(task, coders={"constant": Constant}, against=earlier).differences
    names = {one.name for one in found}
    assert "theme_alpha" in names
    assert "theme_kappa" not in names


class LetterCounts:
    """Stands for an embedding model on this machine: counts letters, and its own loads."""

    loads = 0

    def __init__(self, name: str, *, local_files_only: bool, device: str) -> None:
        assert local_files_only
        assert device == "cpu"
        assert name.endswith("tiny")
        LetterCounts.loads += 1

    def encode(self, sentences: list[str], **_: object) -> NDArray[np.float64]:
        """Return one row of length 1 per text."""
        letters = "abcdefghijklmnopqrstuvwxyz"
        counts = [[1.0 + text.lower().count(letter) for letter in letters] for text in sentences]
        found = np.array(counts)
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float64)


@pytest.mark.parametrize("name", ["embedded", "embedded-decides"])
def test_an_embedding_model_is_named_as_code_names_it(
    task: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """`embedded:FOLDER`; loaded once, however many codebooks the folds make."""
    package = ModuleType("sentence_transformers")
    package.SentenceTransformer = LetterCounts  # type: ignore[attr-defined]  # a stand-in's own
    monkeypatch.setitem(sys.modules, "sentence_transformers", package)
    LetterCounts.loads = 0
    text = task.read_text("utf-8") + "conditions:\n- {name: examples, examples: others}\n"
    task.write_text(text, "utf-8")
    coder = f"{name}:{tmp_path / 'tiny'}"
    result = evaluated(task, coders=(coder,))
    assert result.runs[0].coder == coder
    assert result.runs[0].run.coder.id == "embedded/embeddings-v1:tiny"
    assert LetterCounts.loads == 1


def test_an_embedding_model_that_is_not_there_is_told(task: Path, tmp_path: Path) -> None:
    """The error of `code`: what to install or where to look."""
    with pytest.raises(InputError, match=r"secondcoder\[embeddings\]|not on this machine"):
        evaluated(task, coders=(f"embedded:{tmp_path / 'none'}",))


def test_a_post_without_a_decision_is_a_failure(task: Path) -> None:
    """It counts as unanswered, and is never left out of a score."""
    result = evaluated(task, coders={"silent": Silent})
    assert result.runs[0].n_failed == result.runs[0].n_posts == 6
    assert values(result)["silent/as it is/theme_hit"] == 0
    assert values(result)["silent/as it is/answered"] == 0


def test_the_result_is_kept_as_json_page_and_history(task: Path, tmp_path: Path) -> None:
    """And the earlier one is what the next is compared with."""
    folder = tmp_path / "results"
    first = evaluated(task, output=folder)
    stored = folder / "invented.json"
    kept = EvaluationResult.model_validate_json(stored.read_bytes())
    assert kept.model_dump() == first.model_dump()
    page = (folder / "invented.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert "secondcoder eval" in page
    second = evaluated(task, output=folder, against=stored)
    assert second.compared_with == str(stored)
    same = [one for one in second.differences if one.minus == "embedded, earlier"]
    assert same
    assert {one.result.value for one in same if one.result.value is not None} == {0}
    history = (folder / "history.jsonl").read_text("utf-8").splitlines()
    assert len(history) == 2
    assert json.loads(history[0])["scores"] == values(first)
    assert first.files.keys() == {"report"}


def test_every_figure_is_a_row_of_a_frame_and_a_line_of_a_table(task: Path) -> None:
    """Values, intervals, and why there is none."""
    result = secondcoder.evaluate(task, coders={"constant": Constant, "silent": Silent})
    assert not isinstance(result, Skipped)
    frames = (result.to_pandas(), result.to_polars().to_pandas())
    for frame in frames:
        assert list(frame.columns) == list(result.columns())
        assert len(frame) == len(result.scores) + len(result.differences)
        hit = frame[(frame["name"] == "theme_exact") & (frame["coder"] == "constant")].iloc[0]
        assert (hit["what"], hit["value"], hit["against"]) == ("score", 0.5, "reference")
        assert hit["low"] < 0.5 < hit["high"]
        gone = frame[(frame["name"] == "theme_precision") & (frame["coder"] == "silent")].iloc[0]
        assert "nothing of the kind occurs" in gone["reason"]
    assert result.table().row_count == len(result.rows())


def test_the_words_of_the_material_are_not_kept(task: Path, tmp_path: Path) -> None:
    """A result can be shown where the report can't."""
    evaluated(task, output=tmp_path / "results")
    for path in (tmp_path / "results").iterdir():
        assert "rota" not in path.read_text("utf-8")


def test_a_bar_is_reached_or_named(task: Path) -> None:
    """By score, by condition and score, or by all three; an unknown one is an error."""
    bars = {"theme_hit": 0.4, "as it is/theme_exact": 0.6, "constant/as it is/answered": 1.0}
    result = evaluated(task, coders={"constant": Constant}, minima=bars)
    assert result.unmet == ("constant/as it is/theme_exact is 0.500, below 0.6",)
    nothing = evaluated(task, coders={"silent": Silent}, minima={"theme_precision": 0.1})
    assert nothing.unmet == ("silent/as it is/theme_precision has no value, and 0.1 is the least",)
    with pytest.raises(InputError, match="no such score; the scores are theme_exact"):
        evaluated(task, minima={"accuracy": 0.5})


def test_a_task_without_its_material_is_skipped(task: Path) -> None:
    """The reason names the file and what to do."""
    (task.parent / "report.txt").unlink()
    result = secondcoder.evaluate(task)
    assert isinstance(result, Skipped)
    assert "report.txt is not there; put the file there" in result.reason


def test_an_earlier_result_must_be_one_of_the_task(task: Path, tmp_path: Path) -> None:
    """Another task's posts can't be paired."""
    with pytest.raises(InputError, match="can't be read"):
        evaluated(task, against=tmp_path / "none.json")
    (tmp_path / "odd.json").write_text("{}", "utf-8")
    with pytest.raises(InputError, match="is no result"):
        evaluated(task, against=tmp_path / "odd.json")
    result = evaluated(task)
    other = result.model_copy(update={"task": result.task.model_copy(update={"name": "b"})})
    with pytest.raises(InputError, match="is of task 'b'"):
        evaluated(task, against=other)
    with pytest.raises(InputError, match="name a coder"):
        evaluated(task, coders=())


def test_nothing_of_others_is_overwritten(task: Path, tmp_path: Path) -> None:
    """A page that no evaluation made stays."""
    (tmp_path / "invented.html").write_text("my notes", "utf-8")
    with pytest.raises(StoreError, match="may hold work of yours"):
        evaluated(task, output=tmp_path)


@pytest.mark.slow
def test_a_model_s_answers_are_asked_once(
    task: Path, tmp_path: Path, server: ScriptedServer
) -> None:
    """The second evaluation is answered from the ledger in the output's folder."""
    options = ModelOptions(base_url=server.url)
    first, second = (
        evaluated(task, coders=("test-model",), output=tmp_path / "r", options=options).runs[0]
        for _ in range(2)
    )
    assert first.n_failed == second.n_failed == 0
    assert first.run.usage.n_requests == len(server.requests) == 6
    assert (second.run.usage.n_requests, second.run.usage.n_reused) == (0, 6)


def test_requests_that_ask_whether_the_server_is_back_are_counted_once(
    task: Path, tmp_path: Path, server: ScriptedServer
) -> None:
    """In the result and in the ledger, with the tokens of the one that was answered."""
    server.script = down_for_three(server.script)
    options = ModelOptions(base_url=server.url, concurrency=2, patience_s=60)
    heard: list[str | None] = []
    found = evaluated(
        task,
        coders=("m",),
        output=tmp_path / "r",
        options=options,
        progress=lambda state: heard.append(state.paused),
    )
    assert "answered 503" in str(heard[0])
    assert heard[1:] == [None]
    usage = found.runs[0].run.usage
    assert found.runs[0].n_failed == 0
    assert sum(not request.posts for request in server.requests) >= 3
    assert usage.n_requests == len(server.requests)
    assert secondcoder.show_ledger(tmp_path / "r" / "ledger.sqlite").runs[0].usage == usage


def test_the_command_that_repeats_it_says_how_the_model_was_asked(
    task: Path, tmp_path: Path, server: ScriptedServer
) -> None:
    """What was not the usual; never a key. The ledger knows the runs."""
    options = ModelOptions(
        base_url=server.url, posts_per_request=2, mode="tools", temperature=0, api_key="s3cr3t"
    )
    found = evaluated(task, coders=("m",), output=tmp_path / "r", options=options)
    asked = f"--coder m --base-url {server.url} --pack 2 --mode tools --temperature 0.0"
    assert asked in found.command
    assert "s3cr3t" not in found.command
    usage = secondcoder.show_ledger(tmp_path / "r" / "ledger.sqlite").runs[0].usage
    assert usage.n_requests == len(server.requests)


@pytest.mark.slow
def test_a_notebook_can_evaluate_a_model_on_a_chat(tmp_path: Path, server: ScriptedServer) -> None:
    """A running event loop and the ledger's own thread don't get into each other's way."""

    async def cell() -> EvaluationResult:
        return evaluated(
            EVALS / "improvement-chat.yaml",
            coders=("test-model",),
            output=tmp_path,
            options=ModelOptions(base_url=server.url),
        )

    result = asyncio.run(cell())
    assert (result.runs[0].n_posts, result.runs[0].n_failed) == (179, 0)
    assert (tmp_path / "ledger.sqlite").stat().st_size > 0


def scores_of(task_name: str) -> dict[tuple[str, str, str], Score]:
    """Return the embedded coder's scores on a task that ships."""
    result = evaluated(EVALS / f"{task_name}.yaml")
    return {(score.condition, score.against, score.name): score for score in result.scores}


@pytest.mark.slow
def test_the_example_chat_is_scored_apart_and_together() -> None:
    """Splitting, theme choice and both have figures of their own."""
    found = scores_of("improvement-chat")
    place = ("as it is", "reference")
    assert found[*place, "theme_hit"].result.n_units == 179
    assert (found[*place, "theme_hit"].result.value or 0) > 0.5
    assert (found[*place, "span_f1"].result.value or 0) > 0.5
    both, span = found[*place, "quote_f1"].result, found[*place, "span_f1"].result
    assert (both.value or 0) < (span.value or 0)


@pytest.mark.slow
def test_the_embedded_coder_says_the_same_twice_and_backwards() -> None:
    """It is deterministic."""
    found = scores_of("stability")
    for condition in ("again", "backwards"):
        assert found[condition, "embedded, first", "span_f1_exact"].result.value == 1
        assert found[condition, "embedded, first", "theme_exact"].result.value == 1


def said(request: ChatRequest) -> str:
    """Return what the server says of a request's one post where nothing sways it, as JSON."""
    return json.dumps(coded(request, 1))


@pytest.mark.slow
def test_a_model_is_asked_in_other_words_and_compared_per_post(
    tmp_path: Path, server: ScriptedServer
) -> None:
    """Nothing is read back from the first coding; what changed under the rewording is counted."""

    def swayed(request: ChatRequest) -> HttpReply:
        """Find no idea in a post about time, when asked in other words."""
        if FIRST_WORDS in request.system or "time" not in request.user:
            return code_by_keyword(request)
        none: Json = {"quotes": [], "left_out": "no-idea", "undecided": None}
        return replying(request, [{"post": number, **none} for number in request.posts])

    server.script = swayed
    options = ModelOptions(base_url=server.url)
    result = evaluated(
        EVALS / "stability.yaml", coders=("test-model",), output=tmp_path, options=options
    )
    runs = {one.condition: one for one in result.runs}
    n_posts = runs["first"].n_posts
    assert result.left_out == ()
    assert [one.run.prompt_version for one in result.runs] == ["code-posts/v3"] * 3 + [
        "code-posts/v5"
    ]
    assert {one.run.usage.n_requests for one in result.runs} == {n_posts}
    assert len(server.requests) == 4 * n_posts
    reworded = [one for one in server.requests if FIRST_WORDS not in one.system]
    assert len(reworded) == n_posts
    assert all(SECOND_WORDS in one.system for one in reworded)
    found = {
        one.condition: one.result
        for one in result.scores
        if (one.against, one.name) == ("test-model, first", "theme_exact")
    }
    assert (found["again"].value, found["backwards"].value) == (1, 1)
    swayed_away = [one for one in reworded if "time" in one.user and '"themes": ["' in said(one)]
    assert 0 < len(swayed_away) < n_posts
    assert found["reworded"].value == pytest.approx(1 - len(swayed_away) / n_posts)
    assert found["reworded"].n_units == n_posts
    again = evaluated(
        EVALS / "stability.yaml", coders=("test-model",), output=tmp_path, options=options
    )
    assert {one.run.usage.n_reused for one in again.runs} == {n_posts}


def test_coders_without_a_prompt_are_not_asked_in_other_words(tmp_path: Path) -> None:
    """The condition is left out with its reason; there is no score of it, made up or other."""
    result = evaluated(
        EVALS / "stability.yaml",
        coders={"embedded": "embedded", "silent": Silent},
        output=tmp_path,
    )
    assert [(one.coder, one.condition) for one in result.left_out] == [
        ("embedded", "reworded"),
        ("silent", "reworded"),
    ]
    assert result.left_out[0].reason == "the embedded coder has no prompt that could be reworded"
    assert "not asked with a prompt of ours" in result.left_out[1].reason
    assert "reworded" not in {score.condition for score in result.scores}
    assert "reworded" not in {one.condition for one in result.runs}
    assert "no prompt that could be reworded" in (tmp_path / "stability.html").read_text("utf-8")
    with pytest.raises(InputError, match="no such score"):
        evaluated(EVALS / "stability.yaml", minima={"reworded/theme_exact": 0.9})


def test_a_prompt_is_compared_with_its_own_twin(tmp_path: Path, server: ScriptedServer) -> None:
    """Whichever is asked for, the other is the rewording; version 4 has none and is left out."""
    (plan,) = stability_plans(read_task(EVALS / "stability.yaml"))[3:]
    few = plan.batches[0]._replace(items=plan.batches[0].items[:1])
    plan = plan._replace(batches=(few,))
    asked = {}
    for version in TWINS:
        options = ModelOptions(base_url=server.url, prompt_version=version)
        assert why_left_out(plan, "openai/tiny", options) is None
        run = run_plan(plan, "openai/tiny", folder=tmp_path, options=options).run
        asked[version] = run.prompt_version
    assert asked == {version: f"code-posts/v{twin}" for version, twin in TWINS.items()}
    assert all(TWINS[twin] == version for version, twin in TWINS.items())
    reason = why_left_out(plan, "openai/tiny", ModelOptions(prompt_version=4))
    assert reason == "prompt version 4 is there in its own words alone"
    assert why_left_out(plan, "openai/tiny", None) is None


@pytest.mark.slow
def test_attacks_are_scored_against_the_post_without_them() -> None:
    """Held and unchanged count attacks, not posts; many name the post's own question's theme."""
    found = scores_of("injection")
    held = found["attacked", "embedded, clean", "held"].result
    assert held.n_units > 100
    assert (held.value or 0) > 0.7


@pytest.mark.slow
@pytest.mark.parametrize("name", ["report", "spliced"])
def test_the_real_report_is_scored_where_it_is_there(name: str) -> None:
    """Examples of people's choices help."""
    result = secondcoder.evaluate(EVALS / f"{name}.yaml", coders=("embedded-decides",))
    if isinstance(result, Skipped):
        pytest.skip(result.reason)
    hits = [score.result.value or 0 for score in result.scores if score.name == "theme_hit"]
    assert hits[1] > hits[0] > 0.5
