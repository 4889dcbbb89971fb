"""Published unitizing examples, as (coder, start, end, category)."""

from secondcoder.agreement.unitizing import Unit

ALEX_PAUL_SUZAN = [
    Unit(coder, start, end, category)
    for coder, rows in {
        "Alex": [(2, 9, 1), (11, 17, 2), (24, 30, 5), (32, 36, 6), (36, 44, 6), (44, 60, 7)],
        "Paul": [(2, 9, 1), (11, 17, 3), (19, 25, 5), (32, 44, 6)],
        "Suzan": [(2, 9, 1), (11, 17, 4), (21, 27, 5), (32, 36, 6), (36, 40, 6), (40, 44, 6)],
    }.items()
    for start, end, category in rows
]
"""Krippendorff, Mathet, Bouvry & Widlöcher (2016); the continuum has 60 positions."""

THREE_CODERS = [
    Unit("Alex", 2, 5, 1),
    Unit("Paul", 2, 5, 1),
    Unit("Paul", 10, 20, 2),
    Unit("Susan", 2, 5, 2),
    Unit("Susan", 15, 20, 2),
]
"""60 positions."""

ONE_CATEGORY = [
    Unit("a", 3, 15, "k"),
    Unit("a", 22, 53, "k"),
    Unit("b", 3, 10, "k"),
    Unit("b", 22, 53, "k"),
    Unit("c", 22, 46, "k"),
]
"""56 positions."""

KRIPPENDORFF_2004 = [
    Unit(coder, start - 150, start - 150 + length, category)
    for coder, category, start, length in [
        ("i", "c", 225, 70),
        ("i", "c", 370, 30),
        ("i", "k", 180, 60),
        ("i", "k", 300, 50),
        ("j", "c", 220, 80),
        ("j", "c", 355, 20),
        ("j", "c", 400, 20),
        ("j", "k", 180, 60),
        ("j", "k", 300, 50),
    ]
]
"""Content Analysis (2004), p. 254: positions 150 to 450 of a continuum."""
