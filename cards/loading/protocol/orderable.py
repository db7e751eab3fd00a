"""The products that a protocol's orders by mouth and IV name, where the tables hold none: ordered by name."""

from collections.abc import Iterable, Iterator

from cards.loading.dose_tables import Product
from cards.loading.protocol.vocabulary import Vocabulary
from cards.model.protocol import Order, Protocol

_ROUTES = {"iv": "intravenous", "oral": "oral", "tube": "oral"}


def product_id(order: Order) -> str:
    """The id under which what an order names is ordered when products.yaml has nothing for it."""
    return f"protocol {order.route} {order.product}"


def orders_of(protocol: Protocol) -> Iterator[Order]:
    """Every order of a protocol's rows."""
    for row in protocol.rows:
        yield from (*row.give, *row.one_of, *row.then)


def orderable_products(protocols: Iterable[Protocol], words: Vocabulary) -> dict[str, Product]:
    """A product for each order, by its id."""
    return {
        product_id(order): _product(order, protocol, words)
        for protocol in protocols
        for order in orders_of(protocol)
        if order.route in _ROUTES
    }


def _product(order: Order, protocol: Protocol, words: Vocabulary) -> Product:
    own, name = protocol.products.get(order.product), order.product.replace("_", " ")
    is_salt = order.product == order.salt and words.product(order.product) is not None and order.salt in _salts(words)
    shown = (own.display if own else "") or (f"Magnesium {name}" if is_salt else name[:1].upper() + name[1:])
    return Product(
        product_id(order), shown, (), _ROUTES[order.route], order.salt, elemental_mg=own.elemental_mg if own else None
    )


def _salts(words: Vocabulary) -> frozenset[str]:
    """The salts that are no brand: of which it is known what they hold, and sulfate."""
    return frozenset({"sulfate", *(named.salt for named in words.products.values() if named.share)})
