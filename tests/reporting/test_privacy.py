"""Reports that show nobody: masked and paraphrased quotes, and people who opted out."""

import csv
import json
import re
import stat
from pathlib import Path

import pytest
from reporting.conftest import post
from servers.openai_server import ChatRequest, HttpReply, ScriptedServer, saying

import secondcoder
from secondcoder.errors import InputError, StoreError
from secondcoder.reporting.opting_out import without_authors
from secondcoder.schema.codebook import Theme
from secondcoder.schema.codings import Codings, LeftOut, LeftOutReason, PostCodings
from secondcoder.schema.edits import CodebookEdit, EditKind
from secondcoder.schema.options import ModelOptions

FORMS = ("markdown", "html", "json")


@pytest.mark.parametrize("form", FORMS)
def test_a_masked_report_leads_to_nobody(codings: Codings, form: str) -> None:
    """No author, post id, time of a post or link of the chat is in any form of it."""
    assert form in {"markdown", "html", "json"}
    page = secondcoder.report(codings, form=form, quotes="masked")  # type: ignore[arg-type]
    assert "No hours at all" in page
    assert "participant 1" in page
    for trace in ("Ann", "@bo", "example.org", "20:0", "post p1", "post-p1", "status/"):
        # The style sheet numbers printed pages in a box of that name.
        assert trace not in page.replace("@bottom-right", "")
    assert "5 March 2026" in page
    assert "masked in quotes" in page


def test_a_masked_quote_hides_handles_links_and_names(codings: Codings) -> None:
    """The repost of bo's words names nobody; the hostile post's link is gone."""
    report = secondcoder.report(codings, form="json", quotes="masked")
    assert "RT @someone: No hours at all" in report
    assert "https://" not in report


@pytest.mark.parametrize("form", FORMS)
def test_a_private_report_does_not_name_the_file_of_posts(codings: Codings, form: str) -> None:
    """The methods withhold the source; so does the introduction, where there is no address."""
    chat = codings.info.chat.model_copy(
        update={"source": "ann-and-bo-2026.csv", "source_url": None}
    )
    info = codings.info.model_copy(update={"chat": chat})
    read = Codings(info=info, posts=codings.posts)
    assert "ann-and-bo-2026" in secondcoder.report(read, form=form)  # type: ignore[arg-type]
    assert "ann-and-bo" not in secondcoder.report(read, form=form, quotes="masked")  # type: ignore[arg-type]


def test_authors_in_small_letters_and_listed_words_are_masked(
    codings: Codings, tmp_path: Path
) -> None:
    """Ann wrote two posts; a third thanks her by a small ann. Cake is on somebody's list."""
    thanks = post(11, "fay", "thanks ann, more cake please")
    posts = (
        *codings.posts,
        PostCodings(post=thanks, outcome=LeftOut(reason=LeftOutReason.NO_IDEA)),
    )
    chat = Codings(info=codings.info, posts=posts)
    report = secondcoder.report(chat, form="json", quotes="masked")
    assert "thanks [name], more cake please" in report
    assert "characters. Handles, links and likely names are masked in quotes, and" in report
    (tmp_path / "list.txt").write_text("cake  # a dog\n", "utf-8")
    listed = secondcoder.report(chat, form="json", quotes="masked", mask_also=tmp_path / "list.txt")
    assert "thanks [name], more [name] please" in listed
    with pytest.raises(InputError, match="quotes are verbatim, and nothing is masked"):
        secondcoder.report(chat, mask_also=["cake"])


def rewriting(request: ChatRequest) -> HttpReply:
    """Paraphrase every quote by its number; write a finding where one is asked for."""
    numbers = re.findall(r"^\[(\d+)\] ", request.user, re.MULTILINE)
    if request.user.startswith("Rewrite"):
        said = [{"quote": int(n), "text": f"something about work {n}"} for n in numbers]
        return saying(request, json.dumps({"paraphrases": said}))
    return saying(request, json.dumps({"sentence": "It was shared.", "quotes": [1]}))


def named_by(codings: Codings, name: str, quote: str) -> Codings:
    """Return the codings with a theme that is named and defined by words of a quote."""
    book = codings.info.codebook
    quoted = Theme(
        id="time",
        name=name,
        definition=f"Answers like “Anything else” and “{quote}”",
        questions=("Q1",),
    )
    themes = tuple(quoted if theme.id == "time" else theme for theme in book.themes)
    info = codings.info.model_copy(update={"codebook": book.changed(themes=themes)})
    return Codings(info=info, posts=codings.posts)


