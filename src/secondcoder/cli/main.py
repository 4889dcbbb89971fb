"""The commands. Each parses, calls the function of the same name, and prints."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import secondcoder
from secondcoder.cli import calibration_commands, screen
from secondcoder.cli.agreement_options import (
    Confidence,
    Counts,
    Overlap,
    Themes,
    confident,
    counting,
    post_ids,
)
from secondcoder.cli.agreement_screen import show_agreement
from secondcoder.cli.batch_commands import batch_app
from secondcoder.cli.code_command import code
from secondcoder.cli.codebook_commands import codebook_app
from secondcoder.cli.delegation_options import (
    Level,
    Margin,
    MaxMore,
    MinAgreement,
    MinPositives,
    MinRecall,
    delegation_rule,
)
from secondcoder.cli.delegation_screen import show_delegation
from secondcoder.cli.difference_screen import show_difference
from secondcoder.cli.evaluation_screen import show_evaluation, show_sample
from secondcoder.cli.ledger_commands import ledger_app
from secondcoder.cli.parsing import (
    AsJson,
    BaseUrl,
    ChatPath,
    Columns,
    Concurrency,
    Length,
    Likelihoods,
    Mode,
    Moderators,
    Output,
    Pack,
    PromptVersion,
    Sheet,
    StartsAt,
    Temperature,
    Timeout,
    TimeZone,
    chat_file,
    minima,
    model_options,
    one_of,
    pairs,
    posts_per_request,
    theme_pairs,
)
from secondcoder.cli.progress import notes
from secondcoder.cli.proposal_command import propose
from secondcoder.cli.refine_command import refine
from secondcoder.cli.report_command import report
from secondcoder.errors import SecondCoderError

if TYPE_CHECKING:
    pass

app = typer.Typer(
    no_args_is_help=True,
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    epilog="Exit codes: 0 done, 1 done with failures, 2 input, 3 provider, 4 file of results, "
    "5 budget, 130 stopped by Ctrl-C.",
)
app.add_typer(ledger_app, name="ledger")
app.add_typer(batch_app, name="batch")
app.add_typer(codebook_app, name="codebook")
app.command()(propose)
app.command()(refine)
app.command()(code)
app.command()(report)


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", is_eager=True)
    ] = False,
) -> None:
    """A second coder for qualitative studies: verbatim quotes under themes."""
    if version:
        screen.show_text(f"secondcoder {secondcoder.__version__}\n", None)
        sys.exit()


@app.command()
def convert(
    report: Annotated[Path, typer.Argument(help="A thematic report as text, coded by people.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for codebook.yaml and codings.jsonl.")
    ] = Path(),
    as_json: AsJson = False,
) -> None:
    """Turn a people's report into codebook and codings."""
    reading = secondcoder.convert(report, output)
    screen.show_reading(reading, output, as_json=as_json)


@app.command()
def questions(
    chat: ChatPath,
    codebook: Annotated[Path | None, typer.Option("--codebook", "-c")] = None,
    column: Columns = None,
    timezone: TimeZone = None,
    sheet: Sheet = None,
    moderator: Moderators = None,
    start: StartsAt = None,
    length: Length = None,
    as_json: AsJson = False,
) -> None:
    """Show a chat's questions and who answers them."""
    source = chat_file(chat, column, timezone, sheet, moderator, start, length)
    screen.show_questions(secondcoder.questions(source, codebook), as_json=as_json)


@app.command()
def agree(
    codings: Annotated[
        list[Path], typer.Argument(help="Codings of one chat by two or more coders; sheets too.")
    ],
    reference: Annotated[
        str | None, typer.Option(help="Coder id: the others are scored against it.")
    ] = None,
    unit: Annotated[str, typer.Option(help="posts, or quotes that coders both marked.")] = "posts",
    question: Annotated[str | None, typer.Option(help="Only this question.")] = None,
    theme: Themes = None,
    posts: Annotated[
        Path | None, typer.Option(help="Only the posts of this file: ids, one a line.")
    ] = None,
    min_confidence: Confidence = None,
    count: Counts = None,
    overlap: Overlap = 0.5,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", help="OLD=NEW theme id, OLD= leaves it out; may be repeated."),
    ] = None,
    chat: Annotated[Path | None, typer.Option(help="The chat that sheets are about.")] = None,
    codebook: Annotated[Path | None, typer.Option("--codebook", "-c", help="Of sheets.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same intervals.")] = 0,
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """Report how far coders agree; -o writes .html, .md or .json."""
    report = secondcoder.agree(
        *codings,
        reference=reference,
        unit=one_of(unit, "--unit", ("posts", "quotes")) or "posts",
        question=question,
        themes=theme,
        posts=post_ids(posts),
        quotes=confident(min_confidence),
        counting=counting(count or []),
        overlap=overlap,
        mapping=theme_pairs(mapping or []),
        seed=seed,
        chat=chat,
        codebook=codebook,
        output=output,
    )
    show_agreement(report, output, as_json=as_json)


@app.command()
def diff(
    before: Annotated[Path, typer.Argument(help="The earlier codings; a sheet, too.")],
    after: Annotated[Path, typer.Argument(help="The later codings of the same chat; likewise.")],
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", help="OLD=NEW theme id, where one was renamed; may be repeated."),
    ] = None,
    chat: Annotated[Path | None, typer.Option(help="The chat that sheets are about.")] = None,
    codebook: Annotated[Path | None, typer.Option("--codebook", "-c", help="Of sheets.")] = None,
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """Show what moved between two codings; -o writes .html or .json."""
    renamed = pairs(mapping or (), "--map", "OLD=NEW")
    found = secondcoder.diff(
        before, after, mapping=renamed, chat=chat, codebook=codebook, output=output
    )
    show_difference(found, output, as_json=as_json)


