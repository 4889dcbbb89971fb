"""Agreement that a report is to state: read from its file, and held against the codings."""

from pathlib import Path

from secondcoder.errors import InputError
from secondcoder.reporting.agreement_stated import posts_in
from secondcoder.reporting.wording import count
from secondcoder.schema.agreement import Agreement
from secondcoder.schema.codings import Codings


def agreement_on(codings: Codings, given: Agreement | str | Path) -> Agreement:
    """Return what `agree` found, from the file it wrote where one is named.

    Who was compared need not be who coded here, as where two people coded the same posts before: a
    report says so. Other posts are another chat.

    Args:
        codings: What is reported.
        given: What `agree` found, or its .json file.

    Raises:
        InputError: If the file is none of `agree`, or what it compared is none of these posts.
    """
    found = given if isinstance(given, Agreement) else _read(Path(given))
    if posts_in(found, codings):
        return found
    where = "the agreement" if isinstance(given, Agreement) else str(given)
    compared = " and ".join(each.name for each in found.coders)
    theirs, ours = count(found.n_posts, "post"), count(len(codings.posts), "post")
    raise InputError(
        f"{where} is about another chat: none of the {theirs} of “{found.title}” on which it "
        f"compared {compared} is among the {ours} of these codings; compare these with "
        f"'secondcoder agree … -o agreement.json'"
    )


def _read(path: Path) -> Agreement:
    try:
        return Agreement.model_validate_json(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path} is no file of agreement, or one that does not say on which posts; "
            f"'secondcoder agree … -o agreement.json' writes one"
        ) from error
