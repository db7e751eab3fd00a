"""What the allergy list says of what may be offered."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Allergy:
    """A recorded allergy or intolerance to magnesium or to a substance of knowledge/allergies.yaml.

    `salt`: of magnesium; "" where the record names none, which is any. `kind`: allergy or intolerance; "" where nobody
    says. `reactions`: names of knowledge/allergies.yaml. `only_gut`: an intolerance that asks for another salt, and no
    more.
    """

    substance: str
    salt: str = ""
    kind: str = ""
    reactions: tuple[str, ...] = ()
    only_gut: bool = False
