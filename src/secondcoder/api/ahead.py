"""Looking ahead: what a coder may know of a chat before its first post is coded."""

from collections.abc import Iterator, Sequence

from secondcoder.api.sources import Source
from secondcoder.api.survey import Survey
from secondcoder.coding.packing import POOL, rank
from secondcoder.coding.sifting import sift
from secondcoder.coding.tasks import Ahead, PostCoder, Task
from secondcoder.schema.codings import PostCodings
from secondcoder.schema.progress import Listener, Progress
from secondcoder.schema.runs import Run

Sifted = dict[str, Task | PostCodings]
"""What came of sifting posts, by id."""


def ahead(
    source: Source,
    found: Survey,
    runs: Sequence[Run] = (),
    progress: Listener | None = None,
    *,
    sifted: Sifted | None = None,
) -> Ahead:
    """Return what is to come: of a long chat some posts, chosen by chance and always the same.

    Args:
        source: The posts.
        found: What a first look at them told.
        runs: Earlier runs on the same ledger.
        progress: Told what is done before the first post is coded.
        sifted: Takes what came of the posts that were looked at.
    """
    share = min(1.0, POOL / found.n_posts)

    def tell(stage: str | None) -> None:
        if progress is not None:
            progress(Progress(n_posts=found.n_posts, stage=stage))

    return Ahead(_pool(source, found, share, {} if sifted is None else sifted), share, runs, tell)


def _pool(source: Source, found: Survey, share: float, sifted: Sifted) -> Iterator[Task]:
    """Yield the tasks that a coder will be given, or some of them."""
    for placed in found.place(source):
        # Chosen before it is cut into segments, which takes most of the time.
        if rank(placed.post.id) < share:
            of_it = sift(placed, language=found.codebook.language)
            sifted[placed.post.id] = of_it
            if isinstance(of_it, Task):
                yield of_it


def as_chosen(run: Run, coder: PostCoder) -> Run:
    """Return the run with what its coder, or a panel's members, chose on the way.

    Args:
        run: As it ended.
        coder: Who coded.
    """
    return _chosen(run, coder.describe(run.model_copy(update={"members": ()})))


def _chosen(run: Run, described: Run) -> Run:
    pairs = zip(run.members, described.members, strict=True)
    found = {
        "parameters": described.parameters,
        "packing": described.packing,
        "members": tuple(_chosen(own, member) for own, member in pairs),
    }
    return run.model_copy(update=found)
