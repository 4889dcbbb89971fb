"""What leaves the machine: every byte is kept and looked at, whatever is asked of a model."""

import contextlib
import csv
import logging
import traceback
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from servers.batch_server import BatchServer
from servers.openai_server import (
    ChatRequest,
    HttpReply,
    ScriptedServer,
    code_by_keyword,
    failing,
    saying,
    weighed_by_keyword,
)
from servers.wiretap import Wiretap

import secondcoder
from secondcoder import EngineOptions, ModelOptions, SecondCoderError
from secondcoder.schema.examples import ExampleQuote, Examples

PRIVATE = (
    "hosthandle",
    "annhandle",
    "bobhandle",
    "cathandle",
    "danhandle",
    "evehandle",
    "fayhandle",
    "gushandle",
    "halhandle",
    "idahandle",
    "joehandle",
    "sisterhandle",
    "kim_handle",
    "leehandle9",
    "mohandle.b",
    "trust.example",
    "7946",
    "867-5309",
    "links.example",
    "linked.com",
)
ROWS = """id,author,created_at,text,in_reply_to
0,HostHandle,2026-05-14T19:00:00Z,Q1: What would help? For @CatHandle (cat@trust.example),
1,AnnHandle,2026-05-14T19:01:00Z,A1 Protected time helps says @BobHandle and \uff20DanHandle,
2,BobHandle,2026-05-14T19:02:00Z,RT@EveHandle: A1 protected time ask eve.e@trust.example,
3,EveHandle,2026-05-14T19:03:00Z,A1 thanks@FayHandle protected time call +44 20 7946 0958,1
4,FayHandle,2026-05-14T19:04:00Z,A1 protected time see HTTPS://Links.example/FayHandle,2
5,GusHandle,2026-05-14T19:05:00Z,@HalHandle@trust.example A1 protected time (555) 867-5309,3
6,HalHandle,2026-05-14T19:06:00Z,A1 protected time helps a lot see WWW.links.example,5
7,IdaHandle,2026-05-14T19:07:00Z,A1 protected time as @\u200bJoeHandle has linked.com/in/JoeHandle,6
8,Kim_Handle,2026-05-14T19:08:00Z,A1 protected time: ask kim_handle or LeeHandle9 (or MoHandle.b),
9,MoHandle.b,2026-05-14T19:09:00Z,"A1 protected time, @LeeHandle9! +44\u20117946\u2013123 456",8
10,nia,2026-05-14T19:10:00Z,A1 protected time: nia mail nia at trust.example dot org,9
"""
BOOK = """
questions:
  - id: Q1
    text: What would help? (asked for @CatHandle, cat@trust.example, with Kim_Handle)
themes:
  - id: time
    name: Protected time, as @SisterHandle says
    definition: Hours set aside; see https://links.example/time, as LeeHandle9 defined them
    include: ["@AnnHandle would say so", "so would kim_handle's team"]
    exclude: ["call +44 20 7946 0958", "not what MoHandle.b means"]
    examples: ["ask @SisterHandle for an hour", "Thanks leehandle9 (and Kim_Handle) for the hour"]
    questions: [Q1]
  - id: people
    name: Colleagues who listen
    questions: [Q1]
"""
PLAIN_BOOK = """
questions:
  - id: Q1
    text: What would help?
themes:
  - id: time
    name: Protected time
    questions: [Q1]
"""
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
KEY = "sk-this-key-is-nobody-s-business"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder to work in: a chat and a codebook full of names."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chat.csv").write_text(ROWS, "utf-8")
    (tmp_path / "codebook.yaml").write_text(BOOK, "utf-8")
    return tmp_path


@pytest.fixture
def wire() -> Iterator[Wiretap]:
    """Yield a tapped wire to a server of models and batches."""
    with BatchServer() as server, Wiretap(server.url) as tapped:
        yield tapped


