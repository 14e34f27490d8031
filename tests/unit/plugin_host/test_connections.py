"""Connections are kept, shared and given up so that no answer is taken for another."""

import asyncio
import socket
import ssl
import threading

import httpx
import pytest
import trustme

from relconsole.domain.kernel.errors import WorldIsDown
from relconsole.plugin_api.errors import BadAnswer, Unreachable
from relconsole.plugin_api.http import Answer
from relconsole.plugin_process.connections import CONNECTIONS, Connections
from relconsole.plugin_process.guarded_http import GuardedHttp
from tests.unit.plugin_host.test_guarded_http import OK, TOTAL, raw, server_tls, turns


def test_that_many_requests_at_once_share_a_few_connections() -> None:
    async def play() -> None:
        async with raw(OK) as (target, url):
            http = GuardedHttp(url)
            answers = await asyncio.gather(*(http.request("GET", "/") for _ in range(60)))
            await http.close()
            assert {answer.status for answer in answers} == {200}
            assert (target.connections, len(target.heard)) == (CONNECTIONS, 60)

    asyncio.run(play())


def test_that_a_connection_that_was_closed_meanwhile_is_not_used_again() -> None:
    last = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n{ }"  # after which the server hangs up

    async def play() -> None:
        async with raw(last) as (target, url):
            http = GuardedHttp(url)
            for _ in range(3):
                assert (await http.request("GET", "/")).body == b"{ }"
                await turns()
            await http.close()
            assert (target.connections, len(target.heard)) == (3, 3)

    asyncio.run(play())


def test_that_an_end_that_the_loop_has_not_come_to_yet_is_seen() -> None:
    closed = threading.Event()
    heard: list[bytes] = []

    def serve(listening: socket.socket) -> None:
        listening.settimeout(20)
        for _ in range(2):
            talk, _ = listening.accept()
            heard.append(talk.recv(1000))
            talk.sendall(OK)
            talk.close()
            closed.set()

    async def play(port: int) -> None:
        http = GuardedHttp(f"http://127.0.0.1:{port}")
        await http.request("GET", "/")
        closed.wait(20)  # while the loop stands still
        assert (await http.request("GET", "/")).body == b"{}"
        await http.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = threading.Thread(target=serve, args=(listening,))
        server.start()
        asyncio.run(play(listening.getsockname()[1]))
        server.join()
    assert len(heard) == 2


