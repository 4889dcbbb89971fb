"""A model that keeps names in its own words gives nobody away."""

import csv
import json
import re
from pathlib import Path

import pytest
from reporting.conftest import post
from servers.openai_server import ChatRequest, HttpReply, ScriptedServer, saying

import secondcoder
from secondcoder.schema.codebook import Theme
from secondcoder.schema.codings import Codings, LeftOut, LeftOutReason, PostCodings
from secondcoder.schema.options import ModelOptions

KEPT = "As Okafor of Leicester told @bo, 0161 496 0000 or ann@example.org, cake was there"
HIDDEN = "As [name] of [name] told @someone, [phone] or [email], [name] was there"
SENTENCE = "As Okafor of Leicester told @bo, cake was there."


def naming(request: ChatRequest) -> HttpReply:
    """Keep names, a number and an address in every paraphrase and in every sentence."""
    numbers = re.findall(r"^\[(\d+)\] ", request.user, re.MULTILINE)
    if request.user.startswith("Rewrite"):
        said = [{"quote": int(n), "text": KEPT} for n in numbers]
        return saying(request, json.dumps({"paraphrases": said}))
    return saying(request, json.dumps({"sentence": SENTENCE, "quotes": [1]}))


@pytest.fixture
def named(codings: Codings) -> Codings:
    """Return the codings with posts that name Okafor and Leicester, and a theme defined by one."""
    book = codings.info.codebook
    own = Theme(id="time", name="No time", definition="As Okafor says.", questions=("Q1",))
    themes = tuple(own if theme.id == "time" else theme for theme in book.themes)
    info = codings.info.model_copy(update={"codebook": book.changed(themes=themes)})
    more = [post(20 + n, "fay", f"we met Okafor in Leicester {n} times") for n in range(2)]
    nothing = LeftOut(reason=LeftOutReason.NO_IDEA)
    return Codings(
        info=info,
        posts=(*codings.posts, *(PostCodings(post=one, outcome=nothing) for one in more)),
    )


@pytest.mark.parametrize("form", ["markdown", "html", "json"])
def test_names_in_a_models_words_are_masked(named: Codings, form: str, tmp_path: Path) -> None:
    """In paraphrases, sentences on themes and definitions; the report says that a rule did it."""
    with ScriptedServer(naming) as server:
        report = secondcoder.report(
            named,
            form=form,  # type: ignore[arg-type]
            quotes="paraphrased",
            private=tmp_path / "p.csv",
            mask_also=["cake"],
            coder="m",
            options=ModelOptions(base_url=server.url, mode="json"),
            ledger=tmp_path / "l.sqlite",
        )
    plain = report.replace("\\", "")
    assert plain.count(HIDDEN) > 4
    assert "As [name] of [name] told @someone, [name] was there." in plain
    assert "As [name] says." in plain
    for trace in ("Okafor", "Leicester", "@bo", "0161", "ann@", "cake"):
        # The style sheet numbers printed pages in a box of that name.
        assert trace not in report.replace("@bottom-right", "")
    assert "Masking follows rules: read the report before you publish it." in plain
    rows = list(csv.DictReader((tmp_path / "p.csv").read_text("utf-8").splitlines()))
    assert {row["paraphrase"] for row in rows} == {HIDDEN}
