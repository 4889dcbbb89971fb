"""Reports that show nobody: masked and paraphrased quotes, and people who opted out."""

import csv
import json
import re
import stat
from pathlib import Path

import pytest
from servers.openai_server import ChatRequest, HttpReply, ScriptedServer, saying

import secondcoder
from secondcoder.errors import InputError, StoreError
from secondcoder.reporting.opting_out import without_authors
from secondcoder.schema.codebook import Theme
from secondcoder.schema.codings import Codings
from secondcoder.schema.options import ModelOptions

FORMS = ("markdown", "html", "json")


@pytest.mark.parametrize("form", FORMS)
def test_a_masked_report_leads_to_nobody(codings: Codings, form: str) -> None:
    """No author, post id, time of a post or link of the chat is in any form of it."""
    assert form in {"markdown", "html", "json"}
    page = secondcoder.report(codings, form=form, quotes="masked")  # type: ignore[arg-type]
    assert "No hours at all" in page
    assert "participant 1" in page
    for trace in ("Ann", "@bo", "example.org", "20:01", "post p1", "post-p1", "status/"):
        assert trace not in page
    assert "masked in quotes" in page


def test_a_masked_quote_hides_handles_links_and_names(codings: Codings) -> None:
    """The repost of bo's words names nobody; the hostile post's link is gone."""
    report = secondcoder.report(codings, form="json", quotes="masked")
    assert "RT @someone: No hours at all" in report
    assert "https://" not in report


def test_a_theme_that_a_quote_named_loses_its_name(codings: Codings) -> None:
    """Proposed themes may be named and defined by a quote of five words or more."""
    book = codings.info.codebook
    quoted = Theme(
        id="time",
        name="“the numbers come in June”",
        definition="Answers like “Admit your own mistakes” and “the numbers come in June”",
        questions=("Q1",),
    )
    themes = tuple(quoted if theme.id == "time" else theme for theme in book.themes)
    info = codings.info.model_copy(update={"codebook": book.changed(themes=themes)})
    report = secondcoder.report(
        Codings(info=info, posts=codings.posts), form="json", quotes="masked"
    )
    sections = json.loads(report)["breakdown"]["questions"]
    named = [theme for theme in sections[0]["themes"] if theme["theme_id"] == "time"]
    assert (named[0]["name"], named[0]["definition"]) == (f"Theme {named[0]['number']}", "")


def rewriting(request: ChatRequest) -> HttpReply:
    """Paraphrase every quote by its number; write a finding where one is asked for."""
    numbers = re.findall(r"^\[(\d+)\] ", request.user, re.MULTILINE)
    if request.user.startswith("Rewrite"):
        said = [{"quote": int(n), "text": f"something about work {n}"} for n in numbers]
        return saying(request, json.dumps({"paraphrases": said}))
    return saying(request, json.dumps({"sentence": "It was shared.", "quotes": [1]}))


def test_paraphrases_stand_in_the_report_and_the_words_in_a_private_file(
    codings: Codings, tmp_path: Path
) -> None:
    """No participant's word is in the page; the file that tells them is for its owner alone."""
    output = tmp_path / "report.html"
    with ScriptedServer(rewriting) as server:
        options = ModelOptions(base_url=server.url, mode="json")
        page = secondcoder.report(
            codings, output=output, quotes="paraphrased", coder="m", options=options
        )
    assert "something about work 1" in page
    for words in ("No hours", "night shift", "cake", "Hello all", "broke the machine"):
        assert words not in page
    private = tmp_path / "report.html.private.csv"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    rows = list(csv.DictReader(private.read_text("utf-8").splitlines()))
    assert {row["verbatim"] for row in rows} >= {"No hours at all", "Thank the night shift"}
    assert rows[0]["author"]