def test_that_what_comes_unasked_is_never_taken_for_the_next_answer() -> None:
    async def say(writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        await writer.drain()
        await turns()
        writer.write(OK.replace(b"{}", b"no"))
        await writer.drain()
        await asyncio.sleep(TOTAL)

    async def play() -> None:
        async with raw(say) as (_, url):
            http = GuardedHttp(url)
            for _ in range(2):
                assert (await http.request("GET", "/")).body == b"{}"
                await asyncio.sleep(TOTAL / 4)
            await http.close()

    asyncio.run(play())


def test_that_a_request_that_is_given_up_leaves_no_connection_behind() -> None:
    async def play() -> None:
        gone = asyncio.Event()

        async def say(writer: asyncio.StreamWriter) -> None:
            try:
                while True:
                    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                    await writer.drain()
                    await asyncio.sleep(TOTAL / 40)
            except ConnectionError:
                gone.set()

        async with raw(say) as (_, url):
            http = GuardedHttp(url)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(TOTAL / 4):
                    await http.request("GET", "/")
            async with asyncio.timeout(20):
                await gone.wait()
            await http.close()

    asyncio.run(play())


def test_that_one_context_of_tls_serves_every_address_of_a_plugin() -> None:
    authority = trustme.CA()
    made: list[ssl.SSLContext] = []

    def trusting() -> ssl.SSLContext:
        context = ssl.create_default_context()
        authority.configure_trust(context)  # pyright: ignore[reportUnknownMemberType]
        made.append(context)
        return context

    async def play() -> None:
        server = server_tls(authority, "127.0.0.1")
        async with raw(OK, server) as (_, url), raw(OK, server) as (_, elsewhere):
            http = GuardedHttp(url, tls=trusting)
            await http.request("GET", "/")
            await http.elsewhere(elsewhere).request("GET", "/")
            await http.close()

    asyncio.run(play())
    assert len(made) == 1


def test_that_a_slow_neighbour_fails_no_request_that_waited_for_its_place() -> None:
    asked = 0

    async def say(writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        if asked > CONNECTIONS:
            writer.write(OK)
        else:
            await asyncio.Event().wait()

    async def play() -> None:
        async with raw(say) as (_, url):
            http = GuardedHttp(url, total=1.0)
            asks = (http.request("GET", "/") for _ in range(CONNECTIONS + 4))
            answers = await asyncio.gather(*asks, return_exceptions=True)
            await http.close()
            assert [type(late) for late in answers[:CONNECTIONS]] == [Unreachable] * CONNECTIONS
            assert [well.status for well in answers[CONNECTIONS:] if isinstance(well, Answer)] == (
                [200] * 4
            )

    asyncio.run(play())


def test_that_a_request_that_is_given_up_while_it_waits_takes_nobodys_place() -> None:
    async def play() -> None:
        go_on = asyncio.Event()

        async def say(writer: asyncio.StreamWriter) -> None:
            await go_on.wait()
            writer.write(OK)

        async with raw(say) as (target, url):
            http = GuardedHttp(url)
            first = [
                asyncio.ensure_future(http.request("GET", "/first")) for _ in range(CONNECTIONS)
            ]
            waiting = [asyncio.ensure_future(http.request("GET", "/never")) for _ in range(20)]
            while len(target.heard) < CONNECTIONS:
                await asyncio.sleep(0.01)
            for each in waiting:
                each.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            go_on.set()
            more = await asyncio.gather(*(http.request("GET", "/more") for _ in range(20)))
            assert {answer.status for answer in (*await asyncio.gather(*first), *more)} == {200}
            assert not any(b"/never" in heard for heard in target.heard)
            await http.close()

    asyncio.run(play())


def test_that_errors_use_up_no_place() -> None:
    asked = 0

    async def say(writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        if asked > 3 * CONNECTIONS:
            writer.write(OK)
        elif asked % 3 == 0:
            writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
        elif asked % 3 == 1:
            writer.write(b"HTTP/1.1 302 Found\r\ncontent-length: 9\r\n\r\n")

    async def play() -> None:
        async with raw(say) as (_, url):
            http = GuardedHttp(url)
            for _ in range(3 * CONNECTIONS):
                with pytest.raises(WorldIsDown):
                    await http.request("GET", "/")
            assert (await http.request("GET", "/")).status == 200
            await http.close()

    asyncio.run(play())


def test_that_all_clients_of_a_plugin_share_the_connections_to_an_origin() -> None:
    async def play() -> None:
        async with raw(OK) as (target, url):
            http = GuardedHttp(url)
            for path in ("/a", "/b", "/a"):
                await http.elsewhere(url + path).request("GET", "/")
            await http.request("GET", "/")
            await http.close()
            assert (target.connections, len(target.heard)) == (1, 4)

    asyncio.run(play())


def test_that_a_client_that_is_closed_reaches_nobody() -> None:
    async def play() -> None:
        async with raw(OK) as (target, url):
            http = GuardedHttp(url)
            other = http.elsewhere(url + "/below")
            await http.request("GET", "/")
            await http.close()
            with pytest.raises(Unreachable, match="closed"):
                await other.request("GET", "/")
            assert len(target.heard) == 1

    asyncio.run(play())


def test_that_what_nobody_has_used_for_long_is_closed() -> None:
    async def play() -> None:
        async with raw(OK) as (target, url):
            connections = Connections(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), kept_alive=0.05)

            async def ask() -> None:
                async with connections.place() as transport:
                    answer = await transport.handle_async_request(httpx.Request("GET", url))
                    await answer.aread()

            await asyncio.gather(*(ask() for _ in range(CONNECTIONS)))
            first = set(target.talks)
            await asyncio.sleep(0.1)
            await ask()
            async with asyncio.timeout(20):
                await asyncio.wait(first)
            await connections.close()

    asyncio.run(play())


@pytest.mark.parametrize("is_secure", [False, True])
def test_that_a_second_answer_is_never_taken_for_the_next_one(is_secure: bool) -> None:
    authority = trustme.CA()

    def trusting() -> ssl.SSLContext:
        context = ssl.create_default_context()
        authority.configure_trust(context)  # pyright: ignore[reportUnknownMemberType]
        return context

    async def say(writer: asyncio.StreamWriter) -> None:
        writer.write(OK + OK.replace(b"{}", b"no"))
        await writer.drain()
        await asyncio.sleep(TOTAL)

    async def play() -> None:
        tls = server_tls(authority, "127.0.0.1") if is_secure else None
        async with raw(say, tls) as (target, url):
            http = GuardedHttp(url, tls=trusting)
            assert (await http.request("GET", "/")).body == b"{}"
            with pytest.raises(BadAnswer, match="answered twice"):
                await http.request("GET", "/")
            assert (await http.request("GET", "/")).body == b"{}"
            await http.close()
            assert target.connections == 2

    asyncio.run(play())
