"""The templates of pages that people print."""

from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined

from cds_service import __version__


def render_page(template: str, **values: object) -> str:
    """A page as HTML that needs no other file: style and version of this release are in it."""
    environment = Environment(
        loader=PackageLoader("cds_service.curate"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    style = (resources.files("cds_service.curate") / "templates" / "page.css").read_text(encoding="utf-8")
    return environment.get_template(template).render(style=style, version=__version__, **values)
