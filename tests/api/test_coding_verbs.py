"""`code`: every post once, in order, whatever the coder does; to memory or to a file."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import secondcoder
from secondcoder.coding.tasks import Decision, Task
from secondcoder.errors import CodingsError, InputError, StoreError
from secondcoder.schema.chat import (
    Attribution,
    AttributionRule,
    Chat,
    ChatCounts,
    ChatInfo,
    Post,
    Question,
)
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import Abstention, Coding, Codings, Failure, LeftOut, Quoted
from secondcoder.schema.progress import Progress
from secondcoder.schema.quotes import Quote, Span
from secondcoder.schema.runs import Coder, CoderKind, Run, Usage
from secondcoder.store.ledger import Ledger

START = datetime(2026, 5, 14, 19, tzinfo=UTC)
BOOK = Codebook(
    questions=(Question(id="Q1", text="What would help?"), Question(id="Q2", text="Who helps?")),
    themes=(Theme(id="time", name="Time", questions=("Q1",)), Theme(id="team", name="Team")),
)
TEXTS = (
    "Q1: What would help? #chat",
    "A1 Protected time every week would change everything.",
    "RT @ann: A1 Protected time every week would change everything.",
    "A1 Colleagues who listen to each other.",
    "Q2: Who helps? #chat",
    "A2 The porters on nights, they know the whole house.",
)


def posts() -> tuple[Post, ...]:
    """Return six posts: two questions, three answers, a repost."""
    return tuple(
        Post(
            id=str(number),
            text=text,
            author="host" if text.startswith("Q") else "ann" if number == 1 else f"p{number}",
            created_at=START + timedelta(minutes=number),
            is_repost=text.startswith("RT"),
        )
        for number, text in enumerate(TEXTS)
    )


def chat() -> Chat:
    """Return a chat of the six posts."""
    return Chat(info=ChatInfo(title="A chat", moderators=("host",)), posts=posts())


class Backwards:
    """A coder that answers in the reverse of the order asked, to show that order is kept."""

    def __init__(self, *, forgets: str | None = None) -> None:
        self.asked: list[Task] = []
        self._forgets = forgets

    @property
    def coder(self) -> Coder:
        """Return who this is."""
        return Coder(id="backwards", kind=CoderKind.MODEL)

    def describe(self, run: Run) -> Run:
        """Return the run with this coder's parameters."""
        return run.model_copy(update={"parameters": {"direction": "backwards"}})

    async def code(self, tasks: Iterable[Task]) -> AsyncGenerator[Decision, None]:
        """Yield a quote of the whole text per post, an abstention and a failure among them."""
        self.asked = list(tasks)
        for task in reversed(self.asked):
            if task.post.id == self._forgets:
                continue
            quote = Quote.cut(task.post, [Span(start=3, end=len(task.post.text))])
            question_id = next(iter(task.attribution.question_ids), None)
            outcome: Quoted | Abstention | Failure = Quoted(
                codings=(Coding(quote=quote, question_id=question_id, theme_ids=("team",)),)
            )
            if task.post.id == "3":
                outcome = Abstention(note="unsure")
            if task.post.id == "5":
                outcome = Failure(error="ResponseError", detail="empty reply")
            yield Decision(task, outcome, Usage(n_requests=1, prompt_tokens=10))


def test_every_post_comes_out_once_and_in_order() -> None:
    """Questions and the repost are settled by rules, the rest by the coder, all in order."""
    codings = secondcoder.code(chat(), BOOK, coder=Backwards())
    assert isinstance(codings, secondcoder.Codings)
    assert [coded.post.id for coded in codings.posts] == ["0", "1", "2", "3", "4", "5"]
    kinds = [
        coded.outcome.reason.value if isinstance(coded.outcome, LeftOut) else coded.outcome.kind
        for coded in codings.posts
    ]
    assert kinds == ["question", "quoted", "repost", "abstained", "question", "failed"]


def test_a_repost_names_the_post_that_is_coded_instead() -> None:
    """The words of post 1 are coded once, under post 1."""
    repost = secondcoder.code(chat(), BOOK, coder=Backwards()).posts[2]
    assert isinstance(repost.outcome, LeftOut)
    assert repost.outcome.same_as == "1"


def test_a_coder_is_asked_nothing_that_rules_decide() -> None:
    """Only the three answers reach it, with their questions."""
    coder = Backwards()
    secondcoder.code(chat(), BOOK, coder=coder)
    asked = [(task.post.id, task.attribution.question_ids) for task in coder.asked]
    assert asked == [("1", ("Q1",)), ("3", ("Q1",)), ("5", ("Q2",))]


