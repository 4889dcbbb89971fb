"""Codebook files: what a person means is read, and every mistake names its line and remedy."""

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from secondcoder.errors import CodebookError
from secondcoder.ingest.codebook_yaml import codebook_yaml
from secondcoder.ingest.codebooks import read_codebook
from secondcoder.schema.chat import Question
from secondcoder.schema.codebook import Codebook, Theme

DOCUMENT = Path(__file__).parents[2] / "docs" / "codebook.md"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
IDS = st.from_regex(r"[^\s\x00]{1,8}", fullmatch=True).filter(lambda text: text.isprintable())
LONG = " ".join(f"word{n}" for n in range(60))


def read(folder: Path, text: str, name: str = "book.yaml") -> Codebook:
    """Return the codebook that a file of that text holds."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_codebook(path)


@st.composite
def codebooks(draw: st.DrawFn) -> Codebook:
    """Draw codebooks of every kind of text."""
    ids = draw(st.lists(IDS, max_size=3, unique=True))
    zone = timezone(timedelta(hours=draw(st.integers(-11, 12))))
    moment = st.none() | st.datetimes(timezones=st.just(zone))
    questions = tuple(
        Question(
            id=question_id,
            text=draw(TEXTS),
            parent=ids[0] if n else None,
            asked_by=draw(st.none() | TEXTS),
            asked_at=draw(moment),
        )
        for n, question_id in enumerate(ids)
    )
    some = st.lists(TEXTS, max_size=2).map(tuple)
    themes = tuple(
        Theme(
            id=theme_id,
            name=draw(TEXTS.filter(bool)),
            definition=draw(TEXTS | st.just(LONG)),
            include=draw(some),
            exclude=draw(some),
            examples=draw(some),
            questions=tuple(draw(st.lists(st.sampled_from(ids), unique=True))) if ids else (),
            key_finding=draw(st.none() | TEXTS),
            number=draw(st.none() | st.integers(0, 99)),
        )
        for theme_id in draw(st.lists(IDS, max_size=3, unique=True))
    )
    texts = {key: draw(TEXTS) for key in ("title", "version", "language")}
    return Codebook(questions=questions, themes=themes, **texts)


@settings(
    deadline=None,
    max_examples=120,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(codebooks())
@example(Codebook(language="a\x85\u2029b \x7f\ufeff"))
def test_a_codebook_survives_its_yaml_and_its_json(tmp_path: Path, book: Codebook) -> None:
    """Every character comes back: quotation marks, line breaks, emoji, `no`, `~`, empty texts."""
    again = read(tmp_path, codebook_yaml(book))
    assert again == book
    assert again.sha256 == book.sha256
    assert read(tmp_path, book.model_dump_json(indent=1), "book.json") == book


@pytest.mark.parametrize(
    "text", ["no", "1", "1.10", "~", "null", "", "2024-05-14", "a: b", "#x", "a\x85b", "\u2028"]
)
def test_words_that_yaml_takes_for_something_else_stay_text(tmp_path: Path, text: str) -> None:
    """Written and read, they are the same characters."""
    book = Codebook(title=text, themes=(Theme(id="no", name=text or "x", examples=(text,)),))
    assert read(tmp_path, codebook_yaml(book)) == book


def test_scalars_are_the_characters_a_person_typed(tmp_path: Path) -> None:
    """No Norway problem, no 1.10 that becomes 1.1."""
    text = "version: 1.10\nquestions: [1, no]\nthemes:\n- id: yes\n  name: 0x10\n  questions: no\n"
    book = read(tmp_path, text)
    assert book.version == "1.10"
    assert [question.id for question in book.questions] == ["1", "no"]
    assert book.themes == (Theme(id="yes", name="0x10", questions=("no",)),)


def test_one_or_several_are_written_alike(tmp_path: Path) -> None:
    """A list of one may be written without the list."""
    text = """
questions: Q1
themes:
- id: T1
  name: Tea
  include: names a drink
  exclude: [coffee, water]
  examples:
  - "a cup: of tea"
  questions: Q1
  key_finding:
  number: 7
"""
    theme = Theme(
        id="T1",
        name="Tea",
        include=("names a drink",),
        exclude=("coffee", "water"),
        examples=("a cup: of tea",),
        questions=("Q1",),
        number=7,
    )
    assert read(tmp_path, text) == Codebook(questions=(Question(id="Q1"),), themes=(theme,))


def test_themes_may_stand_under_their_question(tmp_path: Path) -> None:
    """Then they belong to it, and to those they name besides."""
    text = """
