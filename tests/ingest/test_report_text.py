"""Reports made by people: every oddity of real ones, and the real one where it is at hand."""

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secondcoder.errors import IngestError
from secondcoder.ingest.report_text import read_report
from secondcoder.schema.chat import AttributionRule, WindowCount
from secondcoder.schema.codings import Coding
from secondcoder.schema.readings import ReportReading
from secondcoder.schema.runs import CoderKind

REAL = Path(__file__).parents[3] / "shared" / "qi-hour" / "report-part1.txt"
HEAD = """\
Garden hour

1. Introduction

There were 40 tweets from 12 participants during the hour, and 1,205 tweets and 31 participants
over a 24-hour period. Read #GardenHour at https://example.org/garden/1.

2. Key themes

Q1. What brings you here?

· Good company keeps people coming.

· The weather matters less than people think.

3. Breakdown of quotes by theme

"""


def reading(folder: Path, breakdown: str, head: str = HEAD) -> ReportReading:
    """Return what is read from a report with this breakdown."""
    path = folder / "report.txt"
    path.write_text(head + breakdown, encoding="utf-8")
    found = read_report(path)
    for coded in found.codings.posts:
        assert coded.post.text in path.read_text(encoding="utf-8")
        assert all(coding.quote.text == coded.post.text for coding in coded.codings)
    return found


def under(folder: Path, quotations: str) -> tuple[list[str], list[tuple[int | None, str]]]:
    """Return the quotations read under one theme, and the notes that follow the heading."""
    start = "Q1: What brings you here?\n\nTheme 1: Good company\n\nTheme 2: Weather matters\n\n"
    found = reading(folder, start + quotations)
    first = (HEAD + start).count("\n")
    notes = [(note.where, note.message) for note in found.notes if (note.where or 0) > first]
    return [coded.post.text for coded in found.codings.posts], notes


def themes_of(found: ReportReading) -> dict[str, list[Coding]]:
    """Return the codings of each quotation."""
    return {coded.post.text: list(coded.codings) for coded in found.codings.posts}


def messages(found: ReportReading) -> str:
    """Return all notes as one text."""
    return "\n".join(f"{note.where}: {note.message}" for note in found.notes)


PLAIN = """\
\tQ1: What brings you here?

\tTheme 1: Good company keeps people coming

\t“The chat over the fence” \t

“Friends”

Theme 2: Weather matters less

“Rain or shine”

Other ideas

“The cat”
"""


def test_a_plain_report_is_read_whole(tmp_path: Path) -> None:
    """Codebook, codings, chat and run, with the lines the words stand on."""
    found = reading(tmp_path, PLAIN)
    assert found.codebook.title == found.codings.info.chat.title == "Garden hour"
    assert [(q.id, q.text) for q in found.codebook.questions] == [("Q1", "What brings you here?")]
    assert [(t.id, t.number, t.questions, t.examples) for t in found.codebook.themes] == [
        ("T1", 1, ("Q1",), ()),
        ("T2", 2, ("Q1",), ()),
    ]
    placed = [
        (coded.post.id, coded.post.text, coding.question_id, coding.theme_ids)
        for coded in found.codings.posts
        for coding in coded.codings
    ]
    assert placed == [
        ("q001", "The chat over the fence", "Q1", ("T1",)),
        ("q002", "Friends", "Q1", ("T1",)),
        ("q003", "Rain or shine", "Q1", ("T2",)),
        ("q004", "The cat", "Q1", ()),
    ]
    lines = (HEAD + PLAIN).split("\n")
    for coded in found.codings.posts:
        assert coded.post.row is not None
        assert coded.post.text in lines[coded.post.row - 1]
        assert coded.post.author is None
        assert coded.attribution.rule is AttributionRule.GIVEN
    run = found.codings.info.run
    assert (run.coder.id, run.coder.kind) == ("people", CoderKind.PERSON)
    assert run.codebook_sha256 == found.codebook.sha256
    assert run.id == reading(tmp_path, PLAIN).codings.info.run.id
    assert run.id != reading(tmp_path, PLAIN + "\n").codings.info.run.id