def test_the_run_says_who_when_with_what() -> None:
    """Coder, parameters, codebook hash, times and the sum of the usage are in the record."""
    run = secondcoder.code(chat(), BOOK, coder=Backwards()).info.run
    assert run.coder.id == "backwards"
    assert run.parameters == {"direction": "backwards"}
    assert run.codebook_sha256 == BOOK.sha256
    assert run.usage.prompt_tokens == 30
    assert run.started_at is not None
    assert run.finished_at is not None
    assert run.started_at <= run.finished_at


def test_a_decision_left_out_is_an_error_not_a_gap() -> None:
    """A coder that forgets a post can't pass for one that found nothing in it."""
    with pytest.raises(InputError, match="no decision on 1 post"):
        secondcoder.code(chat(), BOOK, coder=Backwards(forgets="3"))


def test_with_an_output_the_file_holds_what_memory_would(tmp_path: Path) -> None:
    """File and memory agree in all but the run; the summary counts the same posts."""
    path = tmp_path / "codings.jsonl"
    summary = secondcoder.code(chat(), BOOK, coder=Backwards(), output=path)
    in_memory = secondcoder.code(chat(), BOOK, coder=Backwards())
    written = secondcoder.read_codings(path)
    assert written.posts == in_memory.posts
    assert written.info.chat == in_memory.info.chat
    assert (summary.n_posts, summary.n_quoted, summary.n_abstained, summary.n_failed) == (
        6,
        1,
        1,
        1,
    )
    assert summary.left_out == {"question": 2, "repost": 1}
    assert summary.failures == ("post 5: ResponseError: empty reply",)
    assert summary.output == path


def test_nothing_is_written_when_a_run_does_not_end(tmp_path: Path) -> None:
    """Neither the file nor a half of it."""
    with pytest.raises(InputError):
        secondcoder.code(
            chat(), BOOK, coder=Backwards(forgets="3"), output=tmp_path / "codings.jsonl"
        )
    assert list(tmp_path.iterdir()) == []


def test_codings_are_overwritten_and_nothing_else(tmp_path: Path) -> None:
    """An output that names the chat itself would destroy it; a rerun replaces its own file."""
    notes = tmp_path / "chat.csv"
    notes.write_text("id,text\n1,hello\n")
    with pytest.raises(StoreError, match="not overwritten"):
        secondcoder.code(chat(), BOOK, coder=Backwards(), output=notes)
    assert notes.read_text() == "id,text\n1,hello\n"
    path = tmp_path / "codings.jsonl"
    for _ in range(2):
        secondcoder.code(chat(), BOOK, coder=Backwards(), output=path)
    assert len(secondcoder.read_codings(path).posts) == 6


def test_an_output_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    """The message proposes a file in it."""
    with pytest.raises(StoreError, match=r"codings\.jsonl"):
        secondcoder.code(chat(), BOOK, coder=Backwards(), output=tmp_path)


def test_a_ledger_asked_for_records_the_run(tmp_path: Path) -> None:
    """Its record ends with the usage."""
    path = tmp_path / "l.sqlite"
    codings = secondcoder.code(chat(), BOOK, coder=Backwards(), ledger=path)
    with Ledger(path) as ledger:
        assert ledger.runs() == (codings.info.run,)


def test_progress_counts_up_to_the_number_of_posts() -> None:
    """The last state names all posts, and what became of them."""
    states: list[Progress] = []
    secondcoder.code(chat(), BOOK, coder=Backwards(), progress=states.append)
    assert [state.n_done for state in states] == [1, 2, 3, 4, 5, 6]
    last = states[-1]
    assert (last.n_posts, last.n_quotes, last.n_left_out, last.n_abstained, last.n_failed) == (
        6, 1, 3, 1, 1,
    )  # fmt: skip


def test_code_works_inside_a_running_event_loop() -> None:
    """As in a notebook, where `asyncio.run` alone would raise."""

    async def cell() -> int:
        return len(secondcoder.code(chat(), BOOK, coder=Backwards()).posts)

    assert asyncio.run(cell()) == 6


def test_acode_returns_what_code_returns() -> None:
    """The two forms of the verb agree."""
    awaited = asyncio.run(secondcoder.acode(chat(), BOOK, coder=Backwards()))
    assert isinstance(awaited, secondcoder.Codings)
    assert awaited.posts == secondcoder.code(chat(), BOOK, coder=Backwards()).posts


def test_questions_are_taken_from_the_chat_where_the_codebook_has_none() -> None:
    """The moderators' question posts become questions of the codebook that is recorded."""
    bare = Codebook(themes=(Theme(id="team", name="Team"),))
    codings = secondcoder.code(chat(), bare, coder=Backwards())
    assert [question.id for question in codings.info.codebook.questions] == ["Q1", "Q2"]
    assert codings.info.run.codebook_sha256 == codings.info.codebook.sha256 != bare.sha256