@pytest.mark.parametrize("quote", ["the numbers come in June", "numbers come"])
def test_a_theme_that_a_quote_named_loses_its_name_where_quotes_are_paraphrased(
    codings: Codings, quote: str, tmp_path: Path
) -> None:
    """Themes may be named by a quote of five words or more, and defined by one of two or more.

    Who makes the report is told.
    """
    told: list[str] = []
    with ScriptedServer(rewriting) as server:
        report = secondcoder.report(
            named_by(codings, "“the numbers come in June”", quote),
            form="json",
            quotes="paraphrased",
            private=tmp_path / "p.csv",
            coder="m",
            options=ModelOptions(base_url=server.url, mode="json"),
            ledger=tmp_path / "l.sqlite",
            progress=lambda step: told.append(step.note or ""),
        )
    sections = json.loads(report)["breakdown"]["questions"]
    named = [theme for theme in sections[0]["themes"] if theme["name"].startswith("Theme ")]
    number = named[0]["number"]
    assert named[0]["theme_id"] == "time"
    assert (named[0]["name"], named[0]["definition"]) == (f"Theme {number}", "")
    assert "numbers come" not in report
    for what in ("name", "definition"):
        assert any(
            line.startswith(f"the {what} of theme {number} is not shown, since it repeats words")
            for line in told
        )


def test_a_theme_keeps_its_name_where_the_quotes_themselves_stand(codings: Codings) -> None:
    """Masked quotes hold the same words: only names in them are hidden."""
    told: list[str] = []
    report = secondcoder.report(
        named_by(codings, "the numbers come in June, says Ann", "the numbers come in June"),
        form="json",
        quotes="masked",
        progress=lambda step: told.append(step.note or ""),
    )
    themes = json.loads(report)["breakdown"]["questions"][0]["themes"]
    theme = next(one for one in themes if one["theme_id"] == "time")
    assert theme["name"] == "the numbers come in June, says [name]"
    assert theme["definition"] == "Answers like “Anything else” and “the numbers come in June”"
    assert "spoke of “the numbers come in June, says [name]”" in theme["finding"]["text"]
    assert told == []


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
    assert "range of its post&#39;s characters. Quotes are paraphrased; the original words" in page
    # The codings are the embedded coder's, and yet quotes were sent: the methods say where to.
    assert f"Posts were sent to {server.url} and nowhere else." in page
    for task in ("key-findings", "paraphrase"):
        assert f"Prompt {task}/v" in page
    private = tmp_path / "report.html.private.csv"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    rows = list(csv.DictReader(private.read_text("utf-8").splitlines()))
    assert {row["verbatim"] for row in rows} >= {"No hours at all", "Thank the night shift"}
    assert rows[0]["author"]


def test_a_paraphrase_that_copies_is_refused_and_then_not_shown(
    codings: Codings, tmp_path: Path
) -> None:
    """The model repeats one quote of six words each time: that one is not shown, the others are.

    Nor are five posts that gave no quote: each is counted, and once it is said how many.
    """

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
    assert "1 quote could not be paraphrased and is not shown. Of 5 posts that gave" in report
    assert "(not shown)" not in report
    quotes = json.loads(report)["breakdown"]["questions"][0]["themes"][0]["quotes"]
    assert [quote["text"] for quote in quotes if quote["number"] == 2] == [None]
    assert "2,p1,Ann,the numbers come in June,\n" in (tmp_path / "p.csv").read_text()
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
    with pytest.raises(InputError, match="these are masked; add --quotes paraphrased"):
        secondcoder.report(codings, quotes="masked", private=tmp_path / "p.csv")
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


