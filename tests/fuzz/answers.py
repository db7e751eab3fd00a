"""What must hold for the answer to any request."""

import io
import json
import logging

from cds_service.records.log import JsonLines, is_ours
from cds_service.run.settings import MissingData
from cds_service.web.app import create_app
from cds_service.web.runtime import Runtime
from tests.cards.chart import NOW
from tests.conftest import settings_with
from tests.fuzz.bases import MARK
from tests.spec.checks import violations


class Service:
    """The service in this process at the moment of the charts, its whole log kept for the one request in progress."""

    def __init__(self, knowledge, keys, missing_data=MissingData.CARD):
        runtime = Runtime(settings_with(missing_data=missing_data), knowledge, keys, now=lambda: NOW)
        self.client = create_app(runtime).test_client()

    def send(self, sent):
        """The answer."""
        headers = {**sent.headers, **({"Content-Type": sent.media} if sent.media else {})}
        return self.client.post(sent.path, data=sent.raw, headers=headers)

    def problems(self, sent):
        """(status, what is wrong with the answer)."""
        handler = logging.StreamHandler(written := io.StringIO())
        handler.setFormatter(JsonLines())
        handler.addFilter(is_ours)
        before = logging.root.level
        logging.root.addHandler(handler)
        logging.root.setLevel(logging.DEBUG)
        try:
            answer = self.send(sent)
        finally:
            logging.root.removeHandler(handler)
            logging.root.setLevel(before)
        return answer.status_code, [*_wrong(sent, answer), *_leaks(answer, written.getvalue())]


def _wrong(sent, answer):
    """Status, form and conformance."""
    if answer.status_code != 200 and not 400 <= answer.status_code < 500:
        yield f"status {answer.status_code}"
    if not answer.headers.get("Access-Control-Allow-Origin"):
        yield "no CORS header"
    try:
        payload = json.loads(answer.get_data())
    except ValueError:
        yield "not JSON"
        return
    if answer.status_code != 200:
        yield from () if payload.get("resourceType") == "OperationOutcome" else ["no OperationOutcome"]
    elif "/feedback" in sent.path:
        yield from () if isinstance(payload.get("received"), int) else ["no count"]
    else:
        yield from violations(_ours(payload))


def _leaks(answer, log):
    """Marks where none may be."""
    places = {"body": _said(answer), "headers": str(answer.headers), "log": log}
    yield from (f"leak in the {place}" for place, text in places.items() if MARK in text.upper())


def _said(answer):
    raw = answer.get_data(as_text=True)
    try:
        return json.dumps(_ours(json.loads(raw)), ensure_ascii=False)
    except ValueError:
        return raw


def _ours(payload):
    """The body, without the client's own orders: an update brings one back as it came, marked and spoiled.

    Nor with the user of the call, whom drafted orders name as who requests them, and nothing else does.
    """
    for card in payload.get("cards", ()):
        for suggestion in card.get("suggestions", ()):
            suggestion["actions"] = [_as_removal(action) for action in suggestion["actions"]]
            for action in suggestion["actions"]:
                action.get("resource", {}).pop("requester", None)
    return payload


def _as_removal(action):
    if action["type"] != "update":
        return action
    order = action.pop("resource")
    return {**action, "type": "delete", "resourceId": f"{order['resourceType']}/{order['id']}"}