def test_questions_found_in_a_chat_are_the_same_in_another_that_asks_them_later() -> None:
    """One codebook for both, so one hash; each chat says when it asked."""
    bare = Codebook(themes=(Theme(id="team", name="Team"),))
    later = tuple(
        post.model_copy(update={"created_at": post.created_at + timedelta(days=61)})
        for post in posts()
        if post.created_at is not None
    )
    here = secondcoder.code(chat(), bare, coder=Backwards())
    there = secondcoder.code(chat().model_copy(update={"posts": later}), bare, coder=Backwards())
    assert here.info.codebook == there.info.codebook
    assert all(each.asked_at is None for each in here.info.codebook.questions)
    first, second = (one.info.chat.questions[0].asked_at for one in (here, there))
    assert first is not None
    assert second is not None
    assert second - first == timedelta(days=61)
    again = secondcoder.code(chat(), here.info.codebook, coder=Backwards())
    assert again.info.chat.questions == here.info.chat.questions
    assert again.posts == here.posts


def test_a_codebook_of_an_earlier_chat_lends_the_next_one_no_times() -> None:
    """Without, all of May would stand behind the last question of March."""
    march = START - timedelta(days=61)
    dated = (
        BOOK.questions[0].model_copy(update={"asked_by": "0", "asked_at": march}),
        BOOK.questions[1].model_copy(
            update={"asked_by": "4", "asked_at": march + timedelta(minutes=4)}
        ),
    )
    unlabelled = Post(id="u", text="More porters", created_at=START + timedelta(minutes=2))
    may = chat().model_copy(update={"posts": (*posts(), unlabelled)})
    book = BOOK.changed(questions=dated)
    codings = secondcoder.code(may, book, coder=Backwards())
    assert codings.info.chat.starts_at == START
    assert [each.asked_at for each in codings.info.chat.questions] == [
        START,
        START + timedelta(minutes=4),
    ]
    assert codings.posts[-1].attribution.question_ids == ("Q1",)
    assert codings.info.codebook == book, "the codebook itself stays as it is"


def test_the_embedded_coder_gives_verbatim_quotes_from_a_file(tmp_path: Path) -> None:
    """From CSV to codings, every quote is the post's own characters (checked by hand, too)."""
    table = tmp_path / "chat.csv"
    lines = ["id,author,created_at,text"] + [
        f'{post.id},{post.author},{post.created_at},"{post.text}"' for post in posts()
    ]
    table.write_text("\n".join(lines), "utf-8")
    codings = secondcoder.code(table, BOOK)
    assert [coded.post.text for coded in codings.posts] == list(TEXTS)
    for coded in codings.posts:
        for coding in coded.codings:
            cut = [coded.post.text[span.start : span.end] for span in coding.quote.spans]
            assert coding.quote.text == " […] ".join(cut)
    assert codings.quotes


def test_the_report_states_the_counts_of_the_codings(tmp_path: Path) -> None:
    """Markdown and HTML are made from the file; the form follows the name."""
    path = tmp_path / "codings.jsonl"
    secondcoder.code(chat(), BOOK, coder=Backwards(), output=path)
    markdown = secondcoder.report(path, output=tmp_path / "report.md")
    page = secondcoder.report(path, output=tmp_path / "report.html")
    assert (tmp_path / "report.md").read_text("utf-8") == markdown
    assert "Protected time every week would change everything." in markdown
    assert "Protected time every week would change everything." in page
    assert json.loads(secondcoder.report(path, form="json"))


def test_a_report_of_an_unknown_form_is_refused(tmp_path: Path) -> None:
    """The message names the endings there are."""
    codings = secondcoder.code(chat(), BOOK, coder=Backwards())
    with pytest.raises(InputError, match=r"\.html, .*\.json, \.docx, \.pdf"):
        secondcoder.report(codings, output=tmp_path / "report.rtf")


def test_a_report_does_not_overwrite_the_codings(tmp_path: Path) -> None:
    """Naming the input as output is refused, and the input stays."""
    path = tmp_path / "codings.md"
    secondcoder.write_codings(secondcoder.code(chat(), BOOK, coder=Backwards()), path)
    with pytest.raises(StoreError, match="not overwritten"):
        secondcoder.report(path, output=path)
    assert len(secondcoder.read_codings(path).posts) == 6


def test_a_report_of_something_else_is_refused(tmp_path: Path) -> None:
    """The codebook, say."""
    path = tmp_path / "codebook.yaml"
    secondcoder.write_codebook(BOOK, path)
    with pytest.raises(CodingsError, match=r"codebook\.yaml"):
        secondcoder.report(path)


def test_an_embedding_model_that_is_not_here_is_never_fetched(tmp_path: Path) -> None:
    """Named by `embedded:FOLDER`; the error says what to install or where to look."""
    with pytest.raises(InputError, match=r"embeddings|not on this machine"):
        secondcoder.code(chat(), BOOK, coder=f"embedded:{tmp_path / 'none'}")


