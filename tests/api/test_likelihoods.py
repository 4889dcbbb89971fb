"""Likelihoods from end to end: estimated, coded, reused, reported; refused where they can't be."""

import contextlib
import json
from pathlib import Path

import pytest
from api.batch_cases import fill
from servers.openai_server import ScriptedServer, weighed_by_keyword
from typer.testing import CliRunner

import secondcoder
from secondcoder.cli.main import app
from secondcoder.errors import InputError
from secondcoder.schema.shards import EngineOptions

N_POSTS = 5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a chat of a question and some answers of one sentence."""
    return fill(tmp_path, N_POSTS)


def test_the_estimate_is_what_the_run_asks(folder: Path) -> None:
    """Each post in two orders, and no words in two; the second time nothing."""
    chat, book = folder / "chat.csv", folder / "codebook.yaml"
    with ScriptedServer(weighed_by_keyword) as server:
        options = secondcoder.ModelOptions(base_url=server.url, likelihoods=True)
        found = secondcoder.estimate(chat, book, coder="m", options=options, output=folder / "c")
        assert (found.n_posts_to_ask, found.n_reused, found.n_settled) == (N_POSTS, 0, 1)
        assert (found.n_requests, len(server.requests)) == (2 * N_POSTS + 2, 0)
        coded = secondcoder.code(chat, book, coder="m", options=options, output=folder / "c")
        assert len(server.requests) == found.n_requests == found.completion_tokens
        again = secondcoder.estimate(chat, book, coder="m", options=options, output=folder / "c")
        assert (again.n_requests, again.n_posts_to_ask, again.n_reused) == (0, 0, N_POSTS)
    assert coded.run.usage.n_requests == found.n_requests
    codings = secondcoder.read_codings(folder / "c")
    assert [each.theme_ids for each in codings.quotes] == [("time",)] * N_POSTS
    assert codings.info.run.prompt_version == "weigh-themes/v1"


@pytest.mark.parametrize(
    ("pack", "n_asked", "n_estimated"),
    [
        # No words, twelve pieces, and what is weighed as one: 1, 2 and 1 runs; estimated 2 a post.
        (1, 2 * (1 + 12 + 1 + 2 + 1), 2 * (1 + 12 + 3 * 2)),
        (2, 12 + 4, 12 + 6),
    ],
)
def test_no_more_is_asked_than_estimated_wherever_posts_are_cut(
    folder: Path, pack: int, n_asked: int, n_estimated: int
) -> None:
    """Four pieces in one, in two and in three: what the estimate tells is the most of these."""
    time, people = "Protected time on day {} helps.", "Colleagues who listen on day {} help."
    texts = [
        [time.format(n) for n in range(4)],
        [time.format(4), time.format(5), people.format(6), people.format(7)],
        [time.format(8), people.format(9), people.format(10), time.format(11)],
    ]
    rows = ["id,author,created_at,text", "0,host,2026-05-14T19:00:00Z,Q1: What would help?"]
    rows += [
        f"{n},ann{n},2026-05-14T19:0{n}:30Z,A1 {' '.join(text)}"
        for n, text in enumerate(texts, start=1)
    ]
    (folder / "chat.csv").write_text("\n".join(rows), "utf-8")
    chat, book = folder / "chat.csv", folder / "codebook.yaml"
    with ScriptedServer(weighed_by_keyword) as server:
        options = secondcoder.ModelOptions(
            base_url=server.url, likelihoods=True, posts_per_request=pack
        )
        found = secondcoder.estimate(chat, book, coder="m", options=options)
        coded = secondcoder.code(chat, book, coder="m", options=options)
        assert len(server.requests) == n_asked
    assert [len(each.codings) for each in coded.posts[1:]] == [1, 2, 3]
    assert found.n_requests == n_estimated


def test_the_estimate_says_what_likelihoods_are(folder: Path) -> None:
    """No quote is expected of any request."""
    asked = ["chat.csv", "-c", "codebook.yaml", "--coder", "openai/gpt-5-mini", "--likelihoods"]
    with contextlib.chdir(folder):
        done = CliRunner().invoke(app, ["code", *asked, "--dry-run"], env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    assert "at most about" in done.output
    assert "one a request: how likely each theme is" in done.output
    assert "a quote per post" not in done.output


def test_the_command_line_codes_and_reports(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report's audit appendix prints the prompt that was used."""
    monkeypatch.chdir(folder)
    with ScriptedServer(weighed_by_keyword) as server:
        asked = ["--coder", "m", "--base-url", server.url, "--likelihoods"]
        done = CliRunner().invoke(app, ["code", "chat.csv", "-c", "codebook.yaml", *asked])
        assert done.exit_code == 0, done.output
    done = CliRunner().invoke(app, ["report", "codings.jsonl", "-o", "report.html"])
    assert done.exit_code == 0, done.output
    assert "weigh-themes/v1" in (folder / "report.html").read_text("utf-8")


