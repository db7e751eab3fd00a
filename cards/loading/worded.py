"""The knowledge with other words in it, by the path of keys under which a words file tells them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cards.loading.advice import Advice
from cards.loading.dose_tables import OrderableTest, Product
from cards.loading.knowledge import Knowledge, Translation
from cards.loading.words import Words
from cards.voice import Voice

Texts = Mapping[tuple[str, ...], Any]


def worded(known: Knowledge, texts: Texts, voice: Voice, translation: Translation) -> Knowledge:
    """The same decisions, said in the texts that are told; what is not told stays as it is."""
    n, reasons = known.numbers, known.override_reasons
    phrases = {key: texts.get(("phrases", *key.split(".")), text) for key, text in known.words.phrases.items()}
    own = {name for name, told in known.site.products.items() if "display" in told}
    return replace(
        known,
        words=Words(phrases),
        conditions=replace(known.conditions, names=_table("conditions", known.conditions.names, texts)),
        monitoring={
            k: voice.value(text.format(n=n)) for k, text in _table("monitoring", known.monitoring, texts).items()
        },
        products={k: p if k in own else _product(k, p, texts) for k, p in known.products.items()},
        renal_states=tuple(
            replace(s, words=texts.get(("renal_states", s.condition), s.words)) for s in known.renal_states
        ),
        override_reasons=replace(
            reasons, reasons=tuple(_table("override_reasons", dict(reasons.reasons), texts).items())
        ),
        tests={k: _test(k, test, texts) for k, test in known.tests.items()},
        advice={rule: _said(advice, texts) for rule, advice in known.advice.items()},
        told_numbers={**known.told_numbers, "span": _spans(known, voice)},
        voice=voice,
        translation=translation,
    )


def _table(name: str, told: Mapping[str, str], texts: Texts) -> dict[str, str]:
    return {key: str(texts.get((name, key), text)) for key, text in told.items()}


def _spans(known: Knowledge, voice: Voice) -> dict[str, str]:
    """Spans of time stand in sentences as they are."""
    return {key: voice.value(told) for key, told in known.told_numbers["span"].items()}


def _product(name: str, product: Product, texts: Texts) -> Product:
    return replace(product, display=str(texts.get(("products", name), product.display)))


def _test(name: str, test: OrderableTest, texts: Texts) -> OrderableTest:
    def say(key: str, english: str) -> str:
        return str(texts.get(("tests", name, key), english))

    return replace(test, short=say("short", test.short), text=say("text", test.text), beside=say("beside", test.beside))


def _said(advice: Advice, texts: Texts) -> Advice:
    def say(english: str, *path: str) -> str:
        return str(texts.get(("advice", advice.rule, *path), english))

    return replace(
        advice,
        summary=say(advice.summary, "summary"),
        summaries={key: say(text, "summaries", key) for key, text in advice.summaries.items()},
        lines={key: replace(line, text=say(line.text, "lines", key)) for key, line in advice.lines.items()},
        suggestions={key: say(text, "suggestions", key) for key, text in advice.suggestions.items()},
    )
