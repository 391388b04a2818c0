"""Every shipped rule whose fix is in this room: its own example is mended as somebody read it once."""

from trees_examples import difference, lines_of, mended, structural_rules


def test_what_the_fixes_make_of_the_rules_examples(golden):
    """Each rule's `bad` is mended, and all the differences are as stored."""
    shown = []
    for rule, of in structural_rules().items():
        after = mended(of["fix"], of["path"], of["bad"], *lines_of(rule), rule=rule)
        assert after is not None, rule
        shown.append(f"== {rule}: {of['fix']}\n{difference(of['bad'], after)}\n")
    golden("patches/trees-examples.diff", "\n".join(shown))
