"""The order of the gate's words: the stricter, the later."""

STRICTER_LAST = {
    "fail_on": ("never", "error", "warning", "note"),
    "confidence": ("high", "medium", "low"),
    "incomplete": ("report", "fail"),
    "model": ("advise", "block"),
}


def is_weaker(name: str, wanted: str, demanded: str) -> bool:
    """Say whether a word for this key of the gate is less strict than the one demanded."""
    order = STRICTER_LAST[name]
    return order.index(wanted) < order.index(demanded)