def ask_everything(wire: Wiretap) -> None:
    """Ask a model all that can be asked of one: codings, batches, themes and key findings."""
    options = ModelOptions(base_url=wire.url, api_key=SecretStr(KEY))
    for size in (1, 3):
        secondcoder.code(
            "chat.csv",
            "codebook.yaml",
            coder="tiny",
            options=options.model_copy(update={"posts_per_request": size}),
            output=f"codings-{size}.jsonl",
        )
    batched = options.model_copy(update={"temperature": 0.5})
    secondcoder.submit_batch("chat.csv", "codebook.yaml", coder="tiny", options=batched)
    # The server codes posts and drafts nothing; what was asked of it has left all the same.
    with contextlib.suppress(SecondCoderError):
        secondcoder.propose("chat.csv", coder="tiny", options=options)
    with contextlib.suppress(SecondCoderError):
        secondcoder.report("codings-1.jsonl", coder="tiny", options=options)


def test_no_byte_that_leaves_holds_a_handle_an_address_a_number_or_a_link(
    folder: Path, wire: Wiretap
) -> None:
    """Of authors, mentions, old-style retweets, the post replied to, questions and the codebook."""
    ask_everything(wire)
    sent = wire.sent.decode("utf-8", "replace").casefold()
    assert sent.count("protected time") > 20
    for hidden in ("@user1", "@someone", "in answer to", "[email]", "[phone]", "[link]"):
        assert hidden in sent
    assert [name for name in PRIVATE if name in sent] == []
    # What was hidden is in the quotes all the same: they are the posts' own words.
    codings = secondcoder.read_codings(folder / "codings-1.jsonl")
    quoted = " ".join(coding.quote.text for coding in codings.quotes)
    assert "eve.e@trust.example" in quoted
    assert "+44 20 7946 0958" in quoted


@pytest.mark.usefixtures("folder")
def test_without_pseudonyms_the_same_wire_carries_the_names(wire: Wiretap) -> None:
    """So the test above would see them."""
    options = ModelOptions(base_url=wire.url, pseudonyms=False)
    secondcoder.code("chat.csv", "codebook.yaml", coder="tiny", options=options)
    sent = wire.sent.decode("utf-8", "replace").casefold()
    for name in ("annhandle", "evehandle", "danhandle", "trust.example", "7946"):
        assert name in sent


def examples() -> Examples:
    """Return what people coded of another chat, in which somebody of this one is named."""
    text = "An hour of protected time, says kim_handle, and MoHandle.b agrees"
    return Examples(quotes=(ExampleQuote(post_id="x1", text=text, theme_ids=("time",)),))


@pytest.mark.parametrize("version", range(1, 6))
@pytest.mark.usefixtures("folder")
def test_no_prompt_shows_a_bare_handle_of_the_codebook_or_of_an_example(
    version: int, wire: Wiretap
) -> None:
    """Whichever version asks, and with quotes that people coded in front of the post."""
    options = ModelOptions(base_url=wire.url, prompt_version=version, examples=examples())
    secondcoder.code("chat.csv", "codebook.yaml", coder="tiny", options=options)
    sent = wire.sent.decode("utf-8", "replace").casefold()
    assert "so would @someone's team" in sent
    assert "an hour of protected time, says @someone, and @someone agrees" in sent
    assert [name for name in PRIVATE if name in sent] == []


@pytest.mark.usefixtures("folder")
def test_likelihoods_show_no_bare_handle_of_the_codebook() -> None:
    """There the codebook stands in front of every piece of a post."""
    with ScriptedServer(weighed_by_keyword) as server, Wiretap(server.url) as wire:
        options = ModelOptions(base_url=wire.url, likelihoods=True)
        secondcoder.code("chat.csv", "codebook.yaml", coder="tiny", options=options)
        sent = wire.sent.decode("utf-8", "replace").casefold()
    assert "so would @someone's team" in sent
    assert [name for name in PRIVATE if name in sent] == []


@pytest.mark.usefixtures("folder")
def test_workers_show_no_bare_handle_of_the_codebook(wire: Wiretap) -> None:
    """A shard holds some of the posts, and hides whom the whole chat knows."""
    pytest.importorskip("pyarrow")
    options = ModelOptions(base_url=wire.url, posts_per_request=2, examples=examples())
    engine = EngineOptions(workers=1, shard_posts=4)
    secondcoder.code("chat.csv", "codebook.yaml", coder="tiny", options=options, engine=engine)
    sent = wire.sent.decode("utf-8", "replace").casefold()
    assert "so would @someone's team" in sent
    assert [name for name in PRIVATE if name in sent] == []


