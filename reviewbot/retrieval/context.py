"""What the model is given beside the change: the right pieces of the repository's own code.

Until there is an index, they are looked up directly: for each hunk the definition around it (from
the head), then the definitions of what its added lines use, then callers of what it alters (both
from the merge base, where the diff starts), then the guideline pages that the policy names (from
the tip of the target branch, where policies are read). A context of nothing is fine; a
repository that cannot be read is an error.
"""

from reviewbot.domain.change import Change
from reviewbot.domain.excerpt import Excerpt
from reviewbot.domain.ports import Repository
from reviewbot.retrieval.candidates import Candidate, fill
from reviewbot.retrieval.guidelines import pages
from reviewbot.retrieval.lookup import Base, find
from reviewbot.retrieval.parsing import Parsing
from reviewbot.retrieval.seeds import plant


def choose(
    change: Change, repository: Repository, *, guidelines: tuple[str, ...], budget_tokens: int
) -> tuple[Excerpt, ...]:
    """Choose excerpts, numbered `x1`, `x2`, … in order of preference, within a budget.

    Tokens are estimated at three bytes each. Enclosing definitions may take half of the budget,
    and up to a fifth is kept for guidelines, so that neither crowds out the rest. The same
    change and base give the same excerpts. Raises what the repository raises.
    """
    if budget_tokens <= 0:
        return ()
    with Parsing() as parsing:
        seeds = plant(change, repository, parsing)
        definitions, callers = find(seeds, Base.of(change, repository, parsing))
    named = list(pages(guidelines, repository, change.base))
    kept = min(budget_tokens // 5, sum(page.tokens for page in named))
    half = (budget_tokens - kept) // 2
    parts: list[tuple[int, list[Candidate]]] = [
        (half, seeds.enclosing),
        (budget_tokens - kept - half, [*definitions, *callers]),
        (kept, named),
    ]
    return fill(parts, repository.name)
