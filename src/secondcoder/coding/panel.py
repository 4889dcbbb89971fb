"""The panel: several coders code the same posts, and their votes decide."""

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from typing import NamedTuple

from secondcoder.coding.abreast import AHEAD, abreast
from secondcoder.coding.consensus import FEWEST_VOTES, VotingRule, consensus
from secondcoder.coding.tasks import Ahead, Decision, LooksAhead, PostCoder, Task
from secondcoder.errors import InputError
from secondcoder.schema.runs import Coder, CoderKind, Run, Usage

_DEFAULT = VotingRule()


class Member(NamedTuple):
    """A coder of a panel, under a name that no other member has."""

    name: str
    coder: PostCoder

    @property
    def identity(self) -> Coder:
        """Return who this is, for the record of its own codings."""
        return self.coder.coder.model_copy(update={"id": self.name})

    def describe(self, run: Run) -> Run:
        """Return the run as this member's own."""
        return self.coder.describe(run).model_copy(update={"coder": self.identity})


class PanelCoder:
    """Codes posts by the votes of its members."""

    def __init__(
        self,
        members: Sequence[Member],
        *,
        rule: VotingRule = _DEFAULT,
        name: str | None = None,
        ahead: int = AHEAD,
    ) -> None:
        """Seat the members.

        Args:
            members: Two or more, in the order in which their codings are kept.
            rule: When votes decide.
            name: The panel's; None: made of its members'.
            ahead: Posts by which a quick member may lead the slowest.

        Raises:
            InputError: If they are fewer than two, or share a name; or if the least share of votes
                is one that both sides could have, or none.
        """
        names = [member.name for member in members]
        if len(names) < FEWEST_VOTES:
            raise InputError("a panel has two members at least; name another coder, or --samples 3")
        twice = next((each for each in names if names.count(each) > 1), None)
        if twice is not None:
            raise InputError(f"two members are called {twice}; name each once, or use --samples")
        if rule.min_votes is not None and not 0.5 < rule.min_votes <= 1:  # noqa: PLR2004 - half
            raise InputError(f"--min-votes {rule.min_votes}: give a share above 0.5, up to 1")
        self.members = tuple(members)
        self._rule = rule
        self._name = name or f"panel:{'+'.join(names)}"
        self._ahead = ahead

    @property
    def coder(self) -> Coder:
        """Return who this is, for the record."""
        words = f"the votes of {len(self.members)} members"
        return Coder(id=self._name, kind=CoderKind.PANEL, description=words)

    def describe(self, run: Run) -> Run:
        """Return the run with the voting rule and the members' runs filled in."""
        least = self._rule.min_votes
        members = tuple(
            member.describe(run.model_copy(update={"id": f"{run.id}-{number}"}))
            for number, member in enumerate(self.members, 1)
        )
        urls = {url for member in members for url in member.endpoints}
        found = {
            "coder": self.coder,
            "members": members,
            "base_url": next(iter(urls)) if len(urls) == 1 else None,
            "parameters": {
                "min_votes": "more than half" if least is None else least,
                "quote_overlap": self._rule.overlap,
            },
        }
        return run.model_copy(update=found)

    def look_ahead(self, ahead: Ahead) -> None:
        """Let each member that wants to take note of what is to come."""
        tasks = list(ahead.tasks)
        for member in self.members:
            if isinstance(member.coder, LooksAhead):
                member.coder.look_ahead(ahead._replace(tasks=tasks))

    async def code(self, tasks: Iterable[Task]) -> AsyncGenerator[Decision, None]:
        """Yield one decision per task, with the members' own, when the last of them has decided."""
        coders = [member.coder for member in self.members]
        names = [member.name for member in self.members]
        async with aclosing(abreast(coders, tasks, ahead=self._ahead)) as decided:
            async for task, decisions in decided:
                outcomes = {
                    name: decision.outcome for name, decision in zip(names, decisions, strict=True)
                }
                outcome = consensus(task.post, outcomes, self._rule)
                usage = Usage()
                for decision in decisions:
                    usage = usage.plus(decision.usage)
                yield Decision(task, outcome, usage, decisions)
