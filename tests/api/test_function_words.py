"""Names of themes in a language whose function words no list tells."""

import pytest

import secondcoder
from secondcoder.schema.chat import Chat, Post
from secondcoder.schema.codebook import Codebook

SAYS = (
    "Los medicamentos no están listos hasta la tarde",
    "La farmacia tarda mucho y los medicamentos llegan tarde",
    "Esperamos los medicamentos de la farmacia todo el día",
    "La ambulancia no llega hasta la noche",
    "Esperar la ambulancia del hospital cinco horas",
    "No hay transporte, la ambulancia tarda seis horas",
)
CHAT = Chat(
    posts=(
        Post(id="q", author="host", text="Q1: ¿Qué retrasa el alta del hospital?"),
        *(Post(id=f"a{n}", author=f"ana{n}", text=f"A1 {text}") for n, text in enumerate(SAYS)),
    )
)


@pytest.mark.parametrize("language", ["en", "es"])
def test_articles_and_prepositions_name_no_theme(language: str) -> None:
    """Medicines and ambulances do."""
    found = secondcoder.propose(CHAT, codebook=Codebook(language=language), grain=2)
    terms = {term for theme in found.themes for term in theme.terms}
    assert {"medicamentos", "ambulancia"} <= terms
    assert not terms & {"los", "las", "del", "una", "hay", "que"}


def test_a_chat_in_an_unknown_language_is_not_recorded_as_english() -> None:
    """Unless the codebook that it starts from says so; what is proposed codes the chat."""
    found = secondcoder.propose(CHAT, grain=2)
    assert found.codebook.language == "und"
    assert secondcoder.propose(CHAT, codebook=Codebook(language="en")).codebook.language == "en"
    assert secondcoder.code(CHAT, found.codebook).quotes
