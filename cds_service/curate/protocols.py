"""A hospital's protocol files: read, tried on cases, told to people."""

from importlib import resources
from pathlib import Path

from cards import (
    Knowledge,
    KnowledgeError,
    Protocol,
    ProtocolPage,
    Tried,
    check_protocol,
    load_knowledge,
    protocol_page,
    read_protocol,
    try_cases,
)
from cds_service import named_files
from cds_service.run.settings import SettingsError


def text_of(file: Path) -> str:
    """The text of a file; SettingsError when it cannot be read."""
    try:
        return named_files.text_of(file)
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsError(f"{file}: not readable as UTF-8 text: {problem}") from None


def shipped() -> Knowledge:
    """The shipped knowledge, without a site's changes."""
    return load_knowledge(resources.files("cards.knowledge"))


def protocol_of(file: Path, knowledge: Knowledge) -> Protocol:
    """The protocol of a file; SettingsError naming file, line and reason."""
    try:
        return read_protocol(text_of(file), str(file), knowledge)
    except KnowledgeError as problem:
        raise SettingsError(str(problem)) from problem


def checked(file: Path) -> list[str]:
    """What is to be told of a protocol before it is used, a line each; SettingsError where it cannot be read."""
    knowledge = shipped()
    return [f"{file}:{r.line}: {r.text}" for r in check_protocol(protocol_of(file, knowledge), knowledge)]


def shown(file: Path) -> ProtocolPage:
    """The tables of a protocol, beside what is shipped; SettingsError where it cannot be read."""
    knowledge = shipped()
    return protocol_page(protocol_of(file, knowledge), knowledge)


def tried(file: Path, cases: Path, stops: bool = False) -> Tried:
    """A protocol on the worked cases of another file; SettingsError where one of the two is wrong."""
    knowledge = shipped()
    protocol = protocol_of(file, knowledge)
    try:
        return try_cases(protocol, text_of(cases), str(cases), knowledge, stops)
    except KnowledgeError as problem:
        raise SettingsError(str(problem)) from problem
