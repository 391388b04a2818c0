"""Where in a shell's quoting a place stands."""

from enum import StrEnum


class Place(StrEnum):
    """How the shell reads what stands there."""

    BARE = "bare"
    SINGLE = "single"
    DOUBLE = "double"


def place_of(before: str) -> Place | None:
    """Say how a place is quoted, by all of the script that comes before it; None where that takes more than counting.

    A command in a double-quoted text has quotation marks of its own, and a here-document none.
    """
    place = Place.BARE
    position = 0
    while position < len(before):
        sign = before[position]
        if before.startswith("${{", position):
            end = before.find("}}", position)
            position = len(before) if end < 0 else end + 2
            continue
        if place is Place.SINGLE:
            place = Place.BARE if sign == "'" else place
        elif sign == "\\":
            position += 1
        elif sign == "`" or before.startswith("<<", position):
            return None
        elif place is Place.DOUBLE:
            if before.startswith("$(", position):
                return None
            place = Place.BARE if sign == '"' else place
        elif sign in {"'", '"'}:
            place = Place.SINGLE if sign == "'" else Place.DOUBLE
        elif sign == "#" and (position == 0 or before[position - 1].isspace()):
            end = before.find("\n", position)
            position = len(before) if end < 0 else end
        position += 1
    return place
