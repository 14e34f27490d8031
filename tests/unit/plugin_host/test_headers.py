"""What a request says beside what it asks: nothing leaves its line, and no secret is told."""

import asyncio

import pytest

from relconsole.plugin_api.errors import QuestionRefused
from relconsole.plugin_api.manifest import Credential
from relconsole.plugin_api.secret import Secret
from relconsole.plugin_process.guarded_http import GuardedHttp
from tests.unit.plugin_host.test_guarded_http import CANARY, OK, raw


@pytest.mark.parametrize("name", ["x\r\ny", "", "a b", "x:"])
def test_that_a_header_never_breaks_out_of_its_line(name: str) -> None:
    async def play() -> None:
        http = GuardedHttp("http://127.0.0.1:9")
        with pytest.raises(QuestionRefused):
            await http.request("GET", "/", headers={name: "v"})
        with pytest.raises(QuestionRefused):
            await http.request("GET", "/", headers={"x": "a\r\nb: c"})

    asyncio.run(play())


@pytest.mark.parametrize("name", ["Host", "Content-Length", "Transfer-Encoding", "Connection"])
def test_that_how_a_request_travels_is_not_for_a_plugin_to_say(name: str) -> None:
    async def play() -> None:
        with pytest.raises(QuestionRefused, match=name.lower()):
            await GuardedHttp("http://127.0.0.1:9").request("GET", "/", headers={name: "1"})

    asyncio.run(play())


@pytest.mark.parametrize("secret", [f"{CANARY}\nx: y", f"{CANARY}é", f"{CANARY} "])
def test_that_a_credential_that_is_no_header_is_refused_and_not_shown(secret: str) -> None:
    async def play() -> None:
        async with raw(OK) as (target, url):
            http = GuardedHttp(url, secret=Secret(secret), credential=Credential.BEARER)
            with pytest.raises(QuestionRefused) as raised:
                await http.request("GET", "/")
            await http.close()
            assert CANARY not in str(raised.value)
            assert target.heard == []

    asyncio.run(play())


def test_that_a_cookie_goes_along_only_where_the_plugin_sends_it() -> None:
    async def play() -> None:
        async with raw(OK.replace(b"\r\n\r\n", b"\r\nset-cookie: a=b\r\n\r\n")) as (target, url):
            http = GuardedHttp(url)
            answer = await http.request("GET", "/")
            await http.request("GET", "/")
            await http.request("GET", "/", headers={"Cookie": answer.headers["set-cookie"]})
            await http.close()
            sent = [b"cookie: a=b\r\n" in heard.lower() for heard in target.heard]
            assert sent == [False, False, True]

    asyncio.run(play())


def test_that_what_is_no_method_is_refused_and_not_repeated_as_bytes() -> None:
    async def play() -> None:
        async with raw(OK) as (target, url):
            http = GuardedHttp(url)
            with pytest.raises(QuestionRefused, match="cannot be sent"):
                await http.request("GET /admin", "/")
            assert (await http.request("GET", "/")).status == 200
            await http.close()
            assert len(target.heard) == 1

    asyncio.run(play())