def test_a_paraphrase_that_copies_is_refused_and_then_not_shown(
    codings: Codings, tmp_path: Path
) -> None:
    """The model repeats one quote of six words each time: that one is not shown, the others are."""

    def script(request: ChatRequest) -> HttpReply:
        quotes = re.findall(r"^\[(\d+)\] (.*)$", request.user, re.MULTILINE)
        if not request.user.startswith("Rewrite"):
            return rewriting(request)
        said = [
            {"quote": int(n), "text": text if "numbers come" in text else f"other words {n}"}
            for n, text in quotes
        ]
        return saying(request, json.dumps({"paraphrases": said}))

    with ScriptedServer(script) as server:
        options = ModelOptions(base_url=server.url, mode="json")
        report = secondcoder.report(
            codings,
            form="json",
            quotes="paraphrased",
            private=tmp_path / "p.csv",
            coder="m",
            options=options,
            ledger=tmp_path / "l.sqlite",
        )
        told = [request.user for request in server.requests]
    assert "1 could not be paraphrased and are not shown." in report
    assert "the numbers come in June" not in report
    assert "other words" in report
    assert any("keeps the words 'the numbers come in june'" in user for user in told)


@pytest.mark.parametrize(
    ("reply", "complaint"),
    [
        ([], "quote 1 is given 0 times"),
        ([1, 1], "quote 1 is given 2 times"),
        ([1, 2], "there is no quote 2"),
    ],
)
def test_every_quote_is_paraphrased_once(
    reply: list[int], complaint: str, codings: Codings, tmp_path: Path
) -> None:
    """A reply that loses, doubles or invents one is asked again, and told why."""

    def script(request: ChatRequest) -> HttpReply:
        said = [{"quote": number, "text": "other words"} for number in reply]
        return saying(request, json.dumps({"paraphrases": said}))

    one = Codings(info=codings.info, posts=codings.posts[3:4])
    with ScriptedServer(script) as server:
        options = ModelOptions(base_url=server.url, mode="json")
        secondcoder.report(
            one,
            quotes="paraphrased",
            private=tmp_path / "p.csv",
            coder="m",
            options=options,
            ledger=tmp_path / "l.sqlite",
        )
        assert any(complaint in request.user for request in server.requests)


def test_paraphrases_need_somebody_to_write_them(codings: Codings, tmp_path: Path) -> None:
    """Without a model there is only masking; a file of others is not written over."""
    with pytest.raises(InputError, match="--quotes masked asks no model"):
        secondcoder.report(codings, quotes="paraphrased", output=tmp_path / "r.md")
    chat = tmp_path / "chat.csv"
    chat.write_text("id,text\n", "utf-8")
    with pytest.raises(StoreError, match="not overwritten"):
        secondcoder.report(codings, quotes="paraphrased", private=chat, coder="m")


def test_people_who_opted_out_are_counted_and_not_shown(codings: Codings, tmp_path: Path) -> None:
    """Bo wrote p2, p6 and p8, and dee passed p2 on: four posts, one participant."""
    names = tmp_path / "out.txt"
    names.write_text("# asked on Monday\n@BO\n\n", "utf-8")
    report = secondcoder.report(codings, form="markdown", opt_out=names)
    assert "4 posts by 1 participant who asked to be left out are not in this report." in report
    assert "No hours at all" not in report
    assert "Of 6 posts, 4 gave" in report


def test_a_name_that_nobody_has_is_a_mistake_to_mend(codings: Codings, tmp_path: Path) -> None:
    """Somebody asked to be left out: a slip in the name must not show them."""
    with pytest.raises(InputError, match="no post is by boo, who should be left out"):
        secondcoder.report(codings, opt_out=["boo"])
    with pytest.raises(InputError, match="can't be read"):
        secondcoder.report(codings, opt_out=tmp_path / "nothing.txt")


def test_a_repost_without_an_id_names_whom_it_repeats(codings: Codings) -> None:
    """`RT @bo: …` is bo's, whatever the export forgot."""
    bare = codings.posts[6].post.model_copy(update={"repost_of": None})
    posts = (codings.posts[1], codings.posts[6].model_copy(update={"post": bare}))
    kept = without_authors(Codings(info=codings.info, posts=posts), ["bo"])
    assert kept.codings.posts == ()
    assert kept.sentence is not None