def test_the_introduction_gives_counts_and_link(tmp_path: Path) -> None:
    """The hour and the 24 hours, the first link, the hashtag."""
    chat = reading(tmp_path, PLAIN).codings.info.chat
    assert chat.source_url == "https://example.org/garden/1"
    assert chat.hashtag == "GardenHour"
    assert chat.counts is not None
    assert chat.counts.n_posts == 1205
    assert chat.counts.windows == (
        WindowCount(hours=1, n_posts=40, n_reposts=0, n_participants=12),
        WindowCount(hours=24, n_posts=1205, n_reposts=0, n_participants=31),
    )


def test_an_introduction_without_figures_or_link_is_noted(tmp_path: Path) -> None:
    """No count is made up."""
    head = "1. Introduction\n\nA lively hour.\n\n2. Key themes\n\n3. Breakdown by theme\n\n"
    found = reading(tmp_path, PLAIN, head)
    assert found.codings.info.chat.counts is None
    assert found.codings.info.chat.source_url is None
    assert found.codings.info.chat.title == "report"
    assert "states no number of posts and participants" in messages(found)
    assert "has no link to the chat" in messages(found)


def test_figures_of_no_clear_time_and_round_figures_are_noted(tmp_path: Path) -> None:
    """What can't be placed in time is left out; what is round is said to be."""
    head = (
        "1. Introduction\n\nWe saw 90 posts by 9 people this year. There were 40 tweets over 12 "
        "participants in the hour.\n\n3. Breakdown by theme\n\n"
    )
    found = reading(tmp_path, PLAIN, head)
    counts = found.codings.info.chat.counts
    assert counts is not None
    assert [(w.hours, w.n_posts, w.n_participants) for w in counts.windows] == [(1, 40, 12)]
    assert "figures whose stretch of time is not clear" in messages(found)
    assert "may be a round figure" in messages(found)


@pytest.mark.parametrize(
    ("printed", "text", "message"),
    [
        ("“One “inner” mark”", "One “inner” mark", None),
        ("“Ends “inside””", "Ends “inside”", None),
        ("““Starts” inside”", "“Starts” inside", None),
        ('"Straight marks"', "Straight marks", None),
        ('"With "straight" ones inside"', 'With "straight" ones inside', None),
        ("\u2018Single marks\u2019", "Single marks", None),
        ("'It's single'", "It's single", None),
        ("“A stop behind”.", "A stop behind", None),
        ("“Spaces inside ” \t", "Spaces inside", None),
        ("“A typing “ slip” in it”", "A typing “ slip” in it", None),
        ("• “With a bullet”", "With a bullet", None),
        ("- “With a dash”", "With a dash", None),
        ("“Tired (mentioned several times)”", "Tired (mentioned several times)", None),
        ("“No end", "No end", "the closing quotation mark is missing"),
        ("“No “outer” end", "No “outer” end", "the closing quotation mark is missing"),
        ("No start”", "No start", "the opening quotation mark is missing"),
        ("No “outer” start”", "No “outer” start", "the opening quotation mark is missing"),
        ("No marks at all", "No marks at all", "there are no quotation marks around it"),
        ("Loved the “inner” ones", "Loved the “inner” ones", "there are no quotation marks"),
        ("I said “inner”", "I said “inner”", "there are no quotation marks around it"),
        ("“Part” only", "“Part” only", "the quotation marks enclose only parts of it"),
        ("“One” and “two”", "“One” and “two”", "the quotation marks enclose only parts"),
        (
            "\u2018One\u2019 or \u2018two\u2019",
            "\u2018One\u2019 or \u2018two\u2019",
            "no quotation",
        ),
        ("“Tired” (several times)", "Tired", "words behind the closing quotation mark: (several"),
        ("https://example.org/a", "https://example.org/a", "a bare link was read"),
        (
            "A title\nhttps://example.org/a",
            "A title\nhttps://example.org/a",
            "a title and its link",
        ),
        ("A title\n\nwww.example.org", "A title\n\nwww.example.org", "a title and its link"),
        ("“Two\nlines”", "Two\nlines", "lines between one pair of marks"),
        ("“Three\nlong\nlines”", "Three\nlong\nlines", "lines between one pair of marks"),
        ("1. A numbered item", "1. A numbered item", "there are no quotation marks around it"),
    ],
)
def test_the_marks_around_a_quotation(
    tmp_path: Path, printed: str, text: str, message: str | None
) -> None:
    """The words between the outer marks, exactly; whatever is odd is a note on its line."""
    texts, notes = under(tmp_path, f"{printed}\n\n“After it”\n")
    assert texts == [text, "After it"]
    if message is None:
        assert notes == []
    else:
        assert len(notes) == 1
        assert message in notes[0][1]


