"""Ratings and tables that papers print, for the tests of agreement."""

from collections.abc import Sequence

Rows = list[list[object]]


def rows(*coders: str) -> Rows:
    """Return one row of numbers per coder; a full stop is a missing rating."""
    return [[None if sign == "." else int(sign) for sign in coder] for coder in coders]


def from_table(counts: Sequence[Sequence[int]]) -> Rows:
    """Return the ratings of two coders from their cross table; rows are the first coder's."""
    cells = [
        (row, column, count) for row, line in enumerate(counts) for column, count in enumerate(line)
    ]
    return [
        [row for row, _, count in cells for _ in range(count)],
        [column for _, column, count in cells for _ in range(count)],
    ]


def from_counts(counts: Sequence[Sequence[int]]) -> Rows:
    """Return ratings, shape (n_coders, n_units), from how many coders gave each category."""
    units = [
        [category for category, count in enumerate(unit) for _ in range(count)] for unit in counts
    ]
    return [list(coder) for coder in zip(*units, strict=True)]


KRIPPENDORFF_2011_A = rows("0100000010", "1110010000")
"""Krippendorff (2011), binary, two coders: .095; the same in Krippendorff (2004), page 224."""

KRIPPENDORFF_2011_B: list[str] = ["aabbdcccedda", "babbbccceddd"]
"""Krippendorff (2011), nominal, two coders: .692."""

KRIPPENDORFF_2011_C = rows("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
"""Krippendorff (2011), four coders; the last unit has one rating and can't be paired."""

GWET_2014 = rows("123321412...", "1233224125..", ".33323422513", "12332441251.")
"""The four coders of irrCAC's `cac.raw4raters`: another coder rated the last unit."""

WIKIPEDIA = rows(".....34121133.3", "1.213343.......", "..21344.21133.4")
"""Three coders, 15 units."""

KRIPPENDORFF_2004_227: list[str] = ["aabbbbbccccc", "abbbbbcccccc"]
"""Krippendorff (2004), page 227."""

COHEN_1960_37 = from_table([[25, 12, 3], [13, 2, 15], [12, 16, 2]])
COHEN_1960_45 = from_table([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
ARTSTEIN_POESIO_2008 = from_table([[20, 20], [10, 50]])
GWET_PARADOX = from_table([[80, 7], [8, 5]])

_SUBJECTS = (
    "00060030030140100006030302040000402203102004000006"
    "10050110400330010050020310050130012510000204010203"
    "00006010500201320040100410501040002020401050000006"
)

FLEISS_1971 = from_counts([
    [int(sign) for sign in _SUBJECTS[first : first + 5]] for first in range(0, 150, 5)
])
"""30 subjects, five digits each: how many of six coders gave each category."""

FLEISS_WIKIPEDIA = from_counts([
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
])

_NINE = (":", "A:", "A:A", "A:B", "AB:A", "AB:AC", "ABC:ABC", "C:AC", "C:AC")

SETS_OF_NINE: list[list[set[object]]] = [
    [set(pair.split(":")[place]) for pair in _NINE] for place in (0, 1)
]
"""Nine items, two coders: (0,0)(A,0)(A,A)(A,B)(AB,A)(AB,AC)(ABC,ABC)(C,AC)(C,AC), 0 being none."""
