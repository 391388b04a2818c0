"""Run ids: sortable by time, unique without coordination."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U


def run_id(milliseconds: int, random: bytes) -> str:
    """Make a ULID of the time (48 bits, milliseconds since 1970) and ten random bytes.

    Source: the ULID specification (26 characters, most significant first).
    """
    if not 0 <= milliseconds < 1 << 48 or len(random) != 10:
        raise ValueError("a run id needs 48 bits of time and ten random bytes")
    number = milliseconds << 80 | int.from_bytes(random)
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))
