"""The public address: what is one, and which Host and Origin are its own."""

import pytest

from ssvae_core.api.address import PublicAddress, public_address
from ssvae_core.errors import UserError


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://Lab.example.org", PublicAddress("https", "lab.example.org", "443", "")),
        ("http://10.0.0.7:8501/", PublicAddress("http", "10.0.0.7", "8501", "")),
        ("https://h.org/a/b-1/", PublicAddress("https", "h.org", "443", "/a/b-1")),
        ("http://[fe80::1]:80", PublicAddress("http", "[fe80::1]", "80", "")),
    ],
)
def test_an_address_in_its_parts(text, found):
    assert public_address(text) == found
    assert public_address("") is None


@pytest.mark.parametrize(
    "text",
    [
        *("lab.example.org", "ftp://h.org", "https://", "https://h.org/?a", "https://h.org/#a"),
        *("https://a@h.org", "https://h.org/../x", "https://h.org//x", "https://h.org:123456"),
        *("https://h.org/%2e", "https://-h.org", " https://h.org", "https://h.org\n"),
    ],
)
def test_anything_else_is_refused_in_words(text):
    with pytest.raises(UserError, match="SSVAE_URL must be an address such as"):
        public_address(text)


def test_a_default_port_may_be_written_or_not_and_another_must():
    plain = public_address("https://h.org")
    assert all(map(plain.is_host, ("h.org", "H.org:443")))
    assert not any(map(plain.is_host, ("h.org:80", "h.org:8443", "x.h.org", "h.org.x", "")))
    assert plain.is_origin("https://h.org")
    assert not any(map(plain.is_origin, ("http://h.org", "https://h.org:80", "null", "h.org")))
    other = public_address("https://h.org:8443")
    assert other.is_host("h.org:8443")
    assert not other.is_host("h.org")
