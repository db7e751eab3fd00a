"""A thread is taken when a request is whole, or odd: never for one of which more is to come."""

import sys

import pytest

if sys.platform == "win32":
    pytest.skip("gunicorn does not run here", allow_module_level=True)

from cds_service.run.arrival import MOST_CHUNKS, Arrival, Arrived
from tests.cards.test_linear_text import GROWTH, grows_too_fast

HEAD = "POST / HTTP/1.1\r\nHost: x\r\n"
MOST = 100


def arrival(*pieces):
    made = Arrival(MOST)
    for piece in pieces:
        made.take(piece.encode())
    return made


WHOLE = {
    "no body": HEAD + "\r\n",
    "a body": HEAD + "Content-Length: 2\r\n\r\n{}",
    "chunks": HEAD + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "chunks with an extension": HEAD + "Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n1\r\n \r\n0\r\n\r\n",
    "trailers": HEAD + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX: 1\r\n\r\n",
}


@pytest.mark.parametrize("kind", WHOLE)
def test_a_request_is_whole_at_its_last_byte_in_whatever_pieces_it_comes(kind):
    made = Arrival(MOST)
    for letter in WHOLE[kind]:
        assert not made.whole
        made.take(letter.encode())
    assert made.whole and made.taken().decode() == WHOLE[kind]
    at_once = arrival(WHOLE[kind])
    assert at_once.whole and at_once.taken() == made.taken()


@pytest.mark.parametrize(
    "odd",
    [
        "GET / HTTP/1.1\nHost: x\n",
        HEAD + "Content-Length: many\r\n\r\n",
        HEAD + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        HEAD + "Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n",
        HEAD + "Transfer-Encoding: br\r\n\r\n",
        HEAD + "Transfer-Encoding: chunked\r\n\r\nmany\r\n",
        HEAD + "Transfer-Encoding: chunked\r\n\r\n" + "1" * 9000,
        HEAD + "Transfer-Encoding: chunked\r\n\r\nfffff\r\n" + " " * 900_000,
        HEAD + "Transfer-Encoding: chunked\r\n\r\nf;" + "a" * 9000 + "\r\n",
        HEAD + "Transfer-Encoding: chunked\r\n\r\n0\r\n" + "X: 1\r\n" * 2000,
        "x" * 900_000,
    ],
)
def test_what_is_odd_or_too_long_is_handed_on_at_once_to_be_refused(odd):
    assert arrival(odd).whole


def test_of_a_body_that_is_too_large_only_the_head_is_kept_and_the_rest_is_waited_for():
    head = HEAD + "Content-Length: 1000\r\n\r\n"
    made = arrival(head, "x" * 999)
    assert not made.whole and made.taken().decode() == head
    made.take(b"x")
    assert made.whole and made.held == len(head)


def test_who_asks_before_sending_too_much_is_answered_before_it_is_sent():
    assert arrival(HEAD + "Expect: 100-continue\r\nContent-Length: 1000\r\n\r\n").whole
    made = arrival(HEAD + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    assert made.expects_continue and not made.whole


def test_what_follows_is_kept_for_the_next_request():
    assert arrival(WHOLE["a body"] + "GET").taken().endswith(b"GET")


def test_a_body_has_so_many_chunks_and_of_more_nothing_is_read_on():
    made = Arrival(10**7)
    made.take((HEAD + "Transfer-Encoding: chunked\r\n\r\n").encode())
    made.take(b"1\r\n \r\n" * MOST_CHUNKS)
    assert not made.whole
    made.take(b"1\r\n \r\n")
    assert made.whole and made.is_cut


def test_the_parser_is_given_pieces_as_it_copies_one_for_each_chunk_in_it():
    came = Arrived(b"1\r\n \r\n" * 100_000)
    assert max(map(len, iter(came.chunk, b""))) <= 8192
    came = Arrived(b"x" * 20_000 + b"GET")
    came.unread(came.read(10))
    assert came.take_buffered().endswith(b"GET")


@pytest.mark.parametrize("name", ["Content-Length", "Transfer-Encoding", "Expect", "Host"])
def test_a_head_is_read_in_no_time_however_it_is_spaced(name):
    """One of 200 kB, of anyone, held a worker and all its connections for minutes."""
    short, long = (f"POST / HTTP/1.1\r\n{name}: a{' ' * number}b\r\n\r\n" for number in (4_000, 4_000 * GROWTH))
    assert not grows_too_fast(lambda: arrival(short), lambda: arrival(long))


def test_blanks_around_what_tells_the_length_are_no_part_of_it():
    assert not arrival(HEAD + "Content-Length: \t2 \t\r\n\r\n{").whole
    assert arrival(HEAD + "Content-Length:2 \r\n\r\n{}").whole
