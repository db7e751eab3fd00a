"""The table of docs/settings.md."""

from cds_service.run.settings import PREFIX, Settings


def settings_table() -> str:
    """The settings as a Markdown table."""
    rows = [
        f"| `{PREFIX}{name.upper()}` | {_shown(info.default)} | {info.description} |"
        for name, info in Settings.model_fields.items()
    ]
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows])


def _shown(default: object) -> str:
    if default in (None, ""):
        return "none"
    if isinstance(default, bool):
        return f"`{int(default)}`"
    return f"`{','.join(default)}`" if isinstance(default, tuple) else f"`{default}`"