@pytest.mark.parametrize("form", FORMS)
def test_pictures_of_a_masked_report_tell_no_time_and_nobody(codings: Codings, form: str) -> None:
    """Columns of five minutes are counted from the start; a theme is named without names."""
    book = codings.info.codebook
    quoted = Theme(id="time", name="the numbers of Ann", questions=("Q1",))
    themes = tuple(quoted if theme.id == "time" else theme for theme in book.themes)
    info = codings.info.model_copy(update={"codebook": book.changed(themes=themes)})
    hidden = Codings(info=info, posts=codings.posts)
    page = secondcoder.report(hidden, form=form, quotes="masked")  # type: ignore[arg-type]
    pictures = json.loads(secondcoder.report(hidden, form="json", quotes="masked"))["charts"]
    columns = next(one for one in pictures if one["id"] == "posts-over-time")
    assert columns["rows"][:3] == [["0 min", 4], ["5 min", 4], ["10 min", 1]]
    told = json.dumps(pictures)
    assert "the numbers of [name]" in told
    for trace in ("20:0", "Ann", "eli"):
        assert trace not in told
    for chart in pictures:
        assert chart["title"] in page


def test_pictures_leave_out_who_opted_out(codings: Codings) -> None:
    """Without bo's three posts and the repost of one, six are drawn, of five authors."""
    told = json.loads(secondcoder.report(codings, form="json", opt_out=["bo"]))
    charts = {chart["id"]: chart for chart in told["charts"]}
    assert sum(row[1] for row in charts["coverage"]["rows"]) == 6
    assert "of 5 authors" not in charts["participation"]["alt"]
    assert "of 4 authors" in charts["participation"]["alt"]


BO_SAID = "Admit your own mistakes"
QUOTING = Theme(
    id="no-hours-at-all-admit-your",
    name=f"“{BO_SAID}”",
    definition="Answers that make the same point as “No hours at all”.",
    questions=("Q1", "Q2"),
    key_finding="Somebody had no hours at all, admit your",
)


def quoting(codings: Codings) -> Codings:
    """Return the codings with a theme that is all bo's words, under the posts of two themes."""
    posts = json.loads(Codings(info=codings.info, posts=codings.posts).model_dump_json())
    book = codings.info.codebook
    kept = [theme for theme in book.themes if theme.id not in {"time", "safety"}]
    edit = CodebookEdit(
        kind=EditKind.RENAME,
        before=("time",),
        after=(QUOTING.id,),
        reason="clearer",
        version="3",
    )
    info = codings.info.model_copy(
        update={"codebook": book.changed(themes=(*kept, QUOTING), edits=(edit,))}
    )
    told = json.dumps(posts["posts"]).replace('"time"', f'"{QUOTING.id}"')
    told = told.replace('"safety"', f'"{QUOTING.id}"')
    return Codings.model_validate({"info": info.model_dump(mode="json"), "posts": json.loads(told)})


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("quotes", ["verbatim", "masked"])
def test_a_codebook_that_quotes_who_opted_out_is_not_printed(
    codings: Codings, form: str, quotes: str
) -> None:
    """Its name, definition, key finding and id are bo's words: none of them, and the rest stays."""
    hers = quoting(codings)
    told = secondcoder.report(hers, form=form)  # type: ignore[arg-type]
    without = secondcoder.report(hers, form=form, quotes=quotes, opt_out=["bo"])  # type: ignore[arg-type]
    for words in (BO_SAID, "o hours at all", "had no hours", QUOTING.id):
        assert words in told
        assert words not in without
    assert "it repeats words of somebody who asked to be left out" in without
    assert "Late data" in without
    assert codings.info.codebook.version == "3"
    assert hers.info.codebook.sha256[:8] in without


def edited(codings: Codings, *why_and_who: tuple[str, str]) -> Codings:
    """Return the codings under a codebook that was edited for these reasons by these people."""
    edits = tuple(
        CodebookEdit(
            kind=EditKind.RENAME,
            before=("time",),
            after=("time",),
            reason=why,
            made_by=who,
            version=codings.info.codebook.version,
        )
        for why, who in why_and_who
    )
    book = codings.info.codebook.changed(edits=edits)
    info = codings.info.model_copy(update={"codebook": book})
    return Codings(info=info, posts=codings.posts)


@pytest.mark.parametrize("form", FORMS)
def test_reasons_of_edits_neither_quote_nor_name_who_opted_out(codings: Codings, form: str) -> None:
    """A reason that quotes bo, one that names bo, an edit by bo; that of somebody else stays."""
    told = edited(
        codings,
        (f"narrower than “{BO_SAID}”", "Zoe Analyst"),
        ("@BO asked for it, and Bo knows", "Zoe for Bo"),
        ("two ideas in a bowl", "@Bo"),
    )
    page = secondcoder.report(told, form=form)  # type: ignore[arg-type]
    assert BO_SAID in page
    assert "and Bo knows" in page
    page = secondcoder.report(told, form=form, opt_out=["bo"])  # type: ignore[arg-type]
    page = page.replace("\\", "")
    assert BO_SAID not in page
    assert "(reason not shown, since it repeats words of a post, by Zoe Analyst)" in page
    assert "(@someone asked for it, and [name] knows, by somebody whose name is not shown)" in page
    assert "(two ideas in a bowl, by somebody whose name is not shown)" in page


