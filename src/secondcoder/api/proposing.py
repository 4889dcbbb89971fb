"""Proposing: a codebook from the posts themselves, or what one lacks to cover them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from secondcoder.api.beside import holds_its_codebook, not_of_people, read_one_coder
from secondcoder.api.codebook_files import COPY_NOTE, refuse_losing_codebook, replace_codebook
from secondcoder.api.estimating import WorkEstimateReport
from secondcoder.api.loops import finish
from secondcoder.api.name_lists import lines_of, to_mask
from secondcoder.api.proposal_showing import ShownQuotes, shown_proposal
from secondcoder.api.sources import is_codings, open_source
from secondcoder.api.tabular import Tabular
from secondcoder.api.writing import refuse_overwriting
from secondcoder.coding.coders import EMBEDDED
from secondcoder.errors import InputError
from secondcoder.ingest.codebooks import read_codebook
from secondcoder.schema.chat import Chat
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Codings
from secondcoder.schema.options import ChatFile, ModelOptions
from secondcoder.schema.progress import Listener
from secondcoder.schema.proposals import Proposal
from secondcoder.schema.proposed import Grain
from secondcoder.schema.readings import Note
from secondcoder.store.files import open_codings, write_text

if TYPE_CHECKING:
    from rich.table import Table

    from secondcoder.api.readers import Work

PathLike = str | Path
MOST_READ = 2000
"""Posts that are read unless more are asked for; of a larger chat, a part of each question's."""
_STARTS = {".html": "<!doctype html>", ".md": "# ", ".json": '{"kind":"proposal"'}
"""Endings of files of evidence, and how each starts, so that nothing else is overwritten."""


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
    quotes: ShownQuotes = "verbatim",
    opt_out: Iterable[str] | Path = (),
    mask_also: Iterable[str] | Path = (),
    ledger: PathLike | None = None,
    progress: Listener | None = None,
) -> ProposalReport:
    """Return a codebook proposed from a chat, each theme with the quotes it rests on.

    Without a model, units that share words or meaning are clustered, and a theme is named by its
    terms and its most typical quote. A model writes initial codes that cite numbered segments;
    the codes are clustered, and the model says which belong elsewhere and names each theme.
    Example quotes are verbatim either way.

    Args:
        chat: A chat, a file of posts, or a `ChatFile` that says how to read one. A file of codings
            is one, too: its questions are taken, and its themes are not.
        codebook: A codebook to extend: only what its themes don't cover is looked at. One without
            themes gives the questions.
        coded: People's codings of some of the posts. Their codebook is extended, their quotes are
            what its themes cover. A sheet of one person serves too: its themes are found in
            `codebook`, or made of the names in it.
        coder: `embedded`, `embedded:MODEL`, or a model such as `openai/gpt-5-mini`.
        options: How a model is reached and asked.
        grain: `few`, `medium`, `many`, or a number of themes per question.
        sample: Posts to read at most: of a larger chat, drawn by chance from each question.
        seed: Of the sample and of the reading order.
        output: YAML file for the codebook.
        evidence: File for what each theme rests on: a page for people (`.html`, `.md`) or the whole
            proposal (`.json`).
        quotes: How evidence shows quotes: `verbatim`, or `masked` as a report masks them: handles,
            links and likely names hidden, authors and posts numbered. The codebook's own file has
            its examples as they are.
        opt_out: Authors who asked to be left out, or a file with one a line: they are not read.
        mask_also: Names and other words to hide in masked quotes, or a file with one a line.
        ledger: SQLite file that keeps what a model answered. Default: beside `output`.
        progress: Told of posts that are coded, and why nothing is asked while a provider is down.

    More than the options' budget is not spent: before it would be, a `BudgetError` ends the run,
    and the same call with a larger budget goes on from there.
    """
    from secondcoder.api.proposal_making import Wanted, proposed  # noqa: PLC0415  # scikit-learn
    from secondcoder.api.readers import CoderReader  # noqa: PLC0415  # as above

    start, people, said = _start(chat, codebook, coded)
    target = Path(output) if output is not None else None
    if target is not None:
        refuse_losing_codebook(target, start, remedy=f", or extend it with --codebook {target}")
    told = Path(evidence) if evidence is not None else None
    gone, hidden = lines_of(opt_out), to_mask(mask_also, quotes)
    _refuse_masking_nothing(told, quotes)
    if told is not None:
        refuse_overwriting(told, unless_it_starts_with=_start_of(told))
    reader = CoderReader(_work(coder, options, ledger, target), progress)
    wanted = Wanted(grain, sample, seed, gone)
    source = open_source(chat)
    made = finish(proposed(source, start, people, wanted, reader))
    proposal = ProposalReport.model_validate({**dict(made), "notes": (*said, *made.notes)})
    if target is not None and (copy := replace_codebook(proposal.codebook, target, start)):
        note = Note(message=COPY_NOTE.format(target=target, copy=copy))
        proposal = proposal.model_copy(update={"notes": (*proposal.notes, note)})
    if told is not None:
        shown = shown_proposal(proposal, source, quotes, opt_out=gone, mask_also=hidden)
        write_text(told, _told(shown, told))
    return proposal


