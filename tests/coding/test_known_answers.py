"""Known answers: those of earlier ids, whatever else the requests held."""

import pytest
from coding.model_cases import BOOK, Shelf, codings_of, run, task
from servers.openai_server import ScriptedServer

import secondcoder
from secondcoder.coding.model import ModelCoder
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.examples import ExampleQuote, Examples
from secondcoder.schema.options import ModelOptions

TIME = "We need protected hours."
RENAMED = secondcoder.rename_codebook(BOOK, "time", "hours", reason="clearer")


def examples(theme_id: str) -> Examples:
    """Return two quotes that people gave a theme."""
    quotes = tuple(
        ExampleQuote(post_id=f"x{n}", text=text, theme_ids=(theme_id,))
        for n, text in enumerate(["A protected hour each Friday.", "Rotas with room in them."])
    )
    return Examples(quotes=quotes, per_theme=1)


@pytest.mark.parametrize("version", [1, 3])
def test_examples_that_moved_with_their_theme_are_the_same_examples(version: int) -> None:
    """The same quotes are shown under the new id; nothing is asked again."""
    shelf = Shelf()

    def code(book: Codebook, theme_id: str) -> list[tuple[str, str | None, tuple[str, ...]]]:
        options = ModelOptions(
            base_url=server.url, examples=examples(theme_id), prompt_version=version
        )
        coder = ModelCoder(book, model="openai/m", options=options, answers=shelf)
        return codings_of(run(coder, [task("1", TIME)])["1"])

    with ScriptedServer() as server:
        assert code(BOOK, "time") == [(TIME, "Q1", ("time",))]
        assert "A protected hour each Friday." in server.requests[0].user
        assert code(RENAMED, "hours") == [(TIME, "Q1", ("hours",))]
        assert len(server.requests) == 1


def test_an_answer_to_a_post_alone_serves_under_its_theme_s_new_id_where_posts_are_packed() -> None:
    """As it does under the old one."""
    shelf = Shelf()
    with ScriptedServer() as server:

        def coder(book: Codebook, size: int) -> ModelCoder:
            options = ModelOptions(base_url=server.url, posts_per_request=size)
            return ModelCoder(
                book, model="openai/m", options=options, answers=shelf, takes_single=size > 1
            )

        run(coder(BOOK, 1), [task("1", TIME)])
        decisions = run(coder(RENAMED, 4), [task("1", TIME), task("2", "More hours, please.")])
        assert [len(request.posts) for request in server.requests] == [1, 1]
        assert codings_of(decisions["1"]) == [(TIME, "Q1", ("hours",))]