def test_marks_that_stay_open_take_in_nothing_that_follows(tmp_path: Path) -> None:
    """Neither across a blank line, nor across a quotation that starts anew, nor at the end."""
    texts, notes = under(tmp_path, "“Open one\n\nshut one”\n\n“Open two\n“Whole”\n\n“Open\nend")
    assert texts == ["Open one", "shut one", "Open two", "Whole", "Open", "end"]
    assert [message.split(";")[0] for _, message in notes] == [
        "the closing quotation mark is missing",
        "the opening quotation mark is missing",
        "the closing quotation mark is missing",
        "the closing quotation mark is missing",
        "there are no quotation marks around it",
    ]


def test_a_link_under_a_quotation_is_its_own(tmp_path: Path) -> None:
    """Only a title without marks goes with its link."""
    texts, _ = under(tmp_path, "“Said”\nhttps://example.org/a\n\nhttps://example.org/b\n")
    assert texts == ["Said", "https://example.org/a", "https://example.org/b"]


def test_an_empty_quotation_is_left_out(tmp_path: Path) -> None:
    """It has no words; the note says so."""
    texts, notes = under(tmp_path, "“”\n\n“Words”\n")
    assert texts == ["Words"]
    assert [message for _, message in notes] == ["an empty quotation was left out"]


def test_a_quotation_under_two_themes_is_one_post_with_both(tmp_path: Path) -> None:
    """One quote, two themes; printed twice under one theme it counts once."""
    text = (
        "Q1: Why?\n\nTheme 1: A\n\n“Same”\n\n“Same”\n\nTheme 2: B\n\n“Same”\n\n"
        "Other ideas\n\n“Same”\n"
    )
    found = reading(tmp_path, text)
    (codings,) = themes_of(found).values()
    assert [coding.theme_ids for coding in codings] == [("T1", "T2")]
    assert "printed twice under the same theme as q001" in messages(found)
    assert "the same quotation as q001" in messages(found)
    assert "q001 keeps the theme" in messages(found)


def test_a_quotation_under_two_questions_has_a_coding_for_each(tmp_path: Path) -> None:
    """It is one post that answers both."""
    text = "Q1: Why?\n\nTheme 1: A\n\n“Same”\n\nQ2: How?\n\nTheme 2: B\n\n“Same”\n"
    found = reading(tmp_path, text)
    (coded,) = found.codings.posts
    assert coded.attribution.question_ids == ("Q1", "Q2")
    assert [(c.question_id, c.theme_ids) for c in coded.codings] == [
        ("Q1", ("T1",)),
        ("Q2", ("T2",)),
    ]


def test_a_theme_line_without_a_colon_is_a_theme(tmp_path: Path) -> None:
    """With a note; a sentence that starts so stays a quotation, and is no theme above either."""
    head = HEAD.replace("1. Introduction\n", "1. Introduction\n\nTheme 3 took most of the hour\n")
    text = (
        "Q1: Why?\n\nTheme 8: Rain\n\n“r”\n\nTheme 9 Missing colon\n\n“c”\n\n"
        "Theme 8 was the one we all liked best.\n"
    )
    found = reading(tmp_path, text, head)
    assert [(t.number, t.name) for t in found.codebook.themes] == [
        (8, "Rain"),
        (9, "Missing colon"),
    ]
    assert [(c.quote.text, c.theme_ids) for c in found.codings.quotes] == [
        ("r", ("T8",)),
        ("c", ("T9",)),
        ("Theme 8 was the one we all liked best.", ("T9",)),
    ]
    assert "no colon behind 'Theme 9'; read as a theme" in messages(found)
    bare = reading(tmp_path, "Q1: Why?\n\nTheme 9 Missing colon\n\n“c”\n", "")
    assert [(t.number, t.questions) for t in bare.codebook.themes] == [(9, ("Q1",))]


