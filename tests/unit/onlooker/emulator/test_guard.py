import pytest

from onlooker.emulator.guard import refusal

HOST = {b"host": b"127.0.0.1:4566"}


def allowed(method: str = "GET", path: str = "/images/a.jpg", query: bytes = b"", **headers: str) -> bool:
    named = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    return refusal(method, path, query, {**HOST, **named}) is None


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:4566", "[::1]:4566", "images.s3.localhost:4566", "LOCALHOST"])
def test_this_machines_names_are_let_in(host: str) -> None:
    assert allowed(host=host)


@pytest.mark.parametrize(
    "host", ["", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:4566", "192.168.0.7"]
)
def test_a_name_that_only_resolves_to_this_machine_is_not(host: str) -> None:
    assert not allowed(host=host)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost.evil.example", "file://localhost"]
)
def test_pages_of_other_sites_are_kept_out(origin: str) -> None:
    assert not allowed(origin=origin)
    assert not allowed("OPTIONS", origin=origin)
    assert not allowed("POST", "/", origin=origin, sec_fetch_site="cross-site")


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8000", "http://localhost:8000"])
def test_the_consoles_pages_are_let_in(origin: str) -> None:
    assert allowed("POST", "/images", origin=origin, sec_fetch_site="same-site")


def test_another_sites_links_open_only_what_was_signed_for_giving_away() -> None:
    assert not allowed(sec_fetch_site="cross-site")
    assert allowed(query=b"X-Amz-Date=1&X-Amz-Signature=abc", sec_fetch_site="cross-site")
    assert not allowed("PUT", query=b"X-Amz-Signature=abc", sec_fetch_site="cross-site")


def test_no_signature_lets_another_sites_scripts_read_or_its_links_do_anything() -> None:
    assert not allowed(query=b"X-Amz-Signature=abc", origin="https://evil.example", sec_fetch_site="cross-site")
    assert not allowed("GET", "/_ministack/ses/messages", b"X-Amz-Signature=abc", sec_fetch_site="cross-site")
    assert not allowed("GET", "/", b"Action=DeleteQueue&X-Amz-Signature=abc", sec_fetch_site="cross-site")
    assert not allowed("GET", "/", b"%41ction=DeleteQueue&X-Amz-Signature=abc", sec_fetch_site="cross-site")


def test_nobody_resets_what_holds_real_data() -> None:
    assert allowed("GET", "/_ministack/health")
    assert not allowed("POST", "/_ministack/reset")
    assert not allowed("POST", "/_ministack/config")
