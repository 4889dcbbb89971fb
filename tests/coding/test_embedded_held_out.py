"""The cross-validation of the embedded coder: no quotation is scored with itself in sight."""

from pathlib import Path

import pytest

from evals.held_out import REPORT, HeldOut
from secondcoder.coding.similarity import Words

TEXT = """1. Introduction

An invented report.

3. Breakdown tweets / quotes by theme

1. What helps?

Theme 1: Gardens

“We planted roses by the door”

“we planted roses, by the door!”

“Trees outside every window of the ward”

Theme 2: Music

“A choir sings on Fridays”

“A choir sings on Fridays and the piano is never closed”

Other ideas

“Cake”
"""


@pytest.fixture
def held_out(tmp_path: Path) -> HeldOut:
    """Return the quotations of a tiny invented report."""
    path = tmp_path / "report.txt"
    path.write_text(TEXT, encoding="utf-8")
    return HeldOut(path, Words)


def test_repeats_are_one_quotation_and_fragments_are_near_copies(held_out: HeldOut) -> None:
    """The two spellings are one; the fragment and its whole are a near-copy pair."""
    assert len(held_out.quotations) == 4
    assert held_out.n_other_ideas == 1
    assert held_out.n_near_pairs == 1


def test_examples_hold_neither_the_quotation_nor_its_near_copies(held_out: HeldOut) -> None:
    """Leaving out the fragment leaves out its whole."""
    for place, quotation in enumerate(held_out.quotations):
        texts = [text for _, text in held_out.examples(held_out.others(place))]
        assert quotation.text not in texts
        assert len(texts) == (2 if "choir" in quotation.text else 3)


def test_names_alone_use_no_quotation(held_out: HeldOut) -> None:
    """The codebook that was read carries no examples."""
    assert not any(theme.examples for theme in held_out.codebook.themes)
    assert len(held_out.names_alone()) == 4


@pytest.mark.slow
def test_with_examples_the_coder_is_right_more_often_on_the_real_report() -> None:
    """Words of the other quotations help: 127 quotations of part 1."""
    if not REPORT.is_file():
        pytest.skip(f"the real report is not there: {REPORT.name}")
    held_out = HeldOut(REPORT, Words)
    names = sum(one.is_right for one in held_out.names_alone())
    others = sum(one.is_right for one in held_out.with_others())
    baseline = sum(one.is_right for one in held_out.baseline(with_examples=True))
    assert len(held_out.scored) == 127
    assert names / 127 == pytest.approx(0.591, abs=0.01)
    assert others / 127 == pytest.approx(0.772, abs=0.01)
    assert others > baseline > names
