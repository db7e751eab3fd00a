"""The documentation as a site: every Markdown page of the repository, at its own place, with the five doors beside it.

`python3 run.py docs` builds it into `.site`; a link that leads nowhere is an error.
"""

import itertools
import re
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
_DOOR = re.compile(r"^\| an? \*\*(?P<name>\w+)\*\*[^|\n]*\| (?P<pages>.*) \|$", re.MULTILINE)
_PAGE = re.compile(r"\[([^\]]+)\]\(([^)#:]+\.md)\)")


def _doors() -> list[dict[str, object]]:
    """Name and pages (title, document) of each door, as the table of the README lists them."""
    found = _DOOR.finditer((ROOT / "README.md").read_text(encoding="utf-8"))
    return [
        {
            "name": door["name"].capitalize(),
            "pages": [(t, p.removesuffix(".md")) for t, p in _PAGE.findall(door["pages"])],
        }
        for door in found
    ]


project = "magnesium-cds"
copyright = "the authors of magnesium-cds"  # noqa: A001 - the name is Sphinx's
version = release = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
root_doc = "README"
extensions = ["myst_parser"]
include_patterns = [
    "*.md",
    "docs/**.md",
    "bench/*.md",
    "cards/README.md",
    "cds_service/**.md",
    "tests/**.md",
]
exclude_patterns = [".*"]
myst_heading_anchors = 4
myst_linkify_fuzzy_links = False
suppress_warnings = ["toc.not_included"]  # the doors lead, and every page is linked from one that they lead to
html_theme = "basic"
html_title = "magnesium-cds"
html_static_path = ["static"]
html_css_files = ["site.css"]
templates_path = ["templates"]
html_context = {"doors": _doors()}
html_copy_source = False
html_show_sphinx = False
html_use_index = False
html_permalinks = False
highlight_language = "none"  # plain code can be read in the dark, too


def _usable(app: object, page: str, template: str, context: dict[str, object], tree: object) -> None:
    """Tables scroll by keyboard, too; a cell without a word is no header."""
    body = str(context.get("body", ""))
    body = re.sub(r'<th class="head">(<p></p>)?</th>', "<td></td>", body)
    number = itertools.count(1)
    body = re.sub(
        "<table ",
        lambda _: f'<div class="scroll" tabindex="0" role="region" aria-label="Table {next(number)}"><table ',
        body,
    )
    context["body"] = body.replace("</table>", "</table></div>")


def setup(app: object) -> None:
    """Sphinx calls this."""
    app.connect("html-page-context", _usable)  # type: ignore[attr-defined]
