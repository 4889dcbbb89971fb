"""People who asked to be left out: not named by others either, and counted in the methods."""

import json
import re
from pathlib import Path

import pytest
from reporting.conftest import coding, post
from servers.openai_server import ChatRequest, HttpReply, ScriptedServer, saying

import secondcoder
from secondcoder.reporting.findings import Findings
from secondcoder.reporting.opting_out import without_names
from secondcoder.schema.codebook import Theme
from secondcoder.schema.codings import (
    Abstention,
    Codings,
    LeftOut,
    LeftOutReason,
    PostCodings,
    Quoted,
)
from secondcoder.schema.options import ModelOptions

SAID = "4 posts by 1 participant who asked to be left out are not in this report."


@pytest.fixture
def naming(codings: Codings) -> Codings:
    """Return the codings with posts, a theme and a question that name bo."""
    book = codings.info.codebook
    own = {
        "time": Theme(
            id="time-of-bo",
            name="The time of @Bo",
            definition="As bo says.",
            key_finding="Bo decides.",
            questions=("Q1",),
        )
    }
    themes = tuple(own.get(theme.id, theme) for theme in book.themes)
    asked = tuple(
        one.model_copy(update={"text": "What gets in the way of Bo?"}) if one.id == "Q1" else one
        for one in book.questions
    )
    wished = post(31, "fay", "@bo I wish I had your ward")
    thanked = post(32, "gus", "Thanks\N{FULLWIDTH COMMERCIAL AT}BO, see #bo")
    unsure = post(33, "hal", "Bo or the rota?")
    told = json.dumps([coded.model_dump(mode="json") for coded in codings.posts])
    posts = [
        PostCodings.model_validate(one)
        for one in json.loads(told.replace('"time"', '"time-of-bo"'))
    ]
    posts += [
        PostCodings(
            post=wished,
            outcome=Quoted(codings=(coding(wished, wished.text, "Q1", "time-of-bo"),)),
        ),
        PostCodings(post=thanked, outcome=LeftOut(reason=LeftOutReason.NO_IDEA)),
        PostCodings(post=unsure, outcome=Abstention(note="as bo would say")),
    ]
    info = codings.info.model_copy(
        update={"codebook": book.changed(themes=themes, questions=asked)}
    )
    return Codings(info=info, posts=tuple(posts))


@pytest.mark.parametrize("form", ["markdown", "html", "json"])
@pytest.mark.parametrize("quotes", ["verbatim", "masked"])
def test_others_do_not_name_who_opted_out(naming: Codings, form: str, quotes: str) -> None:
    """In quotes, posts that gave none, notes, names, definitions and findings of themes, ids."""
    report = secondcoder.report(naming, form=form, quotes=quotes, opt_out=["bo"])  # type: ignore[arg-type]
    plain = report.replace("\\", "").replace("&#39;", "'")
    assert "@someone I wish I had your ward" in plain
    assert "Thanks@someone, see #bo" in plain
    assert "[name] or the rota?" in plain
    assert "as [name] would say" in plain
    assert "The time of @someone" in plain
    assert "[name] decides." in plain
    # The style sheet numbers printed pages in a box of that name.
    lower = plain.casefold().replace("#bo", "").replace("@bottom-right", "")
    for trace in ("@bo", "@\N{FULLWIDTH COMMERCIAL AT}", " bo ", "bo says", "of-bo", "way of bo"):
        assert trace not in lower
    assert "@bo I wish" in secondcoder.report(naming)


def test_paraphrases_do_not_name_who_opted_out(naming: Codings, tmp_path: Path) -> None:
    """Nor does the file of original words hold the name."""

    def script(request: ChatRequest) -> HttpReply:
        if request.user.startswith("Rewrite"):
            numbers = re.findall(r"^\[(\d+)\] ", request.user, re.MULTILINE)
            said = [{"quote": int(n), "text": "As Bo said, so @bo did"} for n in numbers]
            return saying(request, json.dumps({"paraphrases": said}))
        return saying(request, json.dumps({"sentence": "Bo is praised.", "quotes": [1]}))

    with ScriptedServer(script) as server:
        report = secondcoder.report(
            naming,
            form="json",
            quotes="paraphrased",
            opt_out=["@Bo"],
            private=tmp_path / "p.csv",
            coder="m",
            options=ModelOptions(base_url=server.url, mode="json"),
            ledger=tmp_path / "l.sqlite",
        )
    assert "As [name] said, so @someone did" in report
    assert "[name] is praised." in report
    kept = (tmp_path / "p.csv").read_text("utf-8")
    assert "@someone I wish I had your ward" in kept
    assert re.search(r"(?i)\bbo\b", kept) is None


def test_the_methods_count_who_asked_to_be_left_out(codings: Codings) -> None:
    """In exclusions, figures and COREQ 13; of nobody else is it said."""
    found = Findings.model_validate_json(
        secondcoder.report(codings, form="json", opt_out=["bo"])
    ).methods
    facts = {fact.name: fact.value for fact in found.facts}
    for name in ("Posts and participants", "Exclusions", "Asked to be left out"):
        assert SAID in facts[name]
    answers = {row.item: row.answer for row in found.checklist}
    assert answers["13 Non-participation"] == (
        "see “Asked to be left out”; to be filled in: who was invited and did not write, as far "
        "as known"
    )
    assert "bo" not in " ".join(facts.values()).casefold().split()
    without = secondcoder.report(codings)
    assert "Asked to be left out" not in without


@pytest.mark.parametrize("form", ["markdown", "html", "json"])
def test_who_moderated_and_opted_out_is_not_named(codings: Codings, form: str) -> None:
    """Others who moderated are."""
    chat = codings.info.chat.model_copy(update={"moderators": ("Bo", "Dee")})
    info = codings.info.model_copy(update={"chat": chat})
    asked = Codings(info=info, posts=codings.posts)
    report = secondcoder.report(asked, form=form, opt_out=["bo"])  # type: ignore[arg-type]
    assert re.search(r"\bBo\b", report) is None
    assert "Dee" in report
    assert re.search(r"\bBo\b", secondcoder.report(asked, form=form))  # type: ignore[arg-type]


def test_a_name_is_hidden_as_a_whole_and_as_a_handle() -> None:
    """Part of another name it is not; of one letter or without any, only the handle is somebody."""
    words_of = without_names(["b", "\N{BLOSSOM}", "nurse_bea"])
    assert words_of("plan b of @b") == "plan b of @someone"
    assert words_of("nurse_bea_fan and NURSE_BEA, x@nurse_bea") == (
        "nurse_bea_fan and [name], x@someone"
    )