@pytest.mark.parametrize("quotes", ["masked", "paraphrased"])
def test_reasons_of_edits_hold_no_quotes_or_handles_where_quotes_are_not_verbatim(
    codings: Codings, tmp_path: Path, quotes: str
) -> None:
    """Neither five words of a post, nor a handle, nor somebody of the chat who decided."""
    texts = (one.post.text for one in codings.posts)
    words = next(found.group() for text in texts if (found := re.search(r"(?:\w+ ){4}\w+", text)))
    told = edited(
        codings, (f"as somebody wrote: {words}", "Zoe"), ("ask @whoever of example.org", "BO")
    )
    assert f"as somebody wrote: {words}" in secondcoder.report(told)
    with ScriptedServer(rewriting) as server:
        asks = {"coder": "m", "options": ModelOptions(base_url=server.url, mode="json")}
        given: dict[str, object] = asks if quotes == "paraphrased" else {}
        page = secondcoder.report(told, output=tmp_path / "r.html", quotes=quotes, **given)  # type: ignore[arg-type]
    assert "as somebody wrote" not in page
    assert "(reason not shown, since it repeats words of a post, by Zoe)" in page
    assert "@whoever" not in page
    assert "by somebody whose name is not shown)" in page


def test_a_model_is_not_sent_the_words_of_who_opted_out(codings: Codings, tmp_path: Path) -> None:
    """Neither the name nor the definition of the theme that it writes a sentence on."""
    with ScriptedServer(rewriting) as server:
        options = ModelOptions(base_url=server.url, mode="json")
        secondcoder.report(
            quoting(codings),
            opt_out=["bo"],
            coder="m",
            options=options,
            ledger=tmp_path / "l.sqlite",
        )
        sent = " ".join(request.user for request in server.requests)
    assert "Late data" in sent
    assert BO_SAID not in sent
    assert "o hours at all" not in sent


@pytest.mark.parametrize("form", FORMS)
def test_words_of_a_codebook_are_masked_as_quotes_are(codings: Codings, form: str) -> None:
    """Eli is an author and cake is listed: in a definition, a key finding, a reason of an edit."""
    book = codings.info.codebook
    told = Theme(
        id="time",
        name="No time",
        definition="As Eli says of cake.",
        key_finding="Time decides, thinks Eli of cake.",
        questions=("Q1",),
    )
    wrong = Theme(
        id="data",
        name="Late data",
        key_finding="All 77 of them and Eli wait.",
        questions=("Q1",),
    )
    edit = CodebookEdit(
        kind=EditKind.RENAME, before=("old",), after=("time",), reason="so said Eli", version="3"
    )
    own = {"time": told, "data": wrong}
    themes = tuple(own.get(theme.id, theme) for theme in book.themes)
    info = codings.info.model_copy(update={"codebook": book.changed(themes=themes, edits=(edit,))})
    report = secondcoder.report(
        Codings(info=info, posts=codings.posts),
        form=form,  # type: ignore[arg-type]
        quotes="masked",
        mask_also=["cake"],
    )
    plain = report.replace("\\", "")
    for words in (
        "As [name] says of [name].",
        "Time decides, thinks [name] of [name].",
        "All 77 of them and [name] wait.",
        "so said [name]",
    ):
        assert words in plain
    assert "Eli" not in report
    assert "cake" not in report