SPELLINGS = (
    "@\u0438\u0432\u0430\u043d_pqz",
    "@\u0396\u03c9\u03ae_pqz",
    "@\u0639\u0644\u064a_pqz",
    "\uff20\u5c71\u7530pqz\u3001",
    "\u8c22\u8c22@\u674epqz",
    "@\u0939\u093f\u0928\u093epqz",
    "@jose\u0301_pqz",
    "@p\u200bqz_a",
    "@p\xadqz",
    "\uff20\uff50\uff51\uff5a",
    "@\U0001d595\U0001d596\U0001d59f",
    "@pqz_end\nnext",
    "(@pqz_a) [@pqz_b]",
    "@pqz_a/@pqz_b",
    "@@pqz",
    "#@pqz",
    "_@pqz_",
    "via:@pqz",
    "@pqz\u2019s idea",
    "@pqz\U0001f642",
    "@a-pqz9",
    "https://pqz:word@host.example/x",
    "ssh://pqz@host.example",
    "mailto:pqz@trust.example",
    "<pqz@trust.example>",
    "pqz+plus@trust.example",
    '"pqz quoted"@trust.example',
    "pqz at trust.org",
    "\u044epqz@\u043f\u043e\u0447\u0442\u0430.\u0440\u0444",
    "ring 020 7946 0991 ext 4455",
    "+44 (0)20 7946 0991, x4455",
    "tel:+442079460991",
    "\u0660\u0667\u0669\u0664\u0666 \u0661\u0662\u0663\u0664\u0664\u0665\u0665",
)