@pytest.mark.parametrize(
    ("line", "is_like_heading"),
    [
        ("What went well", True),
        ("Everything That People of Every Ward Told About Their Mornings", True),
        ("we talked for hours about nothing but the weather", False),
        ("It went well.", False),
        ("“It went well”", False),
        ("the “best” of all", False),
    ],
)
def test_a_line_that_may_be_a_heading_is_noted_first(
    tmp_path: Path, line: str, *, is_like_heading: bool
) -> None:
    """It stays a quotation, for a person to check; not so at the end or right above another."""
    texts, notes = under(tmp_path, f"“No end\n\n{line}\n\n“After”\n")
    assert texts == ["No end", line.strip("“”"), "After"]
    said = "and it looks like a heading; kept as a quotation, check it"
    assert [said in message for _, message in notes][:1] == [is_like_heading]
    for after in ("\n", "\n“After”\n"):
        _, notes = under(tmp_path, f"{line}{after}")
        assert not any(said in message for _, message in notes)


def test_fragments_stay_apart_and_are_noted(tmp_path: Path) -> None:
    """They are not the same characters, so they are not the same quotation."""
    quotations = (
        "“More time for tea”\n\n“What I want is more time for tea, and cake”\n\n"
        "“more time, for tea!”\n\n“tea and cake and a long quiet afternoon”\n\n"
        "“Tea and cake, then a long, quiet afternoon with friends”\n\n“Tea”\n\n"
        "“one two three four”\n\n“one two and three four”\n"
    )
    texts, notes = under(tmp_path, quotations)
    assert len(texts) == 8
    first = notes[0][0]
    assert first is not None
    assert [message for _, message in notes] == [
        "2 quotations look like fragments of another one; kept as a quotation of its own: "
        f"line {first} of q002, line {first + 4} of q002",
        "differs from q001 only in capitals, marks or spaces; kept as a quotation of its own",
    ]


def test_holes_and_repeats_in_the_numbering_are_noted(tmp_path: Path) -> None:
    """Numbers stay as printed; a number used twice makes two themes."""
    text = (
        "Q1: Why?\n\nTheme 2: A\n\n“a”\n\nTheme 5: B\n\n“b”\n\nTheme 5: C\n\n“c”\n\n"
        "Q2: How?\n\nTheme 2: a\n\n“d”\n\nTheme 6\n\n“e”\n"
    )
    found = reading(tmp_path, text)
    assert [(t.id, t.number, t.name, t.questions) for t in found.codebook.themes] == [
        ("T2", 2, "A", ("Q1", "Q2")),
        ("T5", 5, "B", ("Q1",)),
        ("T5-2", 5, "C", ("Q1",)),
        ("T6", 6, "Theme 6", ("Q2",)),
    ]
    assert "theme numbers that this file lacks: 3, 4" in messages(found)
    assert "theme number 5 is used for another theme too; read as T5-2" in messages(found)
    assert "theme 2 is printed again" in messages(found)


def test_a_question_split_in_two_becomes_a_parent_with_parts(tmp_path: Path) -> None:
    """The line of the key themes words the parent; its findings go to themes of both parts."""
    head = (
        "2. Key themes\n\nQ2a: What hurts? What heals?\n\n· Weeds hurt.\n\n· Rain heals.\n\n"
        "3a: Why?\n\nQ4: When?\n\n· In spring.\n\n3. Breakdown by theme\n\n"
    )
    text = (
        "Q2a: What hurts?\n\nTheme 1: Weeds\n\n“w”\n\nQ2b: What heals?\n\nTheme 2: Rain\n\n“r”\n\n"
        "3a) Why?\n\nTheme 3: Joy\n\n“j”\n"
    )
    found = reading(tmp_path, text, head)
    assert [(q.id, q.parent, q.text) for q in found.codebook.questions] == [
        ("Q2", None, "What hurts? What heals?"),
        ("Q2a", "Q2", "What hurts?"),
        ("Q2b", "Q2", "What heals?"),
        ("Q3", None, ""),
        ("Q3a", "Q3", "Why?"),
        ("Q4", None, "When?"),
    ]
    assert [theme.key_finding for theme in found.codebook.themes] == [
        "Weeds hurt.",
        "Rain heals.",
        None,
    ]
    assert "question Q2a is split in the breakdown: Q2a, Q2b; read as Q2 with parts" in messages(
        found
    )
    assert "question Q3 is printed only in parts" in messages(found)
    assert "key finding of question Q4, which has no themes in this file" in messages(found)
    assert "no section 'Introduction'" in messages(found)


