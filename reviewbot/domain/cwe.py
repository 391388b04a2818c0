"""Weaknesses that are one flaw under several numbers.

Scanners name the same flaw by different CWE entries: one says 89, the next 943. A family
holds the numbers that stand for the same mistake at the same place, so that two reports of
it can be merged. A number in no family is a family of its own.

Source: the parent, child and peer relations of the CWE list (cwe.mitre.org, view 1000),
narrowed to numbers that scanners use for one another.
"""

FAMILIES: dict[str, tuple[int, ...]] = {
    "path": (22, 23, 35, 36, 73),
    "command": (77, 78, 88),
    "markup": (79, 80, 83, 116),
    "query": (89, 564, 943),
    "xml-query": (91, 643),
    "header": (93, 117),
    "code": (94, 95, 96),
    "error-detail": (200, 209, 215, 489, 497, 532),
    "login": (287, 306, 521),
    "peer-identity": (295, 297, 345, 347),
    "cipher": (326, 327, 328, 329, 759, 760, 780, 916, 1204),
    "randomness": (330, 331, 335, 338, 340),
    "error-handling": (390, 396, 703, 755),
    "exhaustion": (400, 730, 770, 1333),
    "permission": (276, 281, 377, 378, 379, 732),
    "credential": (256, 257, 259, 321, 522, 798),
    "xml-entity": (611, 776, 827),
}
_FAMILY_OF = {number: name for name, numbers in FAMILIES.items() for number in numbers}


def family(cwe: int) -> str:
    """Name the family of a CWE number; `cwe-NNN` for one that stands alone."""
    return _FAMILY_OF.get(cwe, f"cwe-{cwe}")


def families(cwes: tuple[int, ...]) -> frozenset[str]:
    """Name the families of several numbers."""
    return frozenset(family(cwe) for cwe in cwes)
