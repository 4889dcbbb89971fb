"""The command `code`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import secondcoder
from secondcoder.cli import screen
from secondcoder.cli.batch_commands import (
    Again,
    Poll,
    Wait,
    ask_again,
    batch_limits,
    exit_code,
    leaving_batches,
    one_model,
    seconds_between,
    show_batches,
)
from secondcoder.cli.engine_options import (
    Engine,
    RayAddress,
    ShardFolder,
    ShardPosts,
    Workers,
    chatter_aside,
    engine_options,
    refuse_workers,
)
from secondcoder.cli.parsing import (
    AsJson,
    BaseUrl,
    ChatPath,
    Columns,
    Concurrency,
    ExampleFiles,
    ExamplesPerTheme,
    Length,
    Likelihoods,
    Mode,
    Moderators,
    Pack,
    PromptVersion,
    Quiet,
    Sheet,
    StartsAt,
    Temperature,
    Timeout,
    TimeZone,
    chat_file,
    model_options,
    posts_per_request,
    with_examples,
)
from secondcoder.cli.progress import progress_display, stoppable
from secondcoder.cli.spending import AskAbove, BudgetUsd, DryRun, stop_unless_wanted

if TYPE_CHECKING:
    from secondcoder.api.estimating import EstimateReport


def code(
    chat: ChatPath,
    codebook: Annotated[Path, typer.Option("--codebook", "-c", help="Codebook: YAML or JSON.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="File for the codings.")] = Path(
        "codings.jsonl"
    ),
    coder: Annotated[
        list[str] | None,
        typer.Option(
            help="'embedded' (the default: no key, no network), 'embedded:FOLDER' with an "
            "embedding model of yours, PROVIDER/MODEL such as openai/gpt-5-mini, or MODEL@URL; "
            "repeated, the coders are a panel and vote."
        ),
    ] = None,
    samples: Annotated[
        int, typer.Option(help="Ask each model so often; the answers vote, as a panel's do.")
    ] = 1,
    min_votes: Annotated[
        float | None,
        typer.Option(
            help="Least share of a panel's votes, such as 0.67; people decide posts where no side "
            "has it. Default: more than half."
        ),
    ] = None,
    base_url: BaseUrl = None,
    pack: Pack = "auto",
    concurrency: Concurrency = 8,
    requests_per_minute: Annotated[
        float | None, typer.Option(help="Sent evenly over time. Default: no limit.")
    ] = None,
    tokens_per_minute: Annotated[
        float | None, typer.Option(help="Of prompts, counted roughly. Default: no limit.")
    ] = None,
    mode: Mode = "auto",
    prompt_version: PromptVersion = None,
    likelihoods: Likelihoods = False,
    budget: BudgetUsd = None,
    pseudonyms: Annotated[
        bool,
        typer.Option(
            "--pseudonyms/--no-pseudonyms",
            help="Hide handles, mails, phone numbers and links in what is sent.",
        ),
    ] = True,
    temperature: Temperature = None,
    examples: ExampleFiles = None,
    examples_per_theme: ExamplesPerTheme = 2,
    timeout: Timeout = 60,
    max_attempts: Annotated[
        int,
        typer.Option(help="Requests that may carry one post, faults and bad replies included."),
    ] = 8,
    patience: Annotated[
        float,
        typer.Option(help="Seconds to wait for a provider that is down, before the run ends."),
    ] = 600,
    ledger: Annotated[
        Path | None, typer.Option(help="Keeps a model's answers. Default: beside the output.")
    ] = None,
    engine: Engine = None,
    workers: Workers = None,
    shard_posts: ShardPosts = None,
    shard_folder: ShardFolder = None,
    ray_address: RayAddress = None,
    column: Columns = None,
    timezone: TimeZone = None,
    sheet: Sheet = None,
    moderator: Moderators = None,
    start: StartsAt = None,
    length: Length = None,
    title: Annotated[str | None, typer.Option(help="Title of the report.")] = None,
    source_url: Annotated[str | None, typer.Option(help="Where the chat can be read.")] = None,
    batch: Annotated[
        bool,
        typer.Option(
            "--batch", help="Submit as a batch: half the price, within a day; see 'batch --help'."
        ),
    ] = False,
    requests_per_batch: Annotated[
        int, typer.Option(help="Fewer where your account may queue less at once.")
    ] = 50_000,
    again: Again = "batch",
    wait: Wait = False,
    poll: Poll = 60.0,
    dry_run: DryRun = False,
    ask_above: AskAbove = 1.0,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Code a chat: verbatim quotes under themes."""
    source = chat_file(chat, column, timezone, sheet, moderator, start, length)
    source = source.model_copy(update={"title": title, "source_url": source_url})
    options = model_options(
        base_url=base_url,
        posts_per_request=posts_per_request(pack),
        concurrency=concurrency,
        requests_per_minute=requests_per_minute,
        tokens_per_minute=tokens_per_minute,
        mode=mode,
        pseudonyms=pseudonyms,
        budget_usd=budget,
        temperature=temperature,
        timeout_s=timeout,
        max_attempts=max_attempts,
        patience_s=patience,
        prompt_version=prompt_version,
        likelihoods=likelihoods,
    )
    options = with_examples(options, examples or [], examples_per_theme, source, codebook)
    spread = engine_options(engine, workers, shard_posts, shard_folder, ray_address)

    coders = coder or ["embedded"]
    limits, way = batch_limits(requests_per_batch), ask_again(again)
    if batch:
        refuse_workers(spread)
        one_model(coders, samples)
        poll = seconds_between(poll)

    def estimate() -> "EstimateReport":
        return secondcoder.estimate(
            source,
            codebook,
            coder=coders,
            samples=samples,
            min_votes=min_votes,
            options=options,
            output=output,
            ledger=ledger,
            engine=spread,
            is_batch=batch,
        )

    if dry_run:
        screen.show_estimate(estimate(), as_json=as_json)
        return
    is_local = all(name.startswith("embedded") for name in coders)
    # Elsewhere than at the provider's own endpoint no price is known.
    if not is_local and base_url is None:
        stop_unless_wanted(estimate, ask_above=ask_above)
    if batch:
        with leaving_batches(), progress_display(quiet=quiet or as_json) as progress:
            report = secondcoder.submit_batch(
                source,
                codebook,
                coder=one_model(coders, samples),
                options=options,
                output=output,
                ledger=ledger,
                limits=limits,
                again=way,
                wait=wait,
                poll_s=poll,
                progress=progress,
            )
        show_batches(report, as_json=as_json)
        sys.exit(exit_code(report))
    with (
        stoppable(has_ledger=not is_local),
        progress_display(quiet=quiet or as_json) as progress,
        chatter_aside(spread),
    ):
        summary = secondcoder.code(
            source,
            codebook,
            coder=coders,
            samples=samples,
            min_votes=min_votes,
            options=options,
            output=output,
            ledger=ledger,
            progress=progress,
            engine=spread,
        )
    screen.show_summary(summary, as_json=as_json)
    sys.exit(1 if summary.n_failed else 0)