questions:
- id: Q1
  text: What helps?
  themes:
  - {id: T1, name: Tea}
  - {id: T2, name: Time, questions: [Q2]}
  - {id: T3, name: Trust, questions: [Q2, Q1]}
- id: Q2
themes:
- {id: T4, name: Talk}
"""
    book = read(tmp_path, text)
    assert {theme.id: theme.questions for theme in book.themes} == {
        "T1": ("Q1",),
        "T2": ("Q1", "Q2"),
        "T3": ("Q2", "Q1"),
        "T4": (),
    }


def test_a_json_codebook_is_read_with_its_lines(tmp_path: Path) -> None:
    """Tabs, nulls and escaped emoji included."""
    text = '{"title": "\\ud83c\\udf75",\n\t"themes": [{"id": "no", "name": "n", "number": null}]}'
    book = read(tmp_path, text, "book.json")
    assert book == Codebook(title="\U0001f375", themes=(Theme(id="no", name="n"),))
    with pytest.raises(CodebookError, match=r"book\.json line 2: .*this is not JSON"):
        read(tmp_path, '{"title": "a",\n}', "book.json")
    with pytest.raises(CodebookError, match=r"book\.json line 2: the codebook has the key 'title'"):
        read(tmp_path, '{"title": "a",\n"title": "b"}', "book.json")
    with pytest.raises(CodebookError, match="the file is empty"):
        read(tmp_path, "\n", "book.json")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "the file is empty; a codebook needs 'questions:' and 'themes:'"),
        ("# nothing yet\n", 1, "the file is empty"),
        ("- T1\n", 1, "the codebook is a list, not keys with values"),
        ("tea\n", 1, "the codebook is the text 'tea'"),
        ("title: a\ntitle: b\n", 2, "the key 'title' a second time (first on line 1)"),
        ("title: a\ntheme: b\n", 2, "no key 'theme'; did you mean 'themes'?"),
        ("? [a]\n: b\n", 1, "no key '?'"),
        ("themes:\n- id: T1\n  defintion: x\n", 3, "did you mean 'definition'?"),
        ("themes:\n- id: T1\n  zzz: x\n", 3, "no key 'zzz' (its keys: id, name"),
        ("themes:\n- id: T1\n", 2, "theme 'T1' has no name; add 'name: …'"),
        ("themes:\n- name: Tea\n", 2, "a theme has no id; start it with '- id: …'"),
        ("questions:\n- text: Tea?\n", 2, "a question has no id"),
        ("themes:\n- id: T1\n  name: ''\n", 3, "theme 'T1' has no name"),
        ("themes:\n- Tea\n", 2, "a theme is the text 'Tea', not keys with values"),
        ("themes:\n- {id: T1, name: a}\n- {id: T1, name: b}\n", 3, "'T1' is already on line 2"),
        ("questions:\n- id: Q1\n- id: Q1\n", 3, "question 'Q1' is already on line 2"),
        ("themes:\n- id: T1\n  name: a\n  number: two\n", 4, "'number' is 'two'; write a whole"),
        ("themes:\n- id: T1\n  name: a\n  number: 1.5\n", 4, "a whole number in digits"),
        ("themes:\n- id: T1\n  name: {a: b}\n", 3, "'name' is a mapping where a text is"),
        ("themes:\n- id: T1\n  name: [a]\n", 3, "'name' is a list where a text is expected"),
        ("themes:\n- id: my tea\n  name: a\n", 2, "ids hold no spaces, such as 'my-tea'"),
        ("themes:\n- id: ''\n  name: a\n", 2, "ids hold no spaces, such as 'T1'"),
        ("themes:\n- id: a\n  name: a\n  questions: Q1, Q2\n", 4, "are a list: [Q1, Q2]"),
        ("questions: [Q1]\nthemes:\n- id: a\n  name: a\n  questions: q1\n", 5, "mean 'Q1'?"),
        (
            "themes:\n- id: a\n  name: a\n  questions:\n  - Q1\n",
            5,
            "not among the questions (none)",
        ),
        ("questions:\n- id: Q1\n  parent: Q1\n", 3, "is its own parent"),
        ("questions:\n- id: Q2a\n  parent: Q2\n", 3, "'Q2a' names parent 'Q2', which is not"),
        ("questions:\n- id: Q1\n  asked_at: noon\n", 3, "date, time and offset"),
        ("questions:\n- id: Q1\n  asked_at: 2024-05-14T20:00\n", 3, "date, time and offset"),
        ("themes:\n- id: a\n  name: b: c\n", 3, "text that contains ': ' between quotation"),
        ("themes:\n- id: a\n\tname: b\n", 3, "indent with spaces, not tabs"),
        ("themes:\n- id: a\n  name: @b\n", 3, "starts with this character between quotation"),
        ("themes:\n- id: a\n  name: 'b\n\n\n", 3, "check the indentation, the colons"),
        ("title: [a\n", 1, "check the indentation"),
        ("title: a\n---\ntitle: b\n", 2, "another document"),
        ("title: a\nversion: *b\n", 2, "undefined alias"),
        ("title: a\n\x07: b\n", 2, "U+0007 is not allowed"),
        ("themes:\n- id: a\n  name: a\n  examples:\n  - #b\n", 5, "an item of 'examples' is empty"),
    ],
)
def test_a_mistake_is_one_error_with_line_and_remedy(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    """File, line, what is wrong, what to do."""
    with pytest.raises(CodebookError) as caught:
        read(tmp_path, text)
    message = str(caught.value)
    assert f"book.yaml line {line}: " in message
    assert words in message


def test_a_missing_file_and_a_file_that_is_no_text_are_codebook_errors(tmp_path: Path) -> None:
    """The message names the file."""
    with pytest.raises(CodebookError, match=r"none\.yaml: there is no such file"):
        read_codebook(tmp_path / "none.yaml")
    with pytest.raises(CodebookError, match="can't be read"):
        read_codebook(tmp_path)
    for data, words in ((b"\x81\xff", "neither UTF-8 nor"), (b"\xff\x00a", "zero bytes")):
        (tmp_path / "odd.yaml").write_bytes(data)
        with pytest.raises(CodebookError, match=words):
            read_codebook(tmp_path / "odd.yaml")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_a_codebook_is_read_in_the_encodings_people_save(tmp_path: Path, encoding: str) -> None:
    """The é comes out as one character."""
    path = tmp_path / "book.yaml"
    path.write_bytes("title: Café\r\nversion: 2\r\n".encode(encoding))
    assert read_codebook(path) == Codebook(title="Caf\u00e9", version="2")


def test_the_example_of_the_document_is_read(tmp_path: Path) -> None:
    """What docs/codebook.md shows is a codebook."""
    example = re.search(r"```yaml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    book = read(tmp_path, example[1])
    assert book.version == "2024-05"
    assert [question.id for question in book.leaves] == ["Q1", "Q2a", "Q2b"]
    assert [theme.id for theme in book.themes_for("Q2b")] == ["many-hands", "weather"]


def test_the_yaml_is_made_for_people() -> None:
    """A comment on every key, long text folded, empty fields left out, themes apart."""
    question = Question(id="Q1", asked_at=datetime(2024, 5, 14, 19, tzinfo=UTC))
    themes = (Theme(id="T1", name="Tea", definition=LONG), Theme(id="T2", name="Time"))
    text = codebook_yaml(Codebook(questions=(question,), themes=themes))
    head, _, body = text.partition("\ntitle:")
    for key in (*Theme.model_fields, *Question.model_fields):
        assert f"#   {key} " in head
    assert max(len(line) for line in text.splitlines()) <= 100
    assert "definition: >-\n" in body
    assert "examples" not in body
    assert "\n\n- id: T2\n" in body


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- {id: Q1, parent: Q2}\n- id: Q2\n  parent: Q1", "line 2: .*circle: Q1 → Q2 → Q1"),
        ("- Q2\n- {id: Q2a, parent: Q2}\n- id: Q2a1\n  parent: Q2a", "line 5: .*name 'Q2' as"),
    ],
)
def test_circles_and_parts_of_parts_name_their_line(
    tmp_path: Path, text: str, message: str
) -> None:
    """The line is that of the parent to remove or to change."""
    with pytest.raises(CodebookError, match=rf"book\.yaml {message}"):
        read(tmp_path, f"questions:\n{text}\n")


def test_a_question_mark_inside_braces_names_the_remedy(tmp_path: Path) -> None:
    """Questions end in one, and braces are what a short codebook is written with."""
    path = tmp_path / "book.yaml"
    path.write_text("questions: [{id: Q1, text: What helps?}]\n", "utf-8")
    with pytest.raises(CodebookError, match=r"book\.yaml line 1: .*between quotation marks"):
        read_codebook(path)
    path.write_text('questions: [{id: Q1, text: "What helps?"}]\n', "utf-8")
    assert read_codebook(path).questions[0].text == "What helps?"