@app.command()
def sample(
    chat: ChatPath,
    n: Annotated[int, typer.Option("-n", help="Posts to draw.")] = 100,
    codebook: Annotated[Path | None, typer.Option("--codebook", "-c")] = None,
    stratify: Annotated[
        str | None, typer.Option(help="Equally many posts of each 'question' or 'theme'.")
    ] = None,
    codings: Annotated[
        Path | None, typer.Option(help="Which post has which theme, to draw by theme.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed draws the same posts.")] = 0,
    coder: Annotated[
        list[str] | None, typer.Option(help="Who will code; may be repeated. Default: A and B.")
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for the sheets and sample.json.")
    ] = Path("sample"),
    form: Annotated[str, typer.Option(help="csv or xlsx.")] = "csv",
    column: Columns = None,
    timezone: TimeZone = None,
    sheet: Sheet = None,
    moderator: Moderators = None,
    start: StartsAt = None,
    length: Length = None,
    as_json: AsJson = False,
) -> None:
    """Draw posts to be coded twice; write a sheet for each coder."""
    drawn = secondcoder.sample(
        chat_file(chat, column, timezone, sheet, moderator, start, length),
        n,
        codebook=codebook,
        stratify=one_of(stratify, "--stratify", ("question", "theme")),
        codings=codings,
        seed=seed,
        coders=tuple(coder or "AB"),
        output=output,
        form=one_of(form, "--form", ("csv", "xlsx")) or "csv",
    )
    show_sample(drawn, output, as_json=as_json)


@app.command()
def delegate(
    model: Annotated[Path, typer.Argument(help="The model's codings of the whole chat.")],
    people: Annotated[
        list[Path], typer.Argument(help="People's codings of some posts; sheets too.")
    ],
    sample: Annotated[
        Path | None, typer.Option(help="sample.json: how these posts were drawn.")
    ] = None,
    again: Annotated[Path | None, typer.Option(help="The same model's codings once more.")] = None,
    min_agreement: MinAgreement = None,
    margin: Margin = None,
    min_recall: MinRecall = None,
    min_positives: MinPositives = None,
    level: Level = 0.95,
    max_more: MaxMore = 2000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same numbers.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Say which themes a model may code alone, beside people's codings."""
    rule = delegation_rule(
        min_agreement=min_agreement,
        margin=margin,
        min_recall=min_recall,
        min_positives=min_positives,
    )
    found = secondcoder.delegate(
        model,
        *people,
        sample=sample,
        again=again,
        rule=rule,
        level=level,
        max_more=max_more,
        seed=seed,
    )
    show_delegation(found, as_json=as_json)


app.command()(calibration_commands.calibrate)
app.command()(calibration_commands.abstain)


@app.command(name="eval")
def evaluate(
    task: Annotated[Path, typer.Argument(help="A task: YAML, such as evals/report.yaml.")],
    coder: Annotated[
        list[str] | None,
        typer.Option(
            help="embedded, embedded-decides, either with :FOLDER of an embedding model behind, or "
            "PROVIDER/MODEL; may be repeated."
        ),
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="An earlier result (.json) to compare with.")
    ] = None,
    minimum: Annotated[
        list[str] | None,
        typer.Option("--min", help="NAME=VALUE: exit with 1 when a score is below; repeatable."),
    ] = None,
    data: Annotated[
        list[str] | None, typer.Option(help="KEY=FILE in place of the task's, such as report=…")
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option(help="So many quotations, pairs or posts only, drawn by the task's seed."),
    ] = None,
    condition: Annotated[
        list[str] | None,
        typer.Option(help="Try this condition of the task's only; may be repeated."),
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for result, page and history.")
    ] = Path("evaluations"),
    base_url: BaseUrl = None,
    pack: Pack = "auto",
    concurrency: Concurrency = 8,
    mode: Mode = "auto",
    prompt_version: PromptVersion = None,
    likelihoods: Likelihoods = False,
    temperature: Temperature = None,
    timeout: Timeout = 60,
    as_json: AsJson = False,
) -> None:
    """Try coders on a task and score them."""
    result = secondcoder.evaluate(
        task,
        coders=coder or ("embedded",),
        against=against,
        minima=minima(minimum or ()),
        data=pairs(data or (), "--data", "KEY=FILE"),
        sample=sample,
        conditions=condition or (),
        output=output,
        options=model_options(
            base_url=base_url,
            posts_per_request=posts_per_request(pack),
            concurrency=concurrency,
            mode=mode,
            prompt_version=prompt_version,
            likelihoods=likelihoods,
            temperature=temperature,
            timeout_s=timeout,
        ),
        progress=notes(quiet=as_json),
    )
    show_evaluation(result, output, as_json=as_json)
    sys.exit(1 if result.kind == "evaluation" and result.unmet else 0)


@app.command()
def segment(
    text: Annotated[str, typer.Argument(help="A text, or a text file ('-': standard input).")],
    as_json: AsJson = False,
) -> None:
    """Cut a text into the pieces that quotes are made of."""
    words = screen.words_of(text)
    screen.show_segments(words, secondcoder.segment(words), as_json=as_json)


@app.command()
def schema(name: Annotated[str, typer.Argument(help="A model, such as Codebook.")]) -> None:
    """Print the JSON Schema of a model."""
    screen.show_json(secondcoder.json_schema(name))


def run() -> None:
    """Run the command line; what goes wrong is one sentence and an exit code."""
    try:
        app()
    except SecondCoderError as error:
        screen.show_error(str(error))
        sys.exit(error.exit_code)
