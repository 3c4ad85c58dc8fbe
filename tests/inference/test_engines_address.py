"""Addresses of servers: which ones are plain, and which the settings allow."""

import pytest

from inference.engines.address import read_address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ftp://127.0.0.1/",
        "127.0.0.1:8000",
        "http://",
        "http://me:word@127.0.0.1/v1",
        "http://127.0.0.1@evil.example/",
        "http://127.0.0.1/v1?key=1",
        "http://127.0.0.1/#x",
        "http://127.0.0.1:port/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1/ v1",
        "http://127.0.0.1\\@evil.example/",
        "http://１27.0.0.1/",
        "http://[::1/",
        "file:///etc/passwd",
    ],
)
def test_what_is_no_plain_address_is_refused(address):
    with pytest.raises(ValueError):
        read_address(address)


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("http://127.0.0.1:1/", True),
        ("http://[::1]:8000/v1", True),
        ("https://models.example.org:8443/v1", True),
        ("https://models.example.org/v1", False),
        ("http://127.0.0.2/", False),
        ("http://2130706433/", False),
        ("http://localhost.evil.example/", False),
        ("http://169.254.169.254/latest", False),
    ],
)
def test_only_hosts_of_the_settings_are_allowed(address, allowed):
    assert read_address(address).allowed(["127.0.0.1", "[::1]", "Models.example.org:8443"]) is allowed
