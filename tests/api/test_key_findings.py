"""Reports whose key findings a model writes, from Python and from the command line, over HTTP."""

import asyncio
import html
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from induction.small_chat import coded, with_finding
from servers.openai_server import ChatRequest, HttpReply, ScriptedServer, saying

import secondcoder
from secondcoder.errors import BudgetError, InputError
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
    for part in (
        "It was what they shared.",
        "8 quotes from 7 authors",
    ):
        assert part in page
    # One sentence a theme: how many stands beside it.
    assert "Most participants" not in page
    assert "How many, in words" not in page
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
    assert "Most participants" not in asked.stdout
    assert "Rests on [quote " in asked.stdout
    assert len(server.requests) == 3
    assert "Most participants quoted on this question (7 of 11)" in plain.stdout


@pytest.mark.parametrize("form", ["markdown", "html", "json", "word"])
def test_a_withheld_sentence_is_told_among_the_methods_and_on_standard_error(
    form: str, tmp_path: Path
) -> None:
    """The codebook's sentence names 31: counts stand in its place, and no finding holds it."""
    codings = coded(book=with_finding("tea", "In 31 wards tea was kept."))
    secondcoder.write_codings(codings, tmp_path / "codings.jsonl")
    ending = {"markdown": "md", "word": "docx"}.get(form, form)
    command = [sys.executable, "-m", "secondcoder", "report", "codings.jsonl", "-o", f"r.{ending}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stderr == (
        "note: Q1, theme 1. The codebook's sentence “In 31 wards tea was kept.” is withheld: it "
        "names 31, which these codings do not hold for the theme.\n"
    )
    path = tmp_path / f"r.{ending}"
    if form == "word":
        import docx  # noqa: PLC0415  # an extra

        text = "\n".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)
    else:
        text = path.read_text("utf-8")
    if form == "json":
        found = json.loads(text)["breakdown"]["questions"][0]["themes"][0]["finding"]
        assert found["withheld"]["sentence"] == "In 31 wards tea was kept."
        assert "31" not in found["text"]
        return
    findings, _, methods = text.partition("Methods, for a journal")
    if form == "html":  # the contents name the methods, too
        findings, _, methods = text.rpartition("Methods, for a journal")
    assert "31 wards" not in findings
    assert "Most participants quoted on this question (7 of 11)" in findings
    assert "The codebook's sentence is withheld; the methods say why." in html.unescape(findings)
    assert "“In 31 wards tea was kept.” is withheld: it names 31" in html.unescape(methods)


def writing_all(request: ChatRequest) -> HttpReply:
    """Write findings as above, and paraphrase what is to be rewritten."""
    if not request.user.startswith("Rewrite"):
        return writing(request)
    numbers = re.findall(r"^\[(\d+)\] ", request.user, re.MULTILINE)
    said = [{"quote": int(n), "text": f"something about work {n}"} for n in numbers]
    return saying(request, json.dumps({"paraphrases": said}))


def test_an_estimate_counts_what_a_report_then_asks(tmp_path: Path) -> None:
    """As many findings and paraphrases are planned as are sent; once written, nothing is left."""
    output = tmp_path / "report.md"
    with ScriptedServer(writing_all) as server:
        options = ModelOptions(base_url=server.url, mode="json")

        def estimate() -> secondcoder.WorkEstimateReport:
            return secondcoder.estimate_report(
                coded(), coder="m", options=options, output=output, quotes="paraphrased"
            )

        before = estimate()
        assert not server.requests
        assert not list(tmp_path.iterdir())
        secondcoder.report(coded(), coder="m", options=options, output=output, quotes="paraphrased")
        n_rewritten = sum(one.user.startswith("Rewrite") for one in server.requests)
        sent = {"key findings": len(server.requests) - n_rewritten, "paraphrases": n_rewritten}
        after = estimate()
    assert {step.step: step.n_requests for step in before.steps} == sent
    assert sent == {"key findings": 3, "paraphrases": 2}
    assert after.n_requests == 0
    assert [step.n_reused for step in after.steps] == [3, 2]
    (run,) = secondcoder.show_ledger(tmp_path / "secondcoder-ledger.sqlite").runs
    assert (run.parameters["verb"], run.usage.n_requests) == ("report", 5)


def test_an_estimate_needs_no_key_and_refuses_what_a_report_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A price is known; who writes nothing, several chats and paraphrases kept nowhere are told."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    model = "openai/gpt-4o-mini"
    found = secondcoder.estimate_report(coded(), coder=model)
    assert found.cost_usd is not None
    assert found.cost_usd > 0
    assert found.completion_tokens > 3 * 20
    with pytest.raises(InputError, match="asks no model and costs nothing"):
        secondcoder.estimate_report(coded(), coder="embedded")
    with pytest.raises(InputError, match="--coder: a report over several chats has no use"):
        secondcoder.estimate_report([coded(), coded()], coder=model)
    with pytest.raises(InputError, match="need a file for the original words"):
        secondcoder.estimate_report(coded(), coder=model, quotes="paraphrased")


def test_a_budget_ends_a_report_and_what_was_paid_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One budget over findings and paraphrases: three are paid for, then it ends; more goes on."""
    # The server on loopback stands for the provider's own, at 0.4 USD a request.
    monkeypatch.setattr("secondcoder.coding.client.foreign_endpoint", lambda _: None)
    monkeypatch.setattr(
        "secondcoder.coding.client.cost_usd", lambda _price, _sent, _cached, _came: 0.4
    )
    monkeypatch.setattr("secondcoder.coding.client.price_of", lambda _model, _url: object())
    output = tmp_path / "report.md"
    with ScriptedServer(writing_all) as server:

        def report(budget_usd: float) -> str:
            options = ModelOptions(base_url=server.url, mode="json", budget_usd=budget_usd)
            return secondcoder.report(
                coded(), coder="m", options=options, output=output, quotes="paraphrased"
            )

        with pytest.raises(BudgetError, match=r"stopped before 1\.30 USD was passed: spent 1\.20"):
            report(1.3)
        assert not output.exists()
        assert len(server.requests) == 3
        (run,) = secondcoder.show_ledger(tmp_path / "secondcoder-ledger.sqlite").runs
        assert run.stopped == "budget"
        assert run.usage.cost_usd == pytest.approx(1.2)
        assert "It was what they shared." in report(0.9)
        assert len(server.requests) == 5
