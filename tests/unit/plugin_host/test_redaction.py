"""A secret is taken out of what a child says, however it is written, and nothing else is."""

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.adapters.plugin_host.redaction import redaction_of
from relconsole.plugin_api.secret import Secret as PluginSecret
from relconsole.ports.credentials import Secret

VALUE = 'user:pä"ss/w\\rd+='


@pytest.mark.parametrize(
    "form",
    [
        VALUE.encode(),
        VALUE.encode().hex().encode(),
        base64.b64encode(VALUE.encode()),
        base64.urlsafe_b64encode(VALUE.encode()),
        quote(VALUE, safe="").encode(),
        json.dumps(VALUE, ensure_ascii=False).encode(),
        VALUE.encode().hex().upper().encode(),
        quote(VALUE).encode(),
        json.dumps(VALUE).encode(),
    ],
    ids=[
        "as it is",
        "hex",
        "base64",
        "base64 for addresses",
        "quoted",
        "in JSON",
        "hex in capitals",
        "quoted as a path",
        "in ASCII JSON",
    ],
)
def test_that_a_secret_is_hidden_in_every_form(form: bytes) -> None:
    redact = redaction_of(Secret(VALUE))
    hidden = redact(b"before " + form + b" after")
    assert form.rstrip(b"=") not in hidden
    assert b"before " in hidden
    assert b" after" in hidden


@given(st.text(max_size=8), st.text(max_size=8))
def test_that_a_secret_is_hidden_in_the_base64_of_a_longer_text(before: str, after: str) -> None:
    said = base64.b64encode((before + VALUE + after).encode())
    hidden = redaction_of(Secret(VALUE))(b"Basic " + said)
    assert b"[hidden]" in hidden
    assert len(hidden) < len(said)


@given(st.binary(max_size=100))
def test_that_without_a_secret_nothing_changes(said: bytes) -> None:
    assert redaction_of(None)(said) == said
    assert redaction_of(Secret("abc"))(said) == said


@pytest.mark.parametrize("kind", [PluginSecret, Secret])
def test_that_a_secret_never_shows_itself(kind: type[PluginSecret] | type[Secret]) -> None:
    secret = kind("canary-1234")
    shown = [repr(secret), str(secret), f"{secret}", "{}".format(secret)]  # noqa: UP032 - each way
    assert not any("canary" in text for text in shown)
    assert secret != kind("canary-1234")
    assert secret.reveal() == "canary-1234"
    with pytest.raises(TypeError, match="not pickled"):
        secret.__reduce__()
