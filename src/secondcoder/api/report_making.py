"""Making the findings of a report: who is left out, what was found, what is shown of people."""

from collections.abc import Iterator
from contextlib import nullcontext

from secondcoder.api.readers import CoderReader, PlanningReader
from secondcoder.api.report_quotes import Shown, Wanted, Written, masked, paraphrased, whose
from secondcoder.coding.prompts import load_template
from secondcoder.coding.pseudonyms import Pseudonyms
from secondcoder.errors import InputError, PromptError
from secondcoder.induction.paraphrases import paraphrases
from secondcoder.induction.summarise import draft_key_findings, key_findings, unrepeated
from secondcoder.reporting.findings import Findings, findings
from secondcoder.reporting.methods import PromptText
from secondcoder.reporting.opting_out import (
    SOMEONE,
    WithoutSome,
    refuse_unknown,
    without_authors,
)
from secondcoder.reporting.told_edits import with_told_edits
from secondcoder.reporting.withholding import Withholding
from secondcoder.reporting.wording import is_or_are, joined
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Codings, CodingsInfo
from secondcoder.schema.copies import Said
from secondcoder.schema.runs import PromptUsed, Run

Writer = CoderReader | PlanningReader
"""A model that writes, or one whose cost is told."""


async def findings_of(codings: Codings, wanted: Wanted, writer: Writer | None) -> Shown:
    """Return everything that a report prints, and what could not be written.

    Args:
        codings: What was coded.
        wanted: What to show.
        writer: Writes key findings and paraphrases; None: no model is asked.
    """
    kept = _kept(codings, wanted, has_writer=writer is not None)
    with writer or nullcontext():
        made, written = await _made(codings, kept, wanted, writer)
    shown = Shown(made)
    if wanted.quotes == "masked":
        shown = Shown(masked(kept, made, wanted))
    elif wanted.quotes == "paraphrased":
        shown = paraphrased(kept, made, wanted, written)
    unnamed = tuple(_unnamed(kept.codings.info.codebook, made, shown.findings))
    told = Withholding(kept).without_ids(shown.findings)
    return shown._replace(findings=told, unnamed=unnamed)


def _unnamed(book: Codebook, made: Findings, shown: Findings) -> Iterator[str]:
    """Yield which names and definitions of themes are not shown, though the codebook has them.

    Args:
        book: The codebook.
        made: With the ids of themes as they are there.
        shown: The same themes in the same order.
    """
    names, definitions = list[str](), list[str]()
    for before, after in zip(made.themes(), shown.themes(), strict=True):
        theme = book.theme_by_id[before.theme_id]
        number = str(after.number)
        if after.name == after.no_name != theme.name:
            names.append(number)
        if theme.definition and not after.definition:
            definitions.append(number)
    for what, numbers in (("name", names), ("definition", definitions)):
        if numbers:
            one = len(numbers) == 1
            yield (
                f"the {what if one else f'{what}s'} of {'theme' if one else 'themes'} "
                f"{joined(numbers)} {is_or_are(len(numbers))} not shown, since "
                f"{'it repeats' if one else 'they repeat'} words of posts that the report does not "
                f"show; 'secondcoder codebook' changes a theme"
            )


async def plan_findings(codings: Codings, wanted: Wanted, writer: PlanningReader) -> None:
    """Let who only counts be asked for all that a report asks a model for; nothing is written.

    Args:
        codings: What was coded.
        wanted: What would be shown.
        writer: Counts.
    """
    kept = _kept(codings, wanted, has_writer=True)
    with writer:
        await _made(codings, kept, wanted, writer)


def _kept(codings: Codings, wanted: Wanted, *, has_writer: bool) -> WithoutSome:
    """Return the codings without those who opted out.

    Raises:
        InputError: If paraphrases are wanted and nobody writes them, or somebody who opted out is
            unknown.
    """
    if wanted.quotes == "paraphrased" and (not has_writer or wanted.private is None):
        raise InputError(
            "paraphrases are written by a model and need a file for the original words: name "
            "--coder, and --output or --private; --quotes masked asks no model"
        )
    kept = without_authors(codings, wanted.opt_out)
    refuse_unknown(kept.unknown)
    return kept._replace(codings=_with_told_edits(kept, wanted))


def _with_told_edits(kept: WithoutSome, wanted: Wanted) -> Codings:
    """Return the codings with the record of their codebook as the report tells it."""
    codings = with_told_edits(
        kept.codings,
        repeats=kept.said.is_quoted_in,
        people=kept.keys,
        words_of=kept.words_of,
    )
    if wanted.quotes == "verbatim":
        return codings
    return with_told_edits(
        codings,
        repeats=Said(coded.post.text for coded in codings.posts).is_in,
        people={key for coded in codings.posts if (key := coded.post.author_key) is not None},
        words_of=Pseudonyms(everyone=SOMEONE).hide,
    )


async def _made(
    codings: Codings, kept: WithoutSome, wanted: Wanted, writer: Writer | None
) -> tuple[Findings, Written]:
    """Return the findings with people's own words, and paraphrases of the quotes if wanted."""
    withholding = Withholding(kept)
    if writer is None:
        sentences = key_findings(withholding.asked_about())
    else:
        for coded in codings.posts:
            writer.handles.add(coded.post)
        async with writer.drafting("key findings") as asker:
            sentences = await draft_key_findings(withholding.asked_about(), asker)
    if wanted.quotes == "paraphrased":
        sentences = unrepeated(sentences, withholding.asked_about())

    def found() -> Findings:
        run = writer.run if isinstance(writer, CoderReader) else None
        made = findings(
            kept.codings,
            withholding.told(sentences),
            order=wanted.order,
            prompts=_prompts(codings.info, run),
            agreement=wanted.agreement,
            writer=run,
            asked_out=kept.sentence,
        )
        return withholding.findings(made)

    made = found()
    if writer is None or wanted.quotes != "paraphrased":
        return made, []
    texts = [text for _, _, text in whose(made).values()]
    language = codings.info.codebook.language
    async with writer.drafting("paraphrases") as asker:
        written = await paraphrases(texts, language=language, asker=asker)
    return found(), written  # its methods tell of the paraphrases, too


def _prompts(info: CodingsInfo, writer: Run | None) -> list[PromptText]:
    """Return the prompts that were used, as far as this version still has the same texts.

    Those of the runs that coded, then those by which themes were proposed or reworded, then those
    of the report's own sentences.
    """
    used: list[PromptUsed] = []
    for run in (info.run, *info.run.members):
        if run.prompt_version and run.prompt_sha256:
            used.append(PromptUsed(name=run.prompt_version, sha256=run.prompt_sha256))
        used += run.prompts
    for edit in info.codebook.edits:
        for how in (edit.proposed, edit.refined):
            used += how.prompts if how is not None else ()
    used += writer.prompts if writer is not None else ()
    found: dict[str, PromptText] = {}
    for each in used:
        task, _, version = each.name.partition("/v")
        if not version.isdecimal():
            continue
        try:
            template = load_template(task, version=int(version))
        except PromptError:  # of another version of the program
            continue
        if template.sha256 == each.sha256:
            found[template.name] = PromptText(
                name=template.name, sha256=template.sha256, text=template.text
            )
    return list(found.values())
