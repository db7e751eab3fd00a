"""Which of our orders a site has no code of its own for."""

from cards import Knowledge


def unmapped(knowledge: Knowledge) -> tuple[str, ...]:
    """The keys of the site file that would map them; where our codes can't be ordered, these orders can't be taken."""
    site = knowledge.site
    tests = (f"orderables.tests.{name}" for name in knowledge.tests if name not in site.orderable_tests)
    own = {*site.orderable_products, *(name for name, told in site.products.items() if "coding" in told)}
    return (*tests, *(f"orderables.products.{name}" for name in knowledge.products if name not in own))
