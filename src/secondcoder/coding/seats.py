"""Seats: from the coders that were named to the members of a panel."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from secondcoder.coding.coders import Seat, coder_named, seat
from secondcoder.coding.consensus import VotingRule
from secondcoder.coding.endpoints import Settings, foreign_endpoint
from secondcoder.coding.monitor import Monitor
from secondcoder.coding.panel import Member, PanelCoder
from secondcoder.coding.pricing import Budget, price_of
from secondcoder.coding.tasks import PostCoder
from secondcoder.errors import InputError
from secondcoder.schema.answers import AnswerStore
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.options import ModelOptions


def seats(coders: Sequence[str], samples: int, options: ModelOptions | None) -> tuple[Seat, ...]:
    """Return the members that the names and the number of samples mean, each under its own name.

    Members that share an endpoint share what may be asked of it at once and per minute.

    Args:
        coders: As the user named them.
        samples: How often each model is asked about each post; the embedded coder once.
        options: How models are asked.

    Raises:
        InputError: If samples would be the same answer again; if a key is given for several
            endpoints, or a budget where no price is known.
    """
    options = options or ModelOptions()
    if samples < 1:
        raise InputError(f"--samples {samples}: give 1 or more")
    named = [seat(each, options) for each in coders]
    models = [each for each in named if not each.is_embedded]
    if samples > 1 and not models:
        raise InputError(
            "--samples: the embedded coder says the same each time; name a model with --coder"
        )
    if samples > 1 and options.likelihoods:
        raise InputError(
            f"--samples {samples}: likelihoods are the same each time; leave --samples out"
        )
    if samples > 1 and options.temperature == 0:
        raise InputError(
            f"--samples {samples} at --temperature 0 is one answer {samples} times; leave "
            f"--temperature out, or give one above 0"
        )
    twice = next((each for each in coders if coders.count(each) > 1), None)
    if twice is not None:
        raise InputError(f"--coder {twice} is named twice; to ask it again, use --samples")
    if options.api_key is not None and len({_endpoint(each) for each in models}) > 1:
        raise InputError(
            "api_key would go to several endpoints; set each provider's own variable instead"
        )
    plain = [each.model for each in named]
    found = []
    for each in named:
        name = each.model if plain.count(each.model) == 1 else each.name
        n_sharing = samples * sum(_endpoint(other) == _endpoint(each) for other in models)
        for number in range(1, (1 if each.is_embedded else samples) + 1):
            label = f"{name}#{number}" if samples > 1 and not each.is_embedded else name
            shared = _shared(each.options, max(1, n_sharing))
            sample = {"sample": max(number, options.sample)}
            found.append(Seat(label, each.model, shared.model_copy(update=sample)))
    return tuple(found)


def panel_name(coders: Sequence[str], samples: int) -> str:
    """Return the name of a panel.

    >>> panel_name(["openai/gpt-5-mini", "embedded"], 3)
    'panel:openai/gpt-5-mini*3+embedded'
    """
    models = [seat(each) for each in coders]
    names = (
        each.name if samples == 1 or each.is_embedded else f"{each.name}*{samples}"
        for each in models
    )
    return f"panel:{'+'.join(names)}"


def make_panel(  # noqa: PLR0913  # all but two by keyword
    coders: Sequence[str | PostCoder],
    codebook: Codebook,
    *,
    samples: int = 1,
    min_votes: float | None = None,
    options: ModelOptions | None = None,
    answers: AnswerStore | None = None,
    monitor: Monitor | None = None,
) -> PanelCoder:
    """Return the panel of these coders.

    Args:
        coders: As they were named; coders of one's own among them.
        codebook: Questions and themes.
        samples: How often each model is asked about each post.
        min_votes: Least share of votes; None: more than half.
        options: How models are asked; the budget covers all of them.
        answers: Where models' answers are looked up first, and kept.
        monitor: Told what all of them use, and why one of them asks nothing.

    Raises:
        InputError: If a budget is given and a member's price is not known.
    """
    named = [each for each in coders if isinstance(each, str)]
    taken = seats(named, samples, options)
    budget = None
    if options is not None and options.budget_usd is not None:
        budget = Budget(options.budget_usd)
        for each in taken:
            endpoint = foreign_endpoint(Settings(each.model, each.options))
            if not each.is_embedded and price_of(each.model, endpoint) is None:
                raise InputError(
                    f"--budget: no price is known for {each.name}, so what a run costs can't be "
                    f"limited; leave it out"
                )
    members = []
    for each in taken:
        coder = coder_named(
            each.model,
            codebook,
            options=each.options,
            answers=answers,
            budget=budget,
            monitor=monitor,
        )
        # An embedding model's folder is nobody's business: its coder has a name of its own.
        members.append(Member(coder.coder.id if each.is_embedded else each.name, coder))
    own = [each for each in coders if not isinstance(each, str)]
    members += [Member(each.coder.id, each) for each in own]
    name = panel_name(named, samples) if not own else None
    return PanelCoder(members, rule=VotingRule(min_votes), name=name)


def _endpoint(one: Seat) -> str:
    """Return what tells two models' endpoints apart: the address, else the provider."""
    url = one.options.base_url
    return urlsplit(url).netloc.casefold() if url else one.model.partition("/")[0]


def _shared(options: ModelOptions, n: int) -> ModelOptions:
    """Return the options of one of several members that share an endpoint."""
    return options.model_copy(
        update={
            "concurrency": max(1, options.concurrency // n),
            "requests_per_minute": _part(options.requests_per_minute, n),
            "tokens_per_minute": _part(options.tokens_per_minute, n),
        }
    )


def _part(limit: float | None, n: int) -> float | None:
    return None if limit is None else limit / n