def test_a_parent_among_the_key_themes_covers_the_parts(tmp_path: Path) -> None:
    """And another wording in the breakdown is kept, with a note."""
    head = (
        "2. Key themes\n\nQ1. What now?\n\n· Rain heals.\n\nQ2: Why?\n\n3. Breakdown by theme\n\n"
    )
    text = "Q1a: What?\n\nTheme 1: Rain\n\n“r”\n\nQ2: Why not?\n\nTheme 2: Sun\n\n“s”\n"
    found = reading(tmp_path, text, head)
    assert [(q.id, q.parent, q.text) for q in found.codebook.questions] == [
        ("Q1", None, "What now?"),
        ("Q1a", "Q1", "What?"),
        ("Q2", None, "Why not?"),
    ]
    assert found.codebook.themes[0].key_finding == "Rain heals."
    assert "question Q2 is worded otherwise" in messages(found)


def _findings(folder: Path, bullets: list[str], themes: list[str]) -> ReportReading:
    head = "2. Key themes\n\nQ1: Why?\n\n" + "".join(f"· {bullet}\n\n" for bullet in bullets)
    body = "".join(f"Theme {n}: {t}\n\n“quote {n}”\n\n" for n, t in enumerate(themes, start=1))
    return reading(folder, f"1. Why?\n\n{body}", f"{head}3. Breakdown by theme\n\n")


def test_as_many_findings_as_themes_stand_in_the_same_order(tmp_path: Path) -> None:
    """Unless their words speak against it; nothing has to be noted."""
    found = _findings(tmp_path, ["They love it.", "Rain is welcome."], ["Company", "Rain"])
    assert [theme.key_finding for theme in found.codebook.themes] == [
        "They love it.",
        "Rain is welcome.",
    ]
    assert "key finding" not in messages(found)


def test_findings_in_another_order_go_where_their_words_belong(tmp_path: Path) -> None:
    """Each decision by words is noted; what is left over of both belongs together."""
    bullets = ["Rain was welcome.", "Friends came for the company.", "They love it."]
    found = _findings(tmp_path, bullets, ["Good company", "Slugs", "Rain"])
    assert [theme.key_finding for theme in found.codebook.themes] == [
        "Friends came for the company.",
        "They love it.",
        "Rain was welcome.",
    ]
    told = "2 key findings put on themes by the words they share: line 5 → T3, line 7 → T1"
    assert told in messages(found)
    assert [note.text for note in found.notes if told in note.message] == [
        "line 5: Rain was welcome.\nline 7: Friends came for the company."
    ]
    assert messages(found).count("as the only ones left") == 1


def test_a_finding_that_names_two_themes_serves_both(tmp_path: Path) -> None:
    """And one that names none clearly is left out, with a note."""
    bullets = ["Both rain and company matter.", "Slugs do as they like."]
    found = _findings(tmp_path, bullets, ["Company", "Rain"])
    assert {theme.key_finding for theme in found.codebook.themes} == {bullets[0]}
    assert "left out: it matches no theme clearly" in messages(found)


def test_a_finding_two_themes_lay_equal_claim_to_is_left_out(tmp_path: Path) -> None:
    """No coin is tossed."""
    bullets = ["Tea is good.", "Tea is bad.", "Nothing."]
    found = _findings(tmp_path, bullets, ["Tea times", "Tea places"])
    assert [theme.key_finding for theme in found.codebook.themes] == [None, None]
    assert messages(found).count("left out: it matches no theme clearly") == 3


def test_two_findings_on_one_theme_are_both_left_out(tmp_path: Path) -> None:
    """Even where there are as many themes: the order would put one where it does not belong."""
    found = _findings(tmp_path, ["Tea is good.", "Tea is bad."], ["Tea", "Sun"])
    assert [theme.key_finding for theme in found.codebook.themes] == [None, None]
    assert messages(found).count("left out: it matches no theme clearly") == 2


def test_key_themes_in_odd_forms_are_read_with_notes(tmp_path: Path) -> None:
    """Words above the first question, a bullet over two lines, a paragraph without a bullet."""
    head = (
        "2. Key themes\n\nIn short:\n\nQ1: Why?\n\n· Rain is\nwelcome.\n\nCompany matters.\n\n"
        "3. Breakdown by theme\n\n"
    )
    text = "Q1: Why?\n\nTheme 1: Rain\n\n“r”\n\nTheme 2: Company\n\n“c”\n"
    found = reading(tmp_path, text, head)
    assert [t.key_finding for t in found.codebook.themes] == [
        "Rain is welcome.",
        "Company matters.",
    ]
    assert "above the first question of the key themes; left out" in messages(found)
    assert "a paragraph without a bullet was read as a key finding" in messages(found)