def test_a_sentence_that_repeats_a_quote_is_withheld_from_paraphrases(
    codings: Codings, tmp_path: Path
) -> None:
    """The model's of five words in a row, and the codebook's own: the sentence of counts stands."""

    def script(request: ChatRequest) -> HttpReply:
        if request.user.startswith("Rewrite"):
            return rewriting(request)
        sentence = "They said the numbers come in June." if "Late data" in request.user else "Fine."
        return saying(request, json.dumps({"sentence": sentence, "quotes": [1]}))

    book = codings.info.codebook
    own = Theme(
        id="time",
        name="No time",
        questions=("Q1",),
        key_finding="Here the numbers come in June.",
    )
    themes = tuple(own if theme.id == "time" else theme for theme in book.themes)
    info = codings.info.model_copy(update={"codebook": book.changed(themes=themes)})
    with ScriptedServer(script) as server:
        report = secondcoder.report(
            Codings(info=info, posts=codings.posts),
            form="json",
            quotes="paraphrased",
            private=tmp_path / "p.csv",
            coder="m",
            options=ModelOptions(base_url=server.url, mode="json"),
            ledger=tmp_path / "l.sqlite",
        )
    assert "numbers come in June" not in report
    found = {
        theme["theme_id"]: theme["finding"]
        for section in json.loads(report)["breakdown"]["questions"]
        for theme in section["themes"]
        if theme["finding"]
    }
    for name, origin in (("data", "model"), ("time", "codebook")):
        assert "spoke of" in found[name]["text"]
        assert found[name]["origin"] == "counts"
        assert found[name]["withheld"]["origin"] == origin
        assert "it repeats words of a quote" in found[name]["withheld"]["why"]
    assert found["safety"]["text"] == "Fine."


@pytest.mark.parametrize("form", FORMS)
def test_a_theme_that_is_called_by_a_person_gives_nobody_away(codings: Codings, form: str) -> None:
    """Keyless names are words of posts; a name among them is masked there and in every quote."""
    book = codings.info.codebook
    named = Theme(
        id="okafor-and-june",
        name="Okafor and cake",
        questions=("Q1",),
        key_finding="More people named Okafor than rides.",  # withheld, with both sides
    )
    told = json.dumps([coded.model_dump(mode="json") for coded in codings.posts])
    told = told.replace('"data"', '"okafor-and-june"')
    posts = [PostCodings.model_validate(one) for one in json.loads(told)]
    for number in (21, 22):
        said = post(number, "fay", "then Okafor said it was cake")
        posts.append(PostCodings(post=said, outcome=LeftOut(reason=LeftOutReason.NO_IDEA)))
    edit = CodebookEdit(
        kind=EditKind.RENAME, before=("okafor",), after=(named.id,), reason="clear", version="3"
    )
    themes = (named, *(theme for theme in book.themes if theme.id != "data"))
    info = codings.info.model_copy(update={"codebook": book.changed(themes=themes, edits=(edit,))})
    chat = Codings(info=info, posts=tuple(posts))
    assert "Okafor and cake" in secondcoder.report(chat, form=form)  # type: ignore[arg-type]
    report = secondcoder.report(chat, form=form, quotes="masked")  # type: ignore[arg-type]
    assert "okafor" not in report.casefold()
    assert "[name] and cake" in report.replace("\\", "")
    assert "then [name] said it was cake" in report.replace("\\", "")
    assert "No time" in report
    asked = tuple(
        question.model_copy(update={"text": "What would Okafor do?"})
        if question.id == "Q1"
        else question
        for question in book.questions
    )
    info = info.model_copy(update={"codebook": info.codebook.changed(questions=asked)})
    public = Codings(info=info, posts=chat.posts)
    report = secondcoder.report(public, form=form, quotes="masked")  # type: ignore[arg-type]
    assert "Okafor and cake" in report


def test_why_a_models_sentence_is_withheld_from_paraphrases_is_said_in_words(
    codings: Codings, tmp_path: Path
) -> None:
    """The refusal quotes the number that the model made up; on screen stands a reason in words."""

    def script(request: ChatRequest) -> HttpReply:
        if request.user.startswith("Rewrite"):
            return rewriting(request)
        return saying(request, json.dumps({"sentence": "It was 4711 wards.", "quotes": [1]}))

    told: list[str] = []
    with ScriptedServer(script) as server:
        report = secondcoder.report(
            codings,
            form="markdown",
            quotes="paraphrased",
            private=tmp_path / "p.csv",
            coder="m",
            options=ModelOptions(base_url=server.url, mode="json"),
            ledger=tmp_path / "l.sqlite",
            progress=lambda step: told.append(step.note or ""),
        )
    reasons = [line for line in told if "withheld" in line]
    assert reasons
    for line in reasons:
        assert line.endswith("the reason may repeat a quote and is not shown.")
    for words in ("4711", "(not shown)"):
        assert words not in report + "".join(told)
