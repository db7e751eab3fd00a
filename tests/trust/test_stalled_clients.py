"""Clients that stall in the middle of a body hold a thread each; the others are answered all the same."""

import json
import socket
import sys
from contextlib import ExitStack

import pytest
import requests

from bench import servers
from tests.calls import patient_view

PATH = "/cds-services/magnesium-patient-view"
STALLED, ORDINARY, DEADLINE_S = 16, 20, 120
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run here")


def test_sixteen_clients_that_stall_in_mid_body_do_not_stop_the_others(tmp_path):
    body = json.dumps(patient_view()).encode()
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    half = len(body) // 2
    with servers.service(tmp_path, workers=1) as service, ExitStack() as open_connections:
        stalled = []
        for _ in range(STALLED):
            connection = socket.create_connection(("127.0.0.1", service.port), DEADLINE_S)
            stalled.append(open_connections.enter_context(connection))
            connection.sendall(head.encode() + body[:half])
        url = f"http://127.0.0.1:{service.port}{PATH}"
        statuses = [requests.post(url, json=patient_view(), timeout=DEADLINE_S).status_code for _ in range(ORDINARY)]
        assert statuses == [200] * ORDINARY
        for connection in stalled:  # and they are answered once they go on
            connection.sendall(body[half:])
            assert connection.recv(4096).startswith(b"HTTP/1.1 200")