def test_words_outside_any_theme_are_noted(tmp_path: Path) -> None:
    """A quotation is another idea, other words are left out; without a question it is general."""
    text = (
        "Some words.\n\n“Before”\n\nTheme 1: A\n\n“a”\n\n"
        "Q6: And now?\n\nMore words.\n\n“Straight”\n"
    )
    found = reading(tmp_path, text)
    assert [(c.quote.text, c.question_id, c.theme_ids) for c in found.codings.quotes] == [
        ("Before", None, ()),
        ("a", None, ("T1",)),
        ("Straight", "Q6", ()),
    ]
    assert found.codings.posts[0].attribution.rule is AttributionRule.NONE
    assert messages(found).count("neither a heading nor a quotation; left out") == 2
    assert messages(found).count("a quotation under no theme; read as an other idea") == 2
    assert "the theme stands under no question" in messages(found)


@pytest.mark.parametrize("start", ["Q4: What works?\n\n", "4. What works?\n\n", ""])
def test_a_part_without_its_headings_is_read(tmp_path: Path, start: str) -> None:
    """A report in several files starts anywhere."""
    found = reading(tmp_path, f"{start}Theme 21: Tools\n\n“A spade”\n", "")
    expected = ("Q4",) if start else ()
    assert [(t.id, t.questions) for t in found.codebook.themes] == [("T21", expected)]
    for words in ("no heading such as", "no section 'Key themes'", "no section 'Introduction'"):
        assert words in messages(found)


def test_a_remark_behind_a_quotation_is_kept_as_a_note_of_its_coding(tmp_path: Path) -> None:
    """Nothing printed is lost."""
    found = reading(tmp_path, "Q1: Why?\n\nTheme 1: A\n\n“Tired” (several times)\n")
    assert [coding.note for coding in found.codings.quotes] == ["(several times)"]


def test_lower_case_headings_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    """Capitals and carriage returns differ between word processors."""
    text = PLAIN.replace("Theme", "THEME").replace("Other ideas", "OTHER IDEAS:")
    path = tmp_path / "report.txt"
    for encoding in ("utf-8-sig", "utf-16", "windows-1252"):
        path.write_bytes((HEAD + text).replace("\n", "\r\n").encode(encoding))
        found = read_report(path)
        assert [coded.post.text for coded in found.codings.posts] == [
            "The chat over the fence",
            "Friends",
            "Rain or shine",
            "The cat",
        ]


PIECES = (
    "",
    "Q1: What brings you here?",
    "2. What now?",
    "Q2b What next?",
    "Theme 1: Tea",
    "Theme 2: Time",
    "Theme 2: Other",
    "Other ideas",
    "“Whole words”",
    "“Open words",
    "shut words”",
    "plain words",
    "“part” words (again)",
    "https://example.org/a",
    "• “bullet words”",
    "“”",
)


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_no_line_of_a_breakdown_is_passed_over(tmp_path: Path, lines: list[str]) -> None:
    """Each is a heading, inside a quotation, or in the notes, whatever the order."""
    body = "\n".join(["Q1: What brings you here?", "Theme 1: Tea", "“First words”", *lines])
    found = reading(tmp_path, body)
    first = HEAD.count("\n") + 4
    noted = {note.where for note in found.notes}
    quoted = [coded.post.text for coded in found.codings.posts]
    # A note on a paragraph of several lines names the first and holds them all.
    quoted += [note.text for note in found.notes if note.text]
    for number, line in enumerate(lines, start=first):
        if line and not line.startswith(("Q", "2.", "Theme", "Other")):
            words = line.strip("•“” ")
            assert number in noted or any(words in text for text in quoted)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "looked for a section such as '3. Breakdown of quotes by theme'"),
        ("id,text\n1,Theme for tonight\n", "no 'Theme N: …' line"),
        ("Theme 1: Tea\n\nTheme 2: Time\n", "prints no quotation under its themes"),
    ],
)
def test_what_is_no_report_is_an_error(tmp_path: Path, text: str, words: str) -> None:
    """It says what was looked for."""
    path = tmp_path / "posts.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(IngestError) as caught:
        read_report(path)
    assert "posts.csv" in str(caught.value)
    assert words.replace("no 'Theme", "'Theme") in str(caught.value)


