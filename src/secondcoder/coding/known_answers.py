"""Known answers: what a post was answered before, under its key or under one it had once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from secondcoder.coding.requests import Ask, Requests
from secondcoder.schema.answers import Answer, AnswerStore
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.codings import Outcome, Quoted
from secondcoder.schema.renames import Earlier, earlier

MakeRequests = Callable[[Earlier | None], Requests]
"""Makes requests from a codebook, or from what it was under earlier ids and references."""


class _Other(NamedTuple):
    """Requests that a post may have been in, besides the one that it would be in now."""

    requests: Requests
    id_now: Mapping[str, str] | None
    """Id of a theme then → now; None: the codebook is the present one."""


class KnownAnswers:
    """Looks answers up: under a post's key, and under the keys that are as good."""

    def __init__(
        self,
        store: AnswerStore | None,
        codebook: Codebook,
        make: MakeRequests,
        make_single: MakeRequests | None,
    ) -> None:
        """Prepare; nothing is looked up yet.

        Args:
            store: Where answers are kept; None: nowhere.
            codebook: Its edits tell which ids and references its themes had.
            make: Makes the requests of the coder.
            make_single: Makes requests about single posts, whose answers are taken, too; None:
                they are not.
        """
        self._store = store
        makers = [make] if make_single is None else [make, make_single]
        self._others = [_Other(each(None), None) for each in makers[1:]]
        self._others += [
            _Other(each(then), then.id_now) for then in earlier(codebook) for each in makers
        ]

    def find(self, asks: Sequence[Ask]) -> dict[str, Answer]:
        """Return the answers there are, by the key of what is asked, with the ids of today."""
        if self._store is None:
            return {}
        found = self._store.find([ask.key for ask in asks])
        for other in self._others:
            keys = {
                key: ask.key for ask in asks if ask.key not in found for key in _keys(other, ask)
            }
            if keys:
                found |= {
                    keys[key]: _as_named_now(answer, other.id_now)
                    for key, answer in self._store.find(keys).items()
                }
        return found

    def keys(self, ask: Ask) -> list[str]:
        """Return the keys under which the answer to a post may be, its own first."""
        return [ask.key, *(key for other in self._others for key in _keys(other, ask))]


def _keys(other: _Other, ask: Ask) -> Iterator[str]:
    """Yield the key that a post has in other requests, unless they tell it the same as now."""
    if other.id_now is None or other.requests.slice(ask.task).sha256 != ask.slice.sha256:
        yield other.requests.ask(ask.task).key


def _as_named_now(answer: Answer, id_now: Mapping[str, str] | None) -> Answer:
    """Return an answer with the ids that its themes have now."""
    if id_now is None or not isinstance(answer.outcome, Quoted):
        return answer
    codings = tuple(
        coding.model_copy(update={"theme_ids": tuple(id_now[each] for each in coding.theme_ids)})
        for coding in answer.outcome.codings
    )
    outcome: Outcome = answer.outcome.model_copy(update={"codings": codings})
    return answer.model_copy(update={"outcome": outcome})
