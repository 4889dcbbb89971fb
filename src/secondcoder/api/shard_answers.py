"""The answers of shards: from the ledger to the workers, and from the workers to the ledger."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from secondcoder.coding.answer_log import known_log, logs_of, read_log, write_log
from secondcoder.coding.coders import seat
from secondcoder.coding.endpoints import Settings, foreign_endpoint
from secondcoder.coding.pricing import Price, cost_usd, price_of
from secondcoder.coding.shard_files import read_posts
from secondcoder.coding.shards import Shard
from secondcoder.coding.sifting import sift
from secondcoder.coding.tasks import Task
from secondcoder.schema.answers import Answer, AnswerStore
from secondcoder.schema.shards import ShardManifest
from secondcoder.store.ledger import Ledger

_ANSWERS_AT_ONCE = 500


class ShardAnswers:
    """Carries answers between a ledger and the logs that workers write beside their shards."""

    def __init__(self, folder: Path, ledger: Ledger | None, known: AnswerStore | None) -> None:
        """Take into the ledger what workers of an earlier run left.

        Args:
            folder: Of the shards.
            ledger: Where answers go; None: the coder asks nobody.
            known: Where to look for what was answered before: the ledger, or what guards it.
        """
        self._folder = folder
        self._ledger = ledger
        self._taken: dict[Path, int] = {}
        self._priced = set(logs_of(folder))
        self.take_all()
        # What is in the ledger later, this run's own workers know.
        is_guarded = known is not ledger
        self._known = known if is_guarded or (ledger is not None and len(ledger)) else None

    def take_all(self) -> None:
        """Take all answers in the folder into the ledger."""
        self._take(logs_of(self._folder))

    def take(self, key: str) -> None:
        """Take the answers about one shard into the ledger."""
        self._take(logs_of(self._folder, key))

    def remove(self) -> None:
        """Remove logs whose answers the ledger has, all of them."""
        for log, n_bytes in self._taken.items():
            if log.exists() and log.stat().st_size == n_bytes:
                log.unlink()

    def hand_on(self, shard: Shard) -> None:
        """Write what the ledger knows of a shard's posts where its worker will look."""
        if self._known is None:
            return
        from secondcoder.coding.model import ModelCoder  # noqa: PLC0415  # openai, instructor

        noted = _Noted(self._known)
        coder = shard.coder_with(noted)
        if isinstance(coder, ModelCoder):
            for _ in coder.requests_for(_tasks(shard)):
                pass
        if noted.answers:
            log = known_log(self._folder, shard.key)
            write_log(log, noted.answers)
            self._taken[log] = log.stat().st_size

    def spent_usd(self, shard: Shard, manifest: ShardManifest | None, share_usd: float) -> float:
        """Return what an attempt at a shard did cost, as far as it can be known.

        Attempts that ended early left answers and no account: they are priced as if the provider
        had read nothing from its cache, so rather too high than too low. Where it did not count
        the tokens of one, all that the attempt might spend counts as spent.

        Args:
            shard: What was coded.
            manifest: What became of it; None: the attempt ended early.
            share_usd: What the attempt might spend.
        """
        told = manifest.answers if manifest is not None else None
        new = [log for log in logs_of(self._folder, shard.key) if log not in self._priced]
        self._priced.update(new)
        spent = manifest.budgeted_usd if manifest is not None else 0.0
        known = known_log(self._folder, shard.key)
        price = _price_of(shard)
        for log in new:
            if log != known and log.name != told:
                for answer in read_log(log):
                    tokens = (answer.prompt_tokens, 0, answer.completion_tokens)
                    if not any(tokens):
                        return max(spent, share_usd)
                    spent += cost_usd(price, *tokens) or 0.0
        return spent

    def _take(self, logs: Iterable[Path]) -> None:
        if self._ledger is None:
            return
        for log in logs:
            n_bytes = log.stat().st_size
            if self._taken.get(log) != n_bytes:
                answers = read_log(log)
                while some := list(islice(answers, _ANSWERS_AT_ONCE)):
                    self._ledger.keep(some)
                self._taken[log] = n_bytes


class _Noted:
    """An answer store that notes what was found in another."""

    def __init__(self, store: AnswerStore) -> None:
        self._store = store
        self.answers: list[Answer] = []

    def find(self, keys: Iterable[str]) -> dict[str, Answer]:
        """Return the answers there are, by key."""
        found = self._store.find(keys)
        self.answers += found.values()
        return found

    def keep(self, answers: Iterable[Answer]) -> None:
        """Hand answers on to the other."""
        self._store.keep(answers)


def _tasks(shard: Shard) -> Iterator[Task]:
    for row in read_posts(shard.posts, shard.posts_sha256):
        sifted = sift(row.placed, language=shard.codebook.language)
        if isinstance(sifted, Task):
            yield sifted


def _price_of(shard: Shard) -> Price | None:
    one = seat(shard.coder, shard.options)
    return price_of(one.model, foreign_endpoint(Settings(one.model, one.options)))