def test_a_missing_report_is_an_error(tmp_path: Path) -> None:
    """The message names the file."""
    with pytest.raises(IngestError, match=r"none\.txt can't be read"):
        read_report(tmp_path / "none.txt")


@pytest.fixture(scope="module")
def real() -> ReportReading:
    """Return part 1 of the real report."""
    if not REAL.exists():
        pytest.skip("the real report, which is not part of this repository, is not here")
    return read_report(REAL)


def test_part_1_has_its_questions_themes_and_quotations(real: ReportReading) -> None:
    """5 question parts with themes, 20 themes, 142 placements of which 3 are other ideas."""
    placements = Counter(
        theme_id for coding in real.codings.quotes for theme_id in coding.theme_ids or ("other",)
    )
    assert placements.total() == 142
    assert placements["other"] == 3
    assert [(t.id, t.number) for t in real.codebook.themes] == [(f"T{n}", n) for n in range(1, 21)]
    asked = {question_id for theme in real.codebook.themes for question_id in theme.questions}
    assert asked == {"Q1", "Q2a", "Q2b", "Q3a", "Q3b"}
    assert [(q.id, q.parent) for q in real.codebook.questions] == [
        ("Q1", None),
        ("Q2", None),
        ("Q2a", "Q2"),
        ("Q2b", "Q2"),
        ("Q3", None),
        ("Q3a", "Q3"),
        ("Q3b", "Q3"),
        ("Q4", None),
        ("Q5", None),
        ("Q6", None),
    ]
    assert not any(theme.examples for theme in real.codebook.themes)


def test_no_quotation_of_part_1_is_lost_and_all_are_verbatim(real: ReportReading) -> None:
    """Counted apart, by expressions that share nothing with the reader."""
    source = REAL.read_text(encoding="utf-8")
    body = re.split(r"(?m)^3\. Breakdown.*$", source)[1]
    paragraphs = re.findall(r"(?m)^\s*“(.+?)\s*$", body)
    printed = [re.sub(r"”\.?$", "", paragraph).strip() for paragraph in paragraphs]
    assert len(printed) == 142
    assert [coded.post.text for coded in real.codings.posts] == list(dict.fromkeys(printed))
    assert all(coded.post.text in source for coded in real.codings.posts)
    expected = {
        f"T{number}": len(re.findall(r"(?m)^\s*“", re.split(r"(?m)^\s*Other ideas", part)[0]))
        for number, part in re.findall(r"(?s)Theme (\d+):(.*?)(?=Theme \d+:|\Z)", body)
    }
    found = Counter(theme_id for c in real.codings.quotes for theme_id in c.theme_ids)
    assert found == expected


def test_the_introduction_of_part_1_is_read(real: ReportReading) -> None:
    """The figures as printed."""
    chat = real.codings.info.chat
    assert chat.counts is not None
    figures = [(w.hours, w.n_posts, w.n_participants) for w in chat.counts.windows]
    assert figures == [(1, 555, 60), (24, 805, 121)]
    assert (chat.source_url or "").startswith("https://")


def test_key_findings_of_part_1_are_placed_or_listed(real: ReportReading) -> None:
    """19 of 20 themes have one; what is not placed is in the notes with its line."""
    without = [theme.id for theme in real.codebook.themes if theme.key_finding is None]
    assert without == ["T18"]
    left = [note for note in real.notes if "left out: it matches" in note.message]
    assert len(left) == 4
    assert all(note.where and note.text for note in left)
    (elsewhere,) = (note for note in real.notes if "no themes in this file" in note.message)
    assert (elsewhere.text or "").count("\nline ") == elsewhere.message.count(", line ") == 16


def test_part_1_says_first_what_was_not_placed_and_says_it_shortly(real: ReportReading) -> None:
    """Fifteen notes at most, and none of the routine ones above the others."""
    kinds = [note.kind for note in real.notes]
    assert len(kinds) <= 15
    order = ["not-placed", "mended", "routine"]
    assert kinds == sorted(kinds, key=order.index)
    assert kinds.count("not-placed") == 5
