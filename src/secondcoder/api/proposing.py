"""Proposing: a codebook from the posts themselves, or what one lacks to cover them."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from secondcoder.api.codebooks import CODEBOOK_START
from secondcoder.api.loops import finish
from secondcoder.api.sources import is_codings, open_source
from secondcoder.api.tabular import Tabular
from secondcoder.api.writing import refuse_overwriting, write_codebook
from secondcoder.coding.coders import EMBEDDED
from secondcoder.errors import InputError
from secondcoder.ingest.codebooks import read_codebook
from secondcoder.schema.chat import Chat
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Codings
from secondcoder.schema.options import ChatFile, ModelOptions
from secondcoder.schema.proposals import Grain, Proposal
from secondcoder.store.files import open_codings, read_codings, write_text

if TYPE_CHECKING:
    from rich.table import Table

PathLike = str | Path
MOST_READ = 2000
"""Posts that are read unless more are asked for; of a larger chat, a part of each question's."""


class ThemeRow(NamedTuple):
    """What one theme of a question rests on."""

    question_id: str | None
    theme_id: str
    name: str
    is_new: int
    n_authors: int
    n_posts: int
    n_quotes: int
    typical: str


class ProposalReport(Proposal, Tabular):
    """A proposed codebook with its evidence, as a table, a data frame, or the record itself."""

    def rows(self) -> tuple[ThemeRow, ...]:
        """Return one row per theme and question."""
        return tuple(
            ThemeRow(
                found.question_id,
                found.theme_id,
                self.theme(found.theme_id).name,
                int(found.is_new),
                found.n_authors,
                found.n_posts,
                len(found.quotes),
                found.quotes[0].text,
            )
            for found in self.themes
        )

    def columns(self) -> Mapping[str, type[str] | type[int] | type[float]]:
        """Return what each column of the rows holds, in order."""
        counts: dict[str, type[int]] = dict.fromkeys(
            ("is_new", "n_authors", "n_posts", "n_quotes"), int
        )
        return {"question_id": str, "theme_id": str, "name": str, **counts, "typical": str}

    def table(self) -> "Table":
        """Return one line per theme: print it with rich."""
        from secondcoder.reporting.tables import proposal_table  # noqa: PLC0415 # loads Rich

        return proposal_table(self)


def propose(  # noqa: PLR0913  # all but the chat by keyword, each with a default
    chat: Chat | ChatFile | PathLike,
    *,
    codebook: Codebook | PathLike | None = None,
    coded: Codings | PathLike | None = None,
    coder: str = EMBEDDED,
    options: ModelOptions | None = None,
    grain: Grain | int = "medium",
    sample: int = MOST_READ,
    seed: int = 0,
    output: PathLike | None = None,
    evidence: PathLike | None = None,
    ledger: PathLike | None = None,
) -> ProposalReport:
    """Return a codebook proposed from a chat, each theme with the quotes it rests on.

    Without a model, units that share words or meaning are clustered, and a theme is named by its
    terms and its most typical quote. A model writes initial codes that cite numbered segments,
    then gathers them into themes. Example quotes are verbatim either way.

    Args:
        chat: A chat, a file of posts, or a `ChatFile` that says how to read one. A file of codings
            is one, too: its questions are taken, and its themes are not.
        codebook: A codebook to extend: only what its themes don't cover is looked at. One without
            themes gives the questions.
        coded: People's codings of some of the posts. Their codebook is extended, their quotes are
            what its themes cover.
        coder: `embedded`, `embedded:MODEL`, or a model such as `openai/gpt-5-mini`.
        options: How a model is reached and asked.
        grain: `few`, `medium`, `many`, or a number of themes per question.
        sample: Posts to read at most: of a larger chat, drawn by chance from each question.
        seed: Of the sample and of the reading order.
        output: YAML file for the codebook.
        evidence: JSON file for the whole proposal.
        ledger: SQLite file that keeps what a model answered. Default: beside `output`.

    Raises:
        InputError: If a codebook and codings are both given.
    """
    from secondcoder.api.proposal_making import Wanted, proposed  # noqa: PLC0415  # scikit-learn
    from secondcoder.api.proposal_reading import Reader  # noqa: PLC0415  # as above

    if codebook is not None and coded is not None:
        raise InputError("give a codebook to extend or people's codings, not both")
    people = coded if isinstance(coded, Codings | None) else read_codings(Path(coded))
    book = people.info.codebook if people is not None else codebook
    start = book if isinstance(book, Codebook | None) else read_codebook(Path(book))
    start = start or _asked_in(chat)
    target = Path(output) if output is not None else None
    if target is not None:
        refuse_overwriting(target, unless_it_starts_with=CODEBOOK_START)
    if evidence is not None:
        refuse_overwriting(Path(evidence), unless_it_starts_with='{"kind":"proposal"')
    store = Path(ledger) if ledger is not None else None
    wanted = Wanted(Reader(coder, options, store, target), grain, sample, seed)
    made = finish(proposed(open_source(chat), start, people, wanted))
    proposal = ProposalReport.model_validate(dict(made))
    if target is not None:
        write_codebook(proposal.codebook, target)
    if evidence is not None:
        write_text(Path(evidence), proposal.model_dump_json() + "\n")
    return proposal


def _asked_in(chat: Chat | ChatFile | PathLike) -> Codebook | None:
    """Return the questions of codings that are given as a chat, without their themes."""
    path = chat.path if isinstance(chat, ChatFile) else chat
    if isinstance(path, Chat) or not is_codings(Path(path)):
        return None
    book = open_codings(Path(path))[0].codebook
    return Codebook(title="", language=book.language, questions=book.questions)
