"""Showing a proposal: its evidence as a report would show quotes, and nobody who opted out."""

from typing import Literal

from secondcoder.api.masking import masking
from secondcoder.api.sources import Source
from secondcoder.reporting.opting_out import wanted_keys, without_names
from secondcoder.reporting.privacy import SAID
from secondcoder.reporting.proposal_privacy import PrivateProposal
from secondcoder.schema.copies import Said
from secondcoder.schema.proposals import Proposal
from secondcoder.schema.readings import Note

ShownQuotes = Literal["verbatim", "masked"]
"""How evidence shows quotes; a paraphrase would be no evidence."""


def shown_proposal(
    found: Proposal,
    source: Source,
    quotes: ShownQuotes,
    *,
    opt_out: tuple[str, ...],
    mask_also: tuple[str, ...],
) -> Proposal:
    """Return a proposal as its evidence shows it.

    Args:
        found: The proposal, in which nobody who opted out was read.
        source: The chat.
        quotes: How quotes are shown.
        opt_out: Whom others may name, and a codebook that was extended may quote.
        mask_also: Words to mask besides likely names.
    """
    if opt_out:
        gone = wanted_keys(opt_out)
        theirs = [post for post in source if post.author_key in gone]
        called = dict.fromkeys(post.author for post in theirs if post.author is not None)
        said = Said(post.text for post in theirs)
        found = PrivateProposal(said, without_names(called)).proposal(found)
    if quotes == "verbatim":
        return found
    posts = list(source)
    masked = masking(
        (post.text for post in posts),
        found.codebook,
        people=(*(post.author for post in posts if post.author), *source.info.moderators, *opt_out),
        also=mask_also,
    )
    keys = dict.fromkeys(post.author_key for post in posts if post.author_key is not None)
    people = {key: f"participant {number}" for number, key in enumerate(keys, 1)}
    private = PrivateProposal(
        Said(post.text for post in posts),
        masked,
        post_of={post.id: str(number) for number, post in enumerate(posts, 1)},
        author_of={
            post.author: people[post.author_key]
            for post in posts
            if post.author is not None and post.author_key is not None
        },
    )
    shown = private.proposal(found)
    return shown.model_copy(update={"notes": (Note(message=SAID["masked"]), *shown.notes)})
