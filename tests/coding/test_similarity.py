"""Back ends: words, and anything with an `encode` method."""

import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from secondcoder.coding.embedded import EmbeddedCoder
from secondcoder.coding.similarity import Embeddings, Words, load_embeddings, stems
from secondcoder.errors import InputError, MissingExtraError
from secondcoder.schema.chat import Question
from secondcoder.schema.codebook import Codebook, Theme


class CountsVowels:
    """A tiny encoder: how many of each vowel."""

    def encode(self, sentences: list[str], /) -> list[list[int]]:
        """Return one vector of five counts per text."""
        return [[text.count(vowel) for vowel in "aeiou"] for text in sentences]


def test_a_text_is_most_alike_to_itself() -> None:
    """Its cosine with itself is 1 in each view, so 1 in all."""
    back_end = Words()
    texts = ["Time for rest", "Room for doubt"]
    back_end.fit(texts)
    found = back_end.similarities(texts)
    assert np.diag(found) == pytest.approx([1.0, 1.0])
    assert found[0, 1] < 0.5


def test_similarity_of_a_text_does_not_depend_on_its_company() -> None:
    """Rarity is learnt from the fitted texts alone."""
    back_end = Words()
    back_end.fit(["Time for rest", "Room for doubt"])
    alone = back_end.similarities(["rest and doubt"])
    assert back_end.similarities(["rest", "rest and doubt", "rest rest"])[1] == pytest.approx(
        alone[0]
    )


def test_empty_texts_are_alike_to_nothing() -> None:
    """No vocabulary is no error."""
    back_end = Words()
    back_end.fit(["", " "])
    assert not back_end.similarities(["words", ""]).any()


def test_stop_words_that_carry_feeling_are_kept() -> None:
    """The list calls these empty words; people who answer do not."""
    assert stems("We were alone and serious") == ["alon", "seriou"]


def test_an_encoder_is_averaged_with_the_words() -> None:
    """Half the cosine of the vowels, half that of the words."""
    back_end = Embeddings(CountsVowels(), name="vowels")
    back_end.fit(["banana", "eerie"])
    found = back_end.similarities(["cabana", "xyz"])
    words = Words()
    words.fit(["banana", "eerie"])
    assert found[0, 0] == pytest.approx((1 + words.similarities(["cabana"])[0, 0]) / 2)
    assert found[0, 1] == pytest.approx(0)
    assert not found[1].any()


def test_the_coder_records_the_back_end() -> None:
    """A figure without the back end's name can't be repeated."""
    book = Codebook(
        questions=(Question(id="Q1"),),
        themes=(Theme(id="a", name="banana"), Theme(id="e", name="eerie")),
    )
    coder = EmbeddedCoder(book, back_end=Embeddings(CountsVowels(), name="vowels"))
    assert coder.coder.id == "embedded/embeddings-v1:vowels"


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what to install."""
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(MissingExtraError, match=r"secondcoder\[embeddings\]"):
        load_embeddings("any")


class _Library(ModuleType):
    """Stands in for the optional library, which this test's machine need not have."""

    def __init__(self) -> None:
        super().__init__("sentence_transformers")
        self.asked: list[tuple[str, bool]] = []

        def make(model: str, *, local_files_only: bool, device: str) -> CountsVowels:
            self.asked.append((model, local_files_only))
            if model == "absent":
                raise OSError(f"no {model} on {device}")
            return CountsVowels()

        self.SentenceTransformer = make


def test_nothing_is_fetched_unless_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only `download=True` lets the library look beyond this machine."""
    library = _Library()
    monkeypatch.setitem(sys.modules, "sentence_transformers", library)
    assert load_embeddings(tmp_path / "tiny").name == "embeddings-v1:tiny"
    load_embeddings("tiny", download=True)
    assert [local for _, local in library.asked] == [True, False]


def test_a_model_that_is_not_here_is_an_input_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message offers a folder or the download."""
    monkeypatch.setitem(sys.modules, "sentence_transformers", _Library())
    with pytest.raises(InputError, match="model 'absent' is not on this machine"):
        load_embeddings("absent")
