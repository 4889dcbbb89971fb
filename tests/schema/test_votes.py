"""Votes, and the endpoints of a run with members."""

from secondcoder.schema.runs import Coder, CoderKind, Run
from secondcoder.schema.votes import Votes


def test_votes_say_how_many_are_missing() -> None:
    """A missing vote is not a vote against."""
    votes = Votes(n_cast=2, n_missing=1, n_for=2, n_quote=2, n_question=2)
    assert votes.words == "2 of 2 votes, 1 missing"
    assert votes.model_copy(update={"n_missing": 0}).words == "2 of 2 votes"


def test_a_run_knows_every_endpoint_of_its_members_once() -> None:
    """In their order, its own first."""
    who = Coder(id="x", kind=CoderKind.MODEL)
    one, two = (Run(id=n, coder=who, base_url=f"http://{n}/v1") for n in "ab")
    three = Run(id="c", coder=who)
    run = Run(id="p", coder=who, members=(one, two, three, one))
    assert run.endpoints == ("http://a/v1", "http://b/v1")