def test_a_persons_codings_can_be_coded_blind_and_are_never_written_over(tmp_path: Path) -> None:
    """The posts of a codings file are a chat: given questions stay, decisions are not looked at."""
    path = tmp_path / "people.jsonl"
    first = secondcoder.code(chat(), BOOK, coder=Backwards())
    given = tuple(
        coded.model_copy(
            update={"attribution": Attribution(question_ids=("Q2",), rule=AttributionRule.GIVEN)}
        )
        for coded in first.posts
    )
    person = Coder(id="ann", kind=CoderKind.PERSON)
    run = first.info.run.model_copy(update={"coder": person})
    info = first.info.model_copy(update={"run": run})
    secondcoder.write_codings(Codings(info=info, posts=given), path)
    coder = Backwards()
    again = secondcoder.code(path, BOOK, coder=coder)
    assert [coded.post.text for coded in again.posts] == list(TEXTS)
    assert {task.attribution.question_ids for task in coder.asked} == {("Q2",)}
    assert {task.attribution.rule for task in coder.asked} == {AttributionRule.GIVEN}
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(path.read_bytes())
    for output in (path, copy):
        with pytest.raises(StoreError, match="name another file with -o"):
            secondcoder.code(path, BOOK, coder=coder, output=output)
    assert copy.read_bytes() == path.read_bytes()


def test_another_coders_codings_are_not_written_over_and_a_broken_file_is(tmp_path: Path) -> None:
    """`codings.jsonl` is everybody's default: what one coder made, another does not replace."""
    path = tmp_path / "codings.jsonl"
    secondcoder.code(chat(), BOOK, coder=Backwards(), output=path)
    with pytest.raises(StoreError, match="holds the codings of backwards"):
        secondcoder.code(chat(), BOOK, output=path)
    path.write_bytes(path.read_bytes()[:-30])
    assert secondcoder.code(chat(), BOOK, output=path).n_posts == 6


def test_a_codebook_in_the_wrong_language_is_told(tmp_path: Path) -> None:
    """Most posts left out for their language is no result, but a setting to check."""
    table = tmp_path / "chat.csv"
    words = ("نحتاج إلى وقت محمي كل أسبوع", "الزملاء الذين يستمعون إلينا", "وقت للحديث معا")
    rows = [f"{n},{text}" for n, text in enumerate(words)]
    table.write_text("\n".join(["id,text", *rows]), "utf-8")
    summary = secondcoder.code(table, BOOK, output=tmp_path / "codings.jsonl")
    assert summary.left_out == {"not-english": 3}
    assert any("set 'language:'" in note.message for note in summary.notes)


def test_the_figures_of_a_chat_survive_where_a_file_holds_part_of_it(tmp_path: Path) -> None:
    """A people's report counts 805 posts and quotes some: the blind coding says both."""
    posts = secondcoder.code(chat(), BOOK, coder=Backwards())
    counts = ChatCounts(
        n_posts=805, n_reposts=0, n_duplicates=0, n_participants=121, n_without_time=0
    )
    info = posts.info.model_copy(
        update={"chat": posts.info.chat.model_copy(update={"counts": counts})}
    )
    secondcoder.write_codings(Codings(info=info, posts=posts.posts), tmp_path / "people.jsonl")
    again = secondcoder.code(tmp_path / "people.jsonl", BOOK)
    assert again.info.chat.counts == counts
    report = secondcoder.report(again)
    assert "805 posts by 121 participants" in report
    assert "Of these, 6 posts are in the codings" in report


def test_a_column_that_names_the_question_goes_before_every_rule(tmp_path: Path) -> None:
    """As survey answers come: ids in any form, or the question in full."""
    table = tmp_path / "survey.csv"
    table.write_text(
        "id,question,answer\n1,2,A1 The porters\n2,Q1,The porters\n"
        "3,What would help?,Time\n4,,Tea\n"
        '5,"Q1, Q2",Time and porters\n6,Other,Tea\n',
        "utf-8",
    )
    full = Codebook(
        questions=(
            Question(id="Q1", text="What would help us most of all?"),
            Question(id="Q2", text="Who helps?"),
        ),
        themes=BOOK.themes,
    )
    table.write_text(table.read_text().replace("What would help?", full.questions[0].text))
    codings = secondcoder.code(table, full)
    found = [(c.attribution.question_ids, c.attribution.rule.value) for c in codings.posts]
    assert found == [
        (("Q2",), "given"),
        (("Q1",), "given"),
        (("Q1",), "given"),
        ((), "none"),
        (("Q1", "Q2"), "given"),
        ((), "none"),
    ]