def estimate_proposal(  # noqa: PLR0913  # as `propose`
    chat: Chat | ChatFile | PathLike,
    *,
    coder: str,
    codebook: Codebook | PathLike | None = None,
    coded: Codings | PathLike | None = None,
    options: ModelOptions | None = None,
    grain: Grain | int = "medium",
    sample: int = MOST_READ,
    seed: int = 0,
    opt_out: Iterable[str] | Path = (),
    output: PathLike | None = None,
    ledger: PathLike | None = None,
) -> WorkEstimateReport:
    """Return what `propose` with the same arguments would ask a model, and what that would cost.

    Nothing is sent or written, and no key is needed. What a model will say is not known, so later
    requests are counted for a code per two segments, and for themes of ordinary length.

    Args:
        chat: A chat, a file of posts, or a `ChatFile` that says how to read one.
        coder: A model such as `openai/gpt-5-mini`; the embedded coder costs nothing.
        codebook: A codebook to extend. What it covers is not known yet, so nothing is left out.
        coded: People's codings of some of the posts.
        options: How the model would be reached and asked.
        grain: As for `propose`.
        sample: Posts to read at most.
        seed: Of the sample and of the reading order.
        opt_out: Authors who would not be read, or a file with one a line.
        output: Where the codebook would be written: the ledger is looked for beside it.
        ledger: Answers there are already are not asked for again.
    """
    from secondcoder.api.proposal_making import Wanted, read  # noqa: PLC0415  # scikit-learn
    from secondcoder.api.readers import PlanningReader  # noqa: PLC0415  # as above

    start, people, _ = _start(chat, codebook, coded)
    target = Path(output) if output is not None else None
    reader = PlanningReader(_work(coder, options, ledger, target))

    wanted = Wanted(grain, sample, seed, lines_of(opt_out))

    async def plan() -> None:
        with reader:
            await read(open_source(chat), start, people, wanted, reader)

    finish(plan())
    return WorkEstimateReport.model_validate(dict(reader.estimate))


def _refuse_masking_nothing(evidence: Path | None, quotes: ShownQuotes) -> None:
    """Refuse masked quotes where none are written.

    Raises:
        InputError: Saying so.
    """
    if evidence is None and quotes != "verbatim":
        raise InputError("--quotes masked is about the file of evidence; name it with --evidence")


def _start(
    chat: Chat | ChatFile | PathLike,
    codebook: Codebook | PathLike | None,
    coded: Codings | PathLike | None,
) -> tuple[Codebook | None, Codings | None, tuple[Note, ...]]:
    """Return the codebook to begin with, what people coded, and what reading that said.

    Raises:
        InputError: If a codebook and codings that hold their own are both given.
    """
    if coded is None:
        start = codebook if isinstance(codebook, Codebook | None) else read_codebook(Path(codebook))
        return start or _asked_in(chat), None, ()
    if codebook is not None and holds_its_codebook(coded):
        raise InputError(
            "people's codings hold their codebook: give them or a codebook to extend, not both"
        )
    people, said = read_one_coder(coded, chat=chat, codebook=codebook)
    who = (Note(message=message) for message in not_of_people([people]))
    return people.info.codebook, people, (*said, *who)


def _work(
    coder: str, options: ModelOptions | None, ledger: PathLike | None, beside: Path | None
) -> "Work":
    from secondcoder.api.readers import Work  # noqa: PLC0415  # scikit-learn

    return Work("propose", coder, options, Path(ledger) if ledger is not None else None, beside)


def _start_of(path: Path) -> str:
    """Return how our own file of evidence starts.

    Raises:
        InputError: If its ending tells no form.
    """
    start = _STARTS.get(path.suffix.lower())
    if start is None:
        raise InputError(f"{path}: name a file of evidence that ends in {', '.join(_STARTS)}")
    return start


def _told(proposal: Proposal, path: Path) -> str:
    match path.suffix.lower():
        case ".json":
            return proposal.model_dump_json() + "\n"
        case ".md":
            from secondcoder.reporting.proposal_markdown import proposal_markdown  # noqa: PLC0415

            return proposal_markdown(proposal)
        case _:
            from secondcoder.reporting.proposal_html import proposal_html  # noqa: PLC0415  # Jinja2

            return proposal_html(proposal)


def _asked_in(chat: Chat | ChatFile | PathLike) -> Codebook | None:
    """Return the questions of codings that are given as a chat, without their themes."""
    path = chat.path if isinstance(chat, ChatFile) else chat
    if isinstance(path, Chat) or not is_codings(Path(path)):
        return None
    book = open_codings(Path(path))[0].codebook
    return Codebook(title="", language=book.language, questions=book.questions)
