"""`--pack auto` as a person meets it: on screen, in the ledger, in the report, in a dry run."""

import json
from pathlib import Path

import pytest
from servers.openai_server import ScriptedServer, code_by_keyword
from servers.packed_answers import tiring
from typer.testing import CliRunner, Result

import secondcoder
from secondcoder.cli.main import app

BOOK = """
questions:
  - id: Q1
    text: What would help?
themes:
  - id: time
    name: Protected time
    questions: [Q1]
  - id: people
    name: Colleagues who listen
    questions: [Q1]
"""
N_POSTS = 400
WORDS = ("Protected time helps", "Colleagues who listen help", "A quiet room with tea helps")
pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder to work in, with a codebook and a chat large enough to sample."""
    monkeypatch.chdir(tmp_path)
    rows = ["id,author,created_at,text", "0,host,2026-05-14T19:00:00Z,Q1: What would help?"]
    rows += [
        f"{n},ann{n},2026-05-14T19:{n // 8:02}:30Z,A1 {WORDS[n % 3]} me a lot on day {n}."
        for n in range(1, N_POSTS + 1)
    ]
    (tmp_path / "chat.csv").write_text("\n".join(rows), "utf-8")
    (tmp_path / "codebook.yaml").write_text(BOOK, "utf-8")
    return tmp_path


def code(server: ScriptedServer, *words: str) -> Result:
    """Return what `secondcoder code` with a model on the local server printed."""
    command = ["code", "chat.csv", "-c", "codebook.yaml", "--coder", "tiny"]
    ran = CliRunner().invoke(app, [*command, "--base-url", server.url, *words])
    assert ran.exit_code == 0, ran.output
    return ran


def test_the_choice_and_its_reason_are_on_screen_in_json_in_the_ledger_and_in_the_report(
    folder: Path,
) -> None:
    """And a second run takes it over: nothing is asked again."""
    with ScriptedServer(tiring(beyond=4)) as server:
        shown = code(server).stdout
        n_asked = len(server.requests)
        again = json.loads(code(server, "--json").stdout)
        assert len(server.requests) == n_asked
    chosen = "4 posts per request: at 8 per request, answers to 48 sample posts change (they agree"
    assert chosen in shown
    assert f"{n_asked:,} requests" in shown
    packing = again["run"]["packing"]
    assert packing["posts_per_request"] == again["run"]["parameters"]["posts_per_request"] == 4
    assert [trial["holds"] for trial in packing["trials"]] == [True, True, False]
    first, second = secondcoder.show_ledger(folder / "secondcoder-ledger.sqlite").runs
    assert first.packing is not None
    assert second.packing is not None
    assert first.packing.measured_in is None
    assert second.packing.measured_in == first.id == packing["measured_in"]
    report = secondcoder.report(folder / "codings.jsonl", form="markdown")
    assert report is not None
    assert "Posts per request" in report
    assert f"(measured in run {first.id}); agreement with single answers on 48 posts" in report


@pytest.mark.parametrize("holds", [True, False])
@pytest.mark.usefixtures("folder")
def test_a_dry_run_counts_the_sample_both_for_answers_that_hold_and_that_don_t(
    *, holds: bool
) -> None:
    """The two ends of what a run may come to are what two servers are then asked."""
    with ScriptedServer(code_by_keyword if holds else tiring(beyond=1)) as server:
        estimate = json.loads(code(server, "--dry-run", "--json").stdout)
        table = code(server, "--dry-run").stdout
        assert not server.requests
        code(server)
        n_asked = len(server.requests)
        after = json.loads(code(server, "--dry-run", "--json").stdout)
    most, least = estimate["n_requests"], estimate["if_packed"]["n_requests"]
    assert n_asked == (least if holds else most)
    assert least == 48 + 24 + 12 + 6 + 3 + (N_POSTS - 48) // 16
    assert most == N_POSTS + 24 + 48
    assert estimate["n_posts_to_ask"] == N_POSTS
    assert estimate["posts_per_request"] is None
    assert estimate["if_packed"]["prompt_tokens"] < estimate["prompt_tokens"]
    assert f"{least} requests" in table
    assert after["posts_per_request"] == (16 if holds else 1)
    assert (after["n_requests"], after["n_reused"], after["if_packed"]) == (0, N_POSTS, None)


def test_a_number_is_taken_as_it_is(folder: Path) -> None:
    """Nothing is measured, nothing recorded."""
    with ScriptedServer() as server:
        run = json.loads(code(server, "--pack", "8", "--json").stdout)["run"]
        assert len(server.requests) == N_POSTS // 8
        assert run["packing"] is None
        shown = json.loads(code(server, "--posts-per-request", "8", "--json").stdout)["run"]
        assert shown["usage"]["n_reused"] == N_POSTS
    assert (folder / "codings.jsonl").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [(("--pack", "many"), "a number of posts, or auto"), (("--pack", "0"), "--pack 0")],
)
def test_a_number_that_is_none_is_refused(
    folder: Path, words: tuple[str, str], message: str
) -> None:
    """The message says what can be written."""
    command = ["code", str(folder / "chat.csv"), "-c", str(folder / "codebook.yaml"), *words]
    ran = CliRunner().invoke(app, command)
    assert isinstance(ran.exception, secondcoder.InputError)
    assert message in str(ran.exception)


def test_each_member_of_a_panel_measures_for_itself(folder: Path) -> None:
    """One that holds is packed, one that tires less so; each says so in its record."""
    with ScriptedServer() as holding, ScriptedServer(tiring(beyond=4)) as weak:
        coders = [f"strong@{holding.url}", f"weak@{weak.url}"]
        estimate = secondcoder.estimate("chat.csv", "codebook.yaml", coder=coders)
        codings = secondcoder.code("chat.csv", "codebook.yaml", coder=coders)
        n_strong, n_weak = len(holding.requests), len(weak.requests)
    assert isinstance(codings, secondcoder.Codings)
    strong, tired = codings.info.run.members
    assert strong.packing is not None
    assert tired.packing is not None
    assert (strong.packing.posts_per_request, tired.packing.posts_per_request) == (16, 4)
    assert strong.usage.n_requests == n_strong < n_weak == tired.usage.n_requests
    assert estimate.if_packed is not None
    assert estimate.if_packed.n_requests == 2 * n_strong
    assert (folder / "secondcoder-ledger.sqlite").exists()


def test_an_evaluation_measures_too(folder: Path) -> None:
    """It tells how well a model does at what `code` would choose."""
    with ScriptedServer() as server:
        code(server, "-o", "reference.jsonl", "--pack", "100")
        task = "name: t\nkind: chat\nchat: chat.csv\ncodebook: codebook.yaml\n"
        (folder / "t.yaml").write_text(task + "reference: reference.jsonl\n", "utf-8")
        command = ["eval", "t.yaml", "--coder", "other", "--base-url", server.url, "--json"]
        ran = CliRunner().invoke(app, command)
        fixed = CliRunner().invoke(app, [*command, "--pack", "100"])
    (run,) = json.loads(ran.stdout)["runs"]
    assert run["run"]["packing"]["posts_per_request"] == 16
    assert json.loads(fixed.stdout)["runs"][0]["run"]["parameters"]["posts_per_request"] == 100