def test_two_pieces_a_request_are_estimated_coded_and_reported(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five posts: two pairs, and one that is left; the second time nothing is asked."""
    monkeypatch.chdir(folder)
    with ScriptedServer(weighed_by_keyword) as server:
        asked = ["--coder", "m", "--base-url", server.url, "--likelihoods", "--pack", "2"]
        options = secondcoder.ModelOptions(
            base_url=server.url, likelihoods=True, posts_per_request=2
        )
        how = {"coder": "m", "options": options}
        found = secondcoder.estimate("chat.csv", "codebook.yaml", **how)  # type: ignore[arg-type]
        assert found.n_requests == 2 * 2 + 4
        command = ["code", "chat.csv", "-c", "codebook.yaml", *asked]
        planned = CliRunner().invoke(app, [*command, "--dry-run"], env={"COLUMNS": "200"})
        assert "a few a request: how likely each theme is" in planned.output
        for _ in range(2):
            done = CliRunner().invoke(app, command)
            assert done.exit_code == 0, done.output
            assert len(server.requests) == found.n_requests
        again = secondcoder.estimate("chat.csv", "codebook.yaml", **how)  # type: ignore[arg-type]
        assert (again.n_requests, again.n_reused) == (0, N_POSTS)
    codings = secondcoder.read_codings(folder / "codings.jsonl")
    assert [each.theme_ids for each in codings.quotes] == [("time",)] * N_POSTS
    done = CliRunner().invoke(app, ["report", "codings.jsonl", "-o", "report.html"])
    assert done.exit_code == 0, done.output
    page = (folder / "report.html").read_text("utf-8")
    assert "weigh-pairs/v1" in page
    assert "weigh-themes/v1" in page
    assert "Up to 2 posts shared a request" in page
    assert "found likeliest" in page


def test_the_ledger_shows_and_exports_what_was_weighed(folder: Path) -> None:
    """Each request's likelihoods, as they came."""
    with ScriptedServer(weighed_by_keyword) as server:
        options = secondcoder.ModelOptions(base_url=server.url, likelihoods=True)
        chat, book = folder / "chat.csv", folder / "codebook.yaml"
        secondcoder.code(chat, book, coder="m", options=options, output=folder / "c")
        n_asked = len(server.requests)
    ledger = folder / "secondcoder-ledger.sqlite"
    shown = CliRunner().invoke(app, ["ledger", "show", str(ledger)])
    assert f"1 run, 0 answers and {n_asked} other replies in" in shown.output
    for _ in range(2):  # the second time in place of the first
        secondcoder.export_ledger(ledger, folder / "answers.jsonl")
    lines = (folder / "answers.jsonl").read_text("utf-8").splitlines()
    kept = [json.loads(line) for line in lines]
    assert {each["kind"] for each in kept} == {"draft"}
    assert len(kept) == n_asked
    assert json.loads(kept[0]["raw"])["A"] < 0


def test_an_evaluation_weighs_too(folder: Path) -> None:
    """`eval` takes the same option."""
    chat, book = folder / "chat.csv", folder / "codebook.yaml"
    reference = folder / "reference.jsonl"
    with ScriptedServer(weighed_by_keyword) as server:
        options = secondcoder.ModelOptions(base_url=server.url, likelihoods=True)
        secondcoder.code(chat, book, coder="m", options=options, output=reference)
        task = {"name": "t", "kind": "chat", "chat": "chat.csv", "codebook": "codebook.yaml"}
        task |= {"reference": "reference.jsonl", "about": "x", "missing": "x"}
        task["conditions"] = [{"name": "as given"}]  # type: ignore[assignment]
        (folder / "task.yaml").write_text(json.dumps(task), "utf-8")
        n_asked = len(server.requests)
        result = secondcoder.evaluate(
            folder / "task.yaml", coders=("m",), options=options, output=folder / "evaluations"
        )
        assert len(server.requests) == 2 * n_asked  # an evaluation has a ledger of its own
    assert result.kind == "evaluation"


def test_what_cannot_weigh_says_so(folder: Path) -> None:
    """Batches, workers and repeated samples."""
    chat, book = folder / "chat.csv", folder / "codebook.yaml"
    options = secondcoder.ModelOptions(base_url="http://localhost:1/v1", likelihoods=True)
    how = {"coder": "m", "options": options, "output": folder / "c"}
    with pytest.raises(InputError, match="--batch"):
        secondcoder.submit_batch(chat, book, **how)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="leave out the engine"):
        secondcoder.code(chat, book, engine=EngineOptions(), **how)  # type: ignore[call-overload]
    with pytest.raises(InputError, match="asks no model"):
        secondcoder.code(chat, book, **{**how, "coder": "embedded"})  # type: ignore[call-overload]
    with pytest.raises(InputError, match="--samples 3"):
        secondcoder.code(chat, book, samples=3, **how)  # type: ignore[call-overload]
