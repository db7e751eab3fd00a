"""The page of a hospital's protocol, to print."""

from cards import ProtocolPage
from cds_service.curate.templating import render_page


def render(page: ProtocolPage) -> str:
    """The page as HTML."""
    return render_page("protocol.html", page=page)
