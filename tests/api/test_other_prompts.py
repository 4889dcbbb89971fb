"""Another prompt than the ledger's answers were given to: said before anything is paid for."""

import logging
from pathlib import Path

import pytest
from coding.model_cases import BOOK as SMALL_BOOK
from coding.model_cases import Shelf, model_coder, nested_coder, run, tasks
from servers.batch_server import BatchServer
from servers.openai_server import ScriptedServer
from typer.testing import CliRunner, Result

import secondcoder
from secondcoder import ModelOptions
from secondcoder.api.other_prompts import other_prompts, tell_of_other_prompts
from secondcoder.cli.main import app
from secondcoder.coding.coders import seat
from secondcoder.coding.tasks import Ahead
from secondcoder.schema.estimates import OtherPrompt
from secondcoder.schema.packing import Packing
from secondcoder.schema.progress import Progress
from secondcoder.schema.runs import Coder, CoderKind, Run

BOOK = """
questions:
  - {id: Q1, text: "What would help?"}
themes:
  - {id: time, name: Protected time, questions: [Q1]}
"""
ROWS = """id,author,created_at,text
0,host,2026-05-14T19:00:00Z,Q1: What would help?
1,ann,2026-05-14T19:01:00Z,A1 Protected time on the first day helps all of us.
2,ben,2026-05-14T19:02:00Z,A1 Protected time on the second day helps all of us.
3,cem,2026-05-14T19:03:00Z,A1 Protected time on the third day helps all of us.
"""
TOLD = (
    "the ledger has answers to prompt version 1 about 3 posts that would be asked about anew; "
    "--prompt-version 1 takes those instead"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a chat and a codebook, to work in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chat.csv").write_text(ROWS, "utf-8")
    (tmp_path / "book.yaml").write_text(BOOK, "utf-8")
    return tmp_path


def code(server: ScriptedServer, *words: str) -> Result:
    """Run `secondcoder code` on the folder's chat with the server's model."""
    command = ["code", "chat.csv", "-c", "book.yaml", "--coder", "m", "--base-url", server.url]
    ran = CliRunner().invoke(app, [*command, *words])
    assert ran.exit_code == 0, ran.output
    return ran


@pytest.mark.usefixtures("folder")
def test_the_same_command_under_a_newer_default_says_what_would_spare_it(
    server: ScriptedServer,
) -> None:
    """It is said once, before the answers are asked for anew; then both prompts have theirs."""
    assert "the ledger has" not in code(server, "--prompt-version", "1").stderr
    assert len(server.requests) == 3
    assert f"note: {TOLD}" in " ".join(code(server).stderr.split())
    assert len(server.requests) == 6
    assert server.requests[0].system != server.requests[3].system
    for words in ((), ("--prompt-version", "1"), ("--prompt-version", "3")):
        assert "the ledger has" not in code(server, *words).stderr
    assert len(server.requests) == 6


def test_help_names_the_default_of_the_library() -> None:
    """The command line has none of its own."""
    shown = " ".join(CliRunner().invoke(app, ["code", "--help"]).output.split())
    assert f"{ModelOptions().prompt_version} (the default): a line per post" in shown


@pytest.mark.usefixtures("folder")
def test_a_dry_run_tells_it_in_a_line_of_its_own(server: ScriptedServer) -> None:
    """In the table and in JSON; who names the version is told that nothing is asked."""
    code(server, "--prompt-version", "1")
    shown = " ".join(code(server, "--dry-run").stdout.split())
    assert "posts to ask about 3" in shown
    assert "answers of prompt 1 3" in shown
    options = ModelOptions(base_url=server.url)
    found = secondcoder.estimate("chat.csv", "book.yaml", coder="m", options=options)
    assert found.other_prompts == (OtherPrompt(version=1, n_posts=3),)
    again = options.model_copy(update={"prompt_version": 1})
    found = secondcoder.estimate("chat.csv", "book.yaml", coder="m", options=again)
    assert (found.n_posts_to_ask, found.other_prompts) == (0, ())


@pytest.mark.usefixtures("folder")
def test_submitting_a_batch_says_it_before_anything_is_uploaded() -> None:
    """Also where the size of requests is left open, which a batch does not measure."""
    with BatchServer() as server:
        code(server, "--prompt-version", "1")
        heard: list[tuple[str | None, list[str]]] = []
        secondcoder.submit_batch(
            "chat.csv",
            "book.yaml",
            coder="m",
            options=ModelOptions(base_url=server.url),
            progress=lambda state: heard.append((state.note, list(server.calls))),
        )
        assert heard == [(TOLD, [])]
        assert "POST /batches" in server.calls


@pytest.mark.usefixtures("folder")
def test_answers_that_would_not_be_taken_are_not_offered(server: ScriptedServer) -> None:
    """Those of posts asked about two by two serve nobody who asks one by one, nor another model.

    Single ones serve where it is to be measured how many share a request.
    """
    code(server, "--prompt-version", "1", "--pack", "2")
    code(server, "--prompt-version", "2", "--pack", "1")
    offers = {
        ("m", 2): [OtherPrompt(version=1, n_posts=3)],
        ("m", 1): [OtherPrompt(version=2, n_posts=3)],
        ("m", None): [OtherPrompt(version=2, n_posts=3)],
        ("m", 3): [],
        ("n", 2): [],
    }
    for (coder, size), offered in offers.items():
        options = ModelOptions(base_url=server.url, posts_per_request=size)
        found = secondcoder.estimate("chat.csv", "book.yaml", coder=coder, options=options)
        assert list(found.other_prompts) == offered, (coder, size)


@pytest.mark.usefixtures("folder")
def test_each_member_of_a_panel_is_told_of(server: ScriptedServer) -> None:
    """The samples of a model have answers of their own."""
    code(server, "--prompt-version", "1", "--samples", "2")
    assert code(server, "--samples", "2").stderr.count("note: the ledger has answers") == 2
    options = ModelOptions(base_url=server.url, prompt_version=2)
    found = secondcoder.estimate("chat.csv", "book.yaml", coder="m", samples=3, options=options)
    offered = [tuple(other.version for other in one.other_prompts) for one in found.members]
    assert offered == [(1, 3), (1, 3), ()]


def test_what_an_earlier_run_had_measured_is_looked_up_at_its_size(server: ScriptedServer) -> None:
    """Two posts of its sample were asked about alone, the others by fours."""
    shelf = Shelf()
    posts = tasks(6)
    run(nested_coder(server, shelf), posts[:2])
    run(nested_coder(server, shelf, posts_per_request=4), posts[2:])
    earlier = Run(
        id="r",
        coder=Coder(id="openai/tiny", kind=CoderKind.MODEL),
        prompt_version="code-posts/v1",
        packing=Packing(posts_per_request=4, why="answers hold"),
    )
    one = seat("openai/tiny", ModelOptions(base_url=server.url))
    found = other_prompts(one, SMALL_BOOK, shelf, [earlier], lambda: posts)
    assert found == (OtherPrompt(version=1, n_posts=6),)
    run(model_coder(server, shelf), posts[:1])
    found = other_prompts(one, SMALL_BOOK, shelf, [earlier], lambda: posts)
    assert found == (OtherPrompt(version=1, n_posts=5),)


def test_of_a_long_chat_some_posts_are_looked_up(
    server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    """What they tell is reckoned up, and said to be; a version that is not here is passed over."""
    shelf, told = Shelf(), list[Progress]()
    posts = tasks(4)
    run(nested_coder(server, shelf), posts)
    runs = [
        Run(id=str(version), coder=Coder(id="m", kind=CoderKind.MODEL), prompt_version=name)
        for version, name in enumerate((None, "code-posts/v1", "code-posts/v99"))
    ]
    one = seat("openai/tiny", ModelOptions(base_url=server.url))
    with caplog.at_level(logging.WARNING, "secondcoder"):
        tell_of_other_prompts(
            [one, seat("embedded")], SMALL_BOOK, shelf, runs, lambda: Ahead(posts, 0.1), told.append
        )
    (state,) = told
    assert state.note is not None
    assert "about some 40 posts" in state.note
    assert caplog.messages == [state.note]
