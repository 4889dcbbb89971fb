"""A sheet of our own `sample`, filled in by a person, where codings are taken."""

from pathlib import Path

import pytest
from api.test_proposing import CHAT, proposal_of, rota
from api.test_sampling import fill

import secondcoder
from secondcoder import Codebook, Post, Question, Theme
from secondcoder.errors import CodingsError, InputError

BOOK = Codebook(
    title="Pauses",
    questions=(Question(id="Q1", text="What gives you a pause at work?"),),
    themes=(
        Theme(id="rotas", name="Rotas", examples=(rota(9)[3:],), questions=("Q1",)),
        Theme(id="naps", name="Naps", definition="Sleep at work.", questions=("Q1",)),
    ),
)
TEAS = [f"t{n}" for n in range(4)]


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """Return a sheet of all posts; a person laid the tea under rotas and left the rest blank."""
    secondcoder.sample(CHAT, 99, codebook=BOOK, coders=["Ann"], output=tmp_path)
    path = tmp_path / "ann.csv"
    said = dict.fromkeys((post.id for post in CHAT.posts), ("", ""))
    fill(path, said | dict.fromkeys(TEAS, ("", "Rotas")))
    return path


def test_a_proposal_goes_on_from_a_sheet_and_its_codebook(sheet: Path) -> None:
    """What the person coded is covered as they said; what they left blank is not theirs."""
    found = secondcoder.propose(CHAT, coded=sheet, codebook=BOOK, grain=2)
    how = proposal_of(found.codebook)
    assert (how.start, how.n_coded) == ("coded", 4)
    known = next(theme for theme in found.themes if theme.theme_id == "rotas")
    assert set(TEAS) <= {quote.post_id for quote in known.quotes}
    made = secondcoder.propose(CHAT, coded=sheet)
    assert "Rotas" in {theme.name for theme in made.codebook.themes}
    assert any("themes made from the sheet" in note.message for note in made.notes)


def test_a_few_words_that_a_person_quoted_cover_their_stretch(tmp_path: Path) -> None:
    """However long the stretch is that a proposal reads around them; what stands apart is not."""
    said = (
        "A walk to the far side of the pond at noon.",
        "Nobody speaks to me out there by the water.",
    )
    walk = Post(id="w", author="wanda", text=f"A1 {' '.join(said)}")
    chat = CHAT.model_copy(update={"posts": (*CHAT.posts, walk)})
    secondcoder.sample(chat, 99, codebook=BOOK, coders=["Ann"], output=tmp_path)
    blank = dict.fromkeys((post.id for post in chat.posts), ("", ""))
    fill(tmp_path / "ann.csv", blank | {"w": ("the pond", "Naps")})
    found = secondcoder.propose(chat, coded=tmp_path / "ann.csv", codebook=BOOK, grain=2)
    known = next(theme for theme in found.themes if theme.theme_id == "naps")
    assert [quote.text for quote in known.quotes] == [said[0]]


def test_a_sheet_is_checked_under_the_codebook_that_is_checked(sheet: Path) -> None:
    """With the chat, authors are known, too."""
    found = secondcoder.check_codebook(BOOK, codings=sheet)
    assert found.n_quotes == 4
    assert [issue.theme_ids for issue in found.issues] == [("naps",)]
    assert secondcoder.check_codebook(BOOK, codings=sheet, chat=CHAT).n_quotes == 4


def test_a_sheet_follows_from_the_codebook_it_was_coded_with(sheet: Path) -> None:
    """Which it does not hold itself, as codings do."""
    after = secondcoder.rename_codebook(BOOK, "rotas", "shifts", reason="r")
    found = secondcoder.follow_codebook(after, sheet, chat=CHAT, coded_with=BOOK)
    assert (found.n_moved, len(found.codings.posts)) == (4, len(CHAT.posts))
    assert {each for one in found.codings.quotes for each in one.theme_ids} == {"shifts"}
    with pytest.raises(InputError, match=r"ann\.csv is a sheet, which does not hold the codebook"):
        secondcoder.follow_codebook(after, sheet)
    with pytest.raises(InputError, match="these codings hold the codebook"):
        secondcoder.follow_codebook(after, found.codings, coded_with=BOOK)


def test_a_sheet_of_several_people_names_them(tmp_path: Path) -> None:
    """Whose codings are meant is theirs to say."""
    path = tmp_path / "both.csv"
    path.write_text("post_id,text,Ann,Ben\n1,the rota,Rotas,Naps\n", "utf-8")
    with pytest.raises(CodingsError, match=r"both\.csv holds 2 people's codings \(Ann, Ben\)"):
        secondcoder.check_codebook(BOOK, codings=path)