@pytest.mark.parametrize("by_likelihoods", [False, True])
def test_no_spelling_of_a_name_leaves(folder: Path, by_likelihoods: bool) -> None:  # noqa: FBT001
    """Other alphabets and widths, marks, brackets, addresses, extensions; posts stay exact."""
    with (folder / "chat.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "author", "created_at", "text"])
        rows.writerow([0, "host", "2026-05-14T19:00:00Z", "Q1: What would help?"])
        for n, spelling in enumerate(SPELLINGS, 1):
            text = f"A1 Protected time {spelling} helps day {n}."
            rows.writerow([n, f"w{n}", f"2026-05-14T19:{n}:30Z", text])
    (folder / "codebook.yaml").write_text(PLAIN_BOOK, "utf-8")
    script = weighed_by_keyword if by_likelihoods else code_by_keyword
    with ScriptedServer(script) as server, Wiretap(server.url) as wire:
        options = ModelOptions(base_url=wire.url, likelihoods=by_likelihoods)
        done = secondcoder.code("chat.csv", "codebook.yaml", coder="tiny", options=options)
        sent = wire.sent.decode("utf-8", "replace")
    plain = unicodedata.normalize("NFKC", sent).casefold()
    assert plain.count("protected time") > len(SPELLINGS)
    hidden = ("pqz", "\u0438\u0432\u0430\u043d", "0991", "4455", "\u0664\u0665\u0665")
    assert [part for part in hidden if part in plain] == []
    assert all(each.codings for each in done.posts[1:])


@pytest.mark.usefixtures("folder")
def test_a_second_listener_hears_nothing(wire: Wiretap, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment says of other addresses, all requests go to the one named."""
    with Wiretap() as other:
        point_elsewhere(other, monkeypatch)
        ask_everything(wire)
        assert other.n_calls == 0
    assert wire.n_calls > 0


@pytest.mark.usefixtures("folder")
def test_a_second_listener_hears_nothing_of_workers_or_a_panel(
    wire: Wiretap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers have the environment of who started them, each member an address of its own."""
    pytest.importorskip("pyarrow")
    options = ModelOptions(base_url=wire.url, concurrency=2)
    engine = EngineOptions(workers=2, shard_posts=4)
    with Wiretap() as other:
        point_elsewhere(other, monkeypatch)
        secondcoder.code("chat.csv", "codebook.yaml", coder="a", options=options, engine=engine)
        members = (f"b@{wire.url}", f"c@{wire.url}")
        secondcoder.code("chat.csv", "codebook.yaml", coder=members)
        assert other.n_calls == 0
    assert wire.sent.count(b"POST /v1/chat/completions") >= 3 * 8


def point_elsewhere(other: Wiretap, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name another address in every variable of the environment that could be followed."""
    for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE", *PROXIES):
        monkeypatch.setenv(name, other.url)
        monkeypatch.setenv(name.lower(), other.url)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


def test_the_key_is_in_no_log_file_or_error(
    folder: Path,
    wire: Wiretap,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """It goes to the server in a header, and nowhere else: not even into logs of everything."""
    with caplog.at_level(logging.DEBUG):
        ask_everything(wire)
        secondcoder.report("codings-1.jsonl", output="report.html")
        secondcoder.export_ledger(folder / "secondcoder-ledger.sqlite", "answers.jsonl")
    assert wire.sent.count(f"Bearer {KEY}".encode()) > 10
    printed = capfd.readouterr()
    assert KEY not in caplog.text + printed.out + printed.err
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 5
    assert [path.name for path in files if KEY.encode() in path.read_bytes()] == []


@pytest.mark.parametrize("status", [400, 401, 404])
@pytest.mark.usefixtures("folder")
def test_an_error_that_quotes_the_key_does_not_pass_it_on(status: int) -> None:
    """Servers may repeat the key they refuse, or the whole request."""
    with ScriptedServer(lambda _: failing(status, f"API key {KEY} is wrong")) as server:
        options = ModelOptions(base_url=server.url, api_key=SecretStr(KEY))
        with pytest.raises(SecondCoderError, match=r"API key \[key\] is wrong") as raised:
            secondcoder.code("chat.csv", "codebook.yaml", coder="tiny", options=options)
    assert KEY not in "".join(traceback.format_exception(raised.value))


@pytest.mark.usefixtures("folder")
def test_a_reply_that_quotes_the_key_is_kept_without_it(tmp_path: Path) -> None:
    """A model behind a careless server may be shown its headers."""

    def careless(request: ChatRequest) -> HttpReply:
        said = saying(request, f"{request.headers['authorization']} it is.")
        return said if "[phone]" in request.user else code_by_keyword(request)

    with ScriptedServer(careless) as server:
        options = ModelOptions(base_url=server.url, api_key=SecretStr(KEY))
        done = secondcoder.code("chat.csv", "codebook.yaml", coder="tiny", options=options)
    (first, *_) = [each.outcome for each in done.posts if each.outcome.kind == "failed"]
    assert "Bearer [key] it is." in str(first)
    files = [path for path in tmp_path.iterdir() if path.is_file()]
    assert [path.name for path in files if KEY.encode() in path.read_bytes()] == []


def scolding(request: ChatRequest) -> HttpReply:
    """Refuse some requests and answer others, each with the key."""
    if "[phone]" in request.user:
        return failing(400, f"API key {KEY} may not ask that")
    if "[email]" in request.user:
        return saying(request, f"Bearer {KEY} it is.")
    return code_by_keyword(request)


def test_results_of_a_batch_that_quote_the_key_are_kept_without_it(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Be it in a reply, in the error of one request, or in why the whole batch was refused."""
    options = ModelOptions(api_key=SecretStr(KEY), max_attempts=1)
    refusal = ("invalid", f"API key {KEY} has no batches")
    with BatchServer(scolding, refuses=(None, refusal)) as server:
        options = options.model_copy(update={"base_url": server.url})
        for name in ("first", "second"):
            secondcoder.submit_batch(
                "chat.csv",
                "codebook.yaml",
                coder=f"openai/{name}",
                options=options,
                output=f"{name}.jsonl",
                ledger=f"{name}.sqlite",
            )
            server.finish()
            report = secondcoder.collect_batch(f"{name}.sqlite", again="no", api_key=SecretStr(KEY))
            assert KEY not in report.model_dump_json()
    posts = secondcoder.read_codings(folder / "first.jsonl").posts
    failed = " ".join(str(each.outcome) for each in posts if each.outcome.kind == "failed")
    assert "API key [key] may not ask that" in failed
    assert "Bearer [key] it is." in failed
    assert "API key [key] has no batches" in (folder / "second.jsonl").read_text("utf-8")
    printed = capfd.readouterr()
    assert KEY not in printed.out + printed.err
    files = [path for path in folder.iterdir() if path.is_file()]
    assert [path.name for path in files if KEY.encode() in path.read_bytes()] == []
