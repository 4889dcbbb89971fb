"""The whole path with a real model on this machine: chat completion, reply, codings.

pytest -m live; `python evals/local_model.py --model 0.5b --prepare` makes what they need.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from coding.model_cases import BOOK, Shelf, codings_of, kind_of, run, task

from evals.local_model import MODELS, missing, serving
from secondcoder.coding.model import ModelCoder
from secondcoder.coding.weighing import WeighingCoder
from secondcoder.errors import ProviderError
from secondcoder.schema.codings import Quoted
from secondcoder.schema.options import ModelOptions
from secondcoder.store.ledger import Ledger

pytestmark = [pytest.mark.live, pytest.mark.slow]

SIZE = "0.5b"
POSTS = (
    task("1", "We need protected hours each week."),
    task("2", "Money is short. ", "And nobody has the time."),
    task("3", "A simple checklist would help.", questions=("Q2",)),
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Yield the address of a real model's server."""
    remedy = missing(SIZE)
    if remedy is not None:
        pytest.skip(remedy)
    with serving(SIZE) as address:
        yield address


def coder(url: str, shelf: Shelf | None = None, **options: str | float) -> ModelCoder:
    """Return a coder that asks the real model for its likeliest answers, one at a time."""
    name = f"openai/{MODELS[SIZE].title}"
    given = {"temperature": 0, "timeout_s": 300, "concurrency": 1, "base_url": url, **options}
    return ModelCoder(BOOK, model=name, options=ModelOptions.model_validate(given), answers=shelf)


@pytest.mark.parametrize("prompt_version", [3, 4])
@pytest.mark.parametrize("posts_per_request", [1, 3])
def test_a_tool_call_holds_a_real_model_to_the_form(
    url: str, posts_per_request: int, prompt_version: int
) -> None:
    """Every post is decided at the first time of asking, in its own words, under closed themes."""
    shelf = Shelf()
    asking = coder(
        url,
        shelf,
        mode="tools",
        posts_per_request=posts_per_request,
        prompt_version=prompt_version,
    )
    decisions = run(asking, POSTS)
    assert decisions.keys() == {"1", "2", "3"}
    assert "failed" not in {kind_of(decision) for decision in decisions.values()}
    for decision in decisions.values():
        if isinstance(decision.outcome, Quoted):
            codings_of(decision)  # checks each quote against its post
    assert {answer.parameters["mode_used"] for answer in shelf.answers.values()} == {"tools"}


def test_a_real_model_tells_plain_posts_apart(url: str) -> None:
    """The prompt for small models: one theme each, the right one."""
    decisions = run(coder(url, mode="tools", prompt_version=4), [POSTS[0], POSTS[2]])
    assert codings_of(decisions["1"]) == [("We need protected hours each week.", "Q1", ("time",))]
    assert codings_of(decisions["3"]) == [("A simple checklist would help.", "Q2a", ("tools",))]


def test_a_real_model_says_how_likely_it_finds_each_theme(url: str, tmp_path: Path) -> None:
    """Every piece gets one theme, or another idea, with a confidence; asked once."""
    name = f"openai/{MODELS[SIZE].title}"
    options = ModelOptions(base_url=url, likelihoods=True, timeout_s=300, concurrency=1)
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        first, again = (
            run(WeighingCoder(BOOK, model=name, options=options, drafts=ledger), POSTS)
            for _ in range(2)
        )
    assert codings_of(first["1"]) == [("We need protected hours each week.", "Q1", ("time",))]
    for decision in first.values():
        assert isinstance(decision.outcome, Quoted)
        assert all(0 < (coding.confidence or 0) <= 1 for coding in decision.outcome.codings)
    assert [each.outcome for each in again.values()] == [each.outcome for each in first.values()]
    assert sum(each.usage.n_requests for each in again.values()) == 0


def test_json_in_the_text_is_read_where_the_model_keeps_to_it(url: str) -> None:
    """Nothing holds the model to the form; what it says is read or is a failure with the reply."""
    decisions = run(coder(url, mode="json", prompt_version=3), POSTS)
    assert decisions.keys() == {"1", "2", "3"}
    assert "quoted" in {kind_of(decision) for decision in decisions.values()}


def test_this_server_does_not_know_the_form_json_schema(url: str) -> None:
    """It answers 500 and the run ends, saying so; `auto` does not come to that, tools are first."""
    with pytest.raises(ProviderError, match="json_schema"):
        run(coder(url, mode="json-schema"), POSTS)
