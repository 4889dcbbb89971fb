"""Where themes come from, by the recorded edits and by the marks of their words."""

from datetime import UTC, datetime

import pytest

from secondcoder.induction import edits
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.derivation import Derivation, derivation
from secondcoder.schema.edits import CodebookEdit, EditKind
from secondcoder.schema.proposed import Proposed
from secondcoder.schema.runs import Coder, CoderKind

STEP = edits.Step("clearer", None, datetime(2026, 5, 14, tzinfo=UTC), "Ann")
START = Codebook(
    themes=(
        Theme(id="old", name="Of people"),
        Theme(id="tea", name="Tea", exclude=("it speaks of rotas, as “Rotas” does",)),
        Theme(id="rota", name="Rotas"),
    )
)


def how(*themes: Theme) -> Proposed:
    """Return the record of a proposal of these themes."""
    return Proposed(
        secondcoder_version="0.1.0",
        coder=Coder(id="embedded/words-v1", kind=CoderKind.EMBEDDED),
        start="nothing",
        grain=2,
        seed=0,
        n_posts=9,
        n_read=9,
        posts_sha256="0" * 64,
        marks={theme.id: theme.mark for theme in themes},
    )


BOOK = edits.proposed_step(
    START, how(*START.themes[1:]), ["tea", "rota"], made_at=STEP.made_at, extends=False
)


def test_nothing_is_known_where_no_proposal_is_recorded() -> None:
    """Codebooks of people, and those written before proposals were recorded."""
    assert derivation(START) is None
    renamed = edits.renamed(START, "tea", STEP, to="pot", name=None)
    assert derivation(renamed) is None


def test_what_nobody_touched_is_as_it_was_proposed() -> None:
    """And what was there before is no program's."""
    assert derivation(BOOK) == Derivation(
        as_proposed=("tea", "rota"), changed=(), not_proposed=("old",), gone=()
    )


def test_a_border_that_follows_a_renamed_theme_is_no_change_of_its_own() -> None:
    """The rule of tea names rotas by their new name; tea is still as it was proposed."""
    book = edits.renamed(BOOK, "rota", STEP, to="hours", name="Hours")
    assert book.theme_by_id["tea"].exclude == ("it speaks of rotas, as “Hours” does",)
    found = derivation(book)
    assert found is not None
    assert (found.as_proposed, found.changed) == (("tea",), ("hours",))


@pytest.mark.parametrize(
    "field", [{"name": "Tee"}, {"definition": "d"}, {"include": ("i",)}, {"examples": ("e",)}]
)
def test_a_theme_reworded_by_hand_is_told_by_its_mark(field: dict[str, object]) -> None:
    """No step records it; a number and a key finding are no words of the theme."""
    tea = BOOK.theme_by_id["tea"]
    numbered = tea.model_copy(update={"number": 4, "key_finding": "Tea helps."})
    assert numbered.mark == tea.mark
    changed = tea.model_copy(update=field)
    found = derivation(BOOK.changed(themes=(BOOK.themes[0], changed, BOOK.themes[2])))
    assert found is not None
    assert (found.as_proposed, found.changed) == (("rota",), ("tea",))


def test_merged_split_retired_and_lost_themes_keep_their_origin() -> None:
    """A merge of a proposed theme with a person's is a changed one; a split makes several."""
    merged = edits.merged(BOOK, ["old", "tea"], STEP, into="old", name=None)
    split = edits.split(merged, "rota", STEP, into={"days": "Days", "nights": "Nights"})
    found = derivation(split)
    assert found is not None
    assert (found.changed, found.not_proposed) == (("old", "days", "nights"), ())
    gone = edits.retired(split, "days", STEP)
    left = gone.changed(themes=gone.themes[:1])
    assert derivation(left) == Derivation(
        as_proposed=(), changed=("old",), not_proposed=(), gone=("days", "nights")
    )


def test_a_proposal_that_tells_no_more_than_its_themes_is_taken_as_changed() -> None:
    """Somebody removed how it was made: whether the words are still those is not known."""
    step = CodebookEdit(kind=EditKind.PROPOSE, after=("tea",), reason="r", version="1")
    found = derivation(START.changed(edits=(step,)))
    assert found is not None
    assert (found.as_proposed, found.changed) == ((), ("tea",))


def test_how_one_kind_of_edit_was_made_is_not_told_of_another() -> None:
    """A rename is no proposal."""
    told = how()
    with pytest.raises(ValueError, match="'rename' can't hold how a 'propose' was made"):
        CodebookEdit(
            kind=EditKind.RENAME,
            before=("a",),
            after=("b",),
            reason="r",
            version="2",
            proposed=told,
        )
