"""Other prompts: answers in a ledger that another version of the prompt was given."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress

from secondcoder.coding.coders import Seat
from secondcoder.coding.tasks import Ahead, Task
from secondcoder.errors import PromptError
from secondcoder.schema.answers import AnswerStore
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.estimates import OtherPrompt
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.progress import Listener, Progress
from secondcoder.schema.runs import Run

_LOG = logging.getLogger(__name__)
_NAME = "code-posts/v"


def other_prompts(
    one: Seat,
    codebook: Codebook,
    answers: AnswerStore,
    runs: Iterable[Run],
    tasks: Callable[[], Iterable[Task]],
) -> tuple[OtherPrompt, ...]:
    """Return the versions of the prompt whose answers would spare a model posts, most first.

    Without earlier runs that asked with another version nothing is looked up.

    Args:
        one: The model, and how it is to be asked.
        codebook: Questions and themes.
        answers: Where answers are kept.
        runs: Those that asked for them.
        tasks: Returns the posts to ask about.
    """
    from secondcoder.coding.model import ModelCoder  # noqa: PLC0415  # openai, instructor

    now, fixed = one.options.prompt_version, one.options.posts_per_request
    asked = dict.fromkeys(pair for run in runs for pair in _asked(run, one.options))
    if all(version == now for version, _ in asked):
        return ()
    found: dict[int, set[str]] = {}
    for version, size in (*asked, (now, fixed or 1)):
        changed = {"prompt_version": version, "posts_per_request": size}
        with suppress(PromptError):  # a version of a later release
            coder = ModelCoder(
                codebook,
                model=one.model,
                options=one.options.model_copy(update=changed),
                answers=answers,
                takes_single=fixed is None,
            )
            found.setdefault(version, set()).update(coder.answered(tasks()))
    known = found.pop(now)
    others = [
        OtherPrompt(version=version, n_posts=len(ids - known))
        for version, ids in found.items()
        if ids - known
    ]
    return tuple(sorted(others, key=lambda other: -other.n_posts))


def tell_of_other_prompts(  # noqa: PLR0913, PLR0917  # as `other_prompts`, for all of a panel
    taken: Iterable[Seat],
    codebook: Codebook,
    answers: AnswerStore,
    runs: Sequence[Run],
    look: Callable[[], Ahead],
    progress: Listener | None,
) -> None:
    """Say, before anything is sent, what another version of the prompt would spare.

    Args:
        taken: The models, and how they are to be asked.
        codebook: Questions and themes.
        answers: Where answers are kept.
        runs: Those that asked for them.
        look: Returns posts to come; of a long chat some.
        progress: Told, as the log is.
    """
    for one in taken:
        for found in other_prompts(one, codebook, answers, runs, lambda: look().tasks):
            share = look().share
            n_posts = round(found.n_posts / share)
            other = OtherPrompt(version=found.version, n_posts=n_posts, is_sampled=share < 1)
            _LOG.warning("%s", other.words)
            if progress is not None:
                progress(Progress(note=other.words))


def _asked(run: Run, options: ModelOptions) -> Iterator[tuple[int, int]]:
    """Yield version of the prompt and posts per request of a run, and of a panel's members.

    As a run of today would ask with that version: about as many posts at once, or, where that is to
    be measured, about one, and about as many as was measured then.
    """
    for each in (run, *run.members):
        name = each.prompt_version or ""
        if not name.startswith(_NAME):
            continue
        version = int(name.removeprefix(_NAME))
        yield version, options.posts_per_request or 1
        if options.posts_per_request is None and each.packing is not None:
            yield version, each.packing.posts_per_request
