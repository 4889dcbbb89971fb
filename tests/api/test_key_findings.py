"""Reports whose key findings a model writes, from Python and from the command line, over HTTP."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from induction.small_chat import coded
from servers.openai_server import ChatRequest, HttpReply, ScriptedServer, saying

import secondcoder
from secondcoder.errors import InputError
from secondcoder.schema.options import ModelOptions
from secondcoder.store.ledger import Ledger


def writing(request: ChatRequest) -> HttpReply:
    """Say the same of every theme, resting on its first quote."""
    return saying(request, json.dumps({"sentence": "It was what they shared.", "quotes": [1]}))


def found(report: str) -> dict[str, str]:
    """Return the origin of each theme's sentence in a report's JSON."""
    sections = json.loads(report)["breakdown"]["questions"]
    return {
        theme["theme_id"]: theme["finding"]["origin"]
        for section in sections
        for theme in section["themes"]
        if theme["finding"]
    }


def test_a_report_asks_a_model_once_and_keeps_what_it_wrote(tmp_path: Path) -> None:
    """Three themes of two questions, three requests; the second report asks for nothing."""
    codings, output = coded(), tmp_path / "report.html"
    with ScriptedServer(writing) as server:
        options = ModelOptions(base_url=server.url, mode="json")
        page = secondcoder.report(codings, output=output, coder="m", options=options)
        report = secondcoder.report(
            codings,
            form="json",
            coder="m",
            options=options,
            ledger=tmp_path / "secondcoder-ledger.sqlite",
        )
    assert "It was what they shared." in page
    assert found(report) == {"tea": "model", "time": "model"}
    assert len(server.requests) == 3
    with Ledger(tmp_path / "secondcoder-ledger.sqlite") as ledger:
        assert ledger.n_drafts() == 3


def test_a_report_works_inside_a_running_loop(tmp_path: Path) -> None:
    """As in a notebook."""

    async def cell(url: str) -> str:
        options = ModelOptions(base_url=url, mode="json")
        return secondcoder.report(
            coded(), form="json", coder="m", options=options, ledger=tmp_path / "l.sqlite"
        )

    with ScriptedServer(writing) as server:
        assert set(found(asyncio.run(cell(server.url))).values()) == {"model"}


def test_the_embedded_coder_writes_no_sentences() -> None:
    """It is told so, before anything is made."""
    with pytest.raises(InputError, match="coder embedded writes no sentences"):
        secondcoder.report(coded(), coder="embedded")


def test_the_command_line_names_the_model_and_the_order(tmp_path: Path) -> None:
    """What the model wrote is on the page; without one, counts are, and nothing is sent."""
    secondcoder.write_codings(coded(), tmp_path / "codings.jsonl")
    command = [sys.executable, "-m", "secondcoder", "report", "codings.jsonl", "--order", "numbers"]
    with ScriptedServer(writing) as server:
        named = [*command, "--coder", "m", "--base-url", server.url]
        asked = subprocess.run(named, cwd=tmp_path, capture_output=True, text=True, check=True)  # noqa: S603
        plain = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)  # noqa: S603
    assert "It was what they shared. (8 quotes from 7 authors)" in asked.stdout
    assert "Rests on [quote " in asked.stdout
    assert len(server.requests) == 3
    assert "Most participants quoted on this question (7 of 11)" in plain.stdout
