"""Scripts that answer one post well, and differently when several share a request."""

from servers.openai_server import ChatRequest, HttpReply, Json, Script, coded, replying

_NO_IDEA: Json = {"quotes": [], "left_out": "no-idea", "undecided": None}


def copying_neighbours(beyond: int) -> Script:
    """Return a script that gives posts their neighbour's themes in requests of more than `beyond`.

    Every post is named once and every reply is valid, as a small model's were.
    """

    def answer(request: ChatRequest) -> HttpReply:
        said = {number: coded(request, number) for number in request.posts}
        if len(said) <= beyond:
            return replying(request, list(said.values()))
        return replying(request, [_as_before(number, said) for number in said])

    return answer


def tiring(beyond: int) -> Script:
    """Return a script that finds no idea in the posts of a request behind place `beyond`."""

    def answer(request: ChatRequest) -> HttpReply:
        return replying(
            request,
            [
                coded(request, number) if number <= beyond else {"post": number, **_NO_IDEA}
                for number in request.posts
            ],
        )

    return answer


def _as_before(number: int, said: dict[int, Json]) -> Json:
    """Return the post's own quotes under the themes of the post before it."""
    own, neighbour = said[number], said.get(number - 1, said[number])
    quotes, others = own["quotes"], neighbour["quotes"]
    assert isinstance(quotes, list)
    assert isinstance(others, list)
    if not quotes or not others:
        return {"post": number, **_NO_IDEA}
    quote, other = quotes[0], others[0]
    assert isinstance(quote, dict)
    assert isinstance(other, dict)
    return {**own, "quotes": [{**quote, "question": other["question"], "themes": other["themes"]}]}
