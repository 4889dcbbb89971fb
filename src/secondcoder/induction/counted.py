"""What was counted of a theme, what a sentence claims of it, and words that tell who spoke."""

from collections.abc import Callable
from typing import NamedTuple


class CountedTheme(NamedTuple):
    """A theme of a question, counted."""

    name: str
    n: int
    """People who spoke of it; its posts where nobody knows of how many people they are."""
    n_posts: int


class Counted(NamedTuple):
    """What was counted of a theme under a question, and of the question's other themes."""

    theme: CountedTheme
    of: int
    """Of how many people, or posts, that are quoted on the question."""
    of_posts: int
    others: tuple[CountedTheme, ...] = ()

    def is_first(self, theme: CountedTheme) -> bool:
        """Return whether no theme of the question is of more people."""
        return all(theme.n >= other.n for other in (self.theme, *self.others))

    def is_last(self, theme: CountedTheme) -> bool:
        """Return whether no theme of the question is of fewer."""
        return all(theme.n <= other.n for other in (self.theme, *self.others))


class Claim(NamedTuple):
    """A claim of how many, or of a rank, in a sentence."""

    words: str
    """As they are written."""
    start: int
    end: int
    against: Callable[[Counted], str | None]
    """What speaks against it, in words; None where the counts bear it out."""


POSTS = r"(?:posts?|tweets?)"
WHO = (
    r"(?:participants?|people|respondents?|contributors?|authors?|voices?|attendees?|"
    rf"members?(?! of (?:staff|the (?:team|family|public)))|{POSTS})"
)
TELLS_OF = (
    r"(?:(?:spoke|speaks?|talked|talks?|told|tells?) (?:of|about)|mention(?:s|ed)?|nam(?:es?|ed)|"
    r"rais(?:es?|ed)|discuss(?:es|ed)?|(?:brought|brings?) up|(?:referred|refers?) to)"
)
SPEAKS = (
    r"(?:said|says?|spoke|speaks?|agreed?|agrees|felt|feels?|thought|thinks?|wanted|wants?|"
    r"described|reported|saw|sees?|asked|asks|found|finds?|liked|needed|knew|told|wrote|writes?|"
    r"commented|pointed|reflected|stressed|emphasi[sz]ed|argued?|warned?|believed?|recalled|replied|"
    rf"answered|worried|hoped|complained|acknowledged|dwel(?:t|ls?|led) on|touched on|{TELLS_OF})"
)
"""What people do who take part, besides being, having and doing."""
OF_WHOM = rf"(?: of (?:them|those|us)| (?:of )?(?:the |these |those )?(?:\w+ )?{WHO})\b"
START = r"(?:^|(?<=[.!?;] ))[\"“]?"
ANSWER = (
    r"(?:reason|answer|theme|response|idea|topic|point|concern|complaint|barrier|view|suggestion|"
    r"subject|cause|problem|request|wish|reply)"
)
TOLD = (
    r"(?:named|mentioned|cited|raised|given|described|discussed|reported|suggested|quoted|"
    r"spoken of|talked about)"
)
HEARD = r"(?:comments?|attention|mentions|answers|replies|votes|quotes|remarks|discussion)"
RECEIVED = r"(?:(?:attract|receiv|gain)(?:s|ed)|g[eo]ts?|dr[ae]ws?|drew|has|had|w[io]ns?)"
