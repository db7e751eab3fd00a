"""What a look at the clinical knowledge found, and how it is reported."""

from collections.abc import Iterator
from dataclasses import dataclass

from cards import Knowledge


@dataclass(frozen=True, slots=True)
class Remark:
    """Something wrong with a knowledge file; a warning when it only waits for someone to look again."""

    file: str
    id: str
    reason: str
    warning: bool = False

    def __str__(self) -> str:
        return (
            f"{'warning' if self.warning else 'error'}: {self.file}: {self.id + ': ' if self.id else ''}{self.reason}"
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """All remarks, and what was looked at; the knowledge when it could be loaded, and a line for what is not signed."""

    remarks: tuple[Remark, ...]
    knowledge: Knowledge | None
    codes: int
    unsigned: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether any remark is an error."""
        return any(not remark.warning for remark in self.remarks)


def report(checked: Checked) -> str:
    """The remarks and, as the last line, what was counted."""
    errors = sum(not remark.warning for remark in checked.remarks)
    found = f"{_many(errors, 'error')}, {_many(len(checked.remarks) - errors, 'warning')}"
    return (
        "\n".join(
            [*_head(checked.knowledge), *checked.unsigned, *map(str, checked.remarks), f"{_counts(checked)}{found}"]
        )
        + "\n"
    )


def _many(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _head(knowledge: Knowledge | None) -> Iterator[str]:
    if knowledge:
        where = f" for {knowledge.site.name}" if knowledge.site.name else ""
        yield f"Knowledge {knowledge.version}{where}. {knowledge.approval}"
        for protocol in knowledge.protocols:
            signed = f"signed by {protocol.approved['by']}" if protocol.is_signed else "a draft, nobody has signed it"
            yield f"Protocol {protocol.id}: {_many(len(protocol.rows), 'row')}, {signed}"


def _counts(checked: Checked) -> str:
    k = checked.knowledge
    if k is None:
        return ""
    told = f"{len(k.thresholds)} thresholds, {len(k.advice)} advice texts, {len(k.products)} products"
    return f"{told}, {checked.codes} codes, {len(k.sources)} sources: "
