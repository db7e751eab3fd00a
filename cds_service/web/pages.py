"""Pages for people: HTML with a style, perhaps a script, of its own; nothing else is let through by their policy."""

import base64
import hashlib
from dataclasses import dataclass
from importlib import resources

from flask import Response, render_template

_TEMPLATES = resources.files("cds_service.web") / "templates"


@dataclass(frozen=True, slots=True)
class Look:
    """The style and the script that stand in a page, and the policy that lets a browser use these two alone."""

    style: str
    script: str
    policy: str


def look_of(*styles: str, script: str = "") -> Look:
    """The look made of files beside the templates."""
    style = "".join(_text(name) for name in styles)
    code = _text(script) if script else ""
    allowed = f"script-src {_hash(code)}; " if code else ""
    policy = (
        f"default-src 'none'; {allowed}style-src {_hash(style)}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return Look(style, code, policy)


def shown(template: str, look: Look, status: int, **values: object) -> Response:
    """A template as an answer."""
    page = render_template(template, style=look.style, script=look.script, **values)
    return Response(page, status, mimetype="text/html", headers={"Content-Security-Policy": look.policy})


def _text(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
