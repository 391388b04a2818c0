"""From a file's bytes to the text that is searched for secrets."""

_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


def decode(content: bytes) -> str:
    """Give the text of a file; never fails, and loses no line.

    UTF-16 and UTF-32 are told by their byte order mark, everything else is read as UTF-8, where
    bytes that are not UTF-8 become lone surrogates.
    """
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return content[len(bom) :].decode(encoding, "replace")
    return content.decode("utf-8", "surrogateescape")


def has_byte_order_mark(content: bytes) -> bool:
    """Say whether this is text by its first bytes, whatever else it holds."""
    return content.startswith(tuple(bom for bom, _ in _BOMS))
