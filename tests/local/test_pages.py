"""The pages of local mode: caught mail and the one-time sign-in link, for this machine only."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from portal.local import sign_in
from portal.local.sink import keep
from tests.local.test_sink import invitation

pytestmark = pytest.mark.local  # how old a link is, is said by its file

ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture
def state(tmp_path: Path, settings) -> Path:
    settings.LOCAL_STATE_DIR = tmp_path
    return tmp_path


@pytest.fixture
def mail(state: Path) -> str:
    return keep(state / "mail", b"Delivered-To: anna@example.org\r\n" + invitation().as_bytes()).stem


@pytest.fixture
def coach(db: None):
    return get_user_model().objects.create_superuser(email="jet@voorbeeld.nl", name="Jet van Dalen")


@pytest.mark.django_db
def test_caught_mail_can_be_read_without_signing_in(client: Client, mail: str) -> None:
    assert "één afspraak" in client.get("/local/mail/").content.decode()
    page = client.get(reverse("local:mail", args=[mail])).content.decode()
    assert "Tot maandag." in page
    assert 'sandbox="allow-top-navigation-by-user-activation"' in page
    raw = client.get(reverse("local:mail_raw", args=[mail]))
    assert raw.content.startswith(b"Delivered-To: anna@example.org")
    assert raw.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.django_db
def test_the_html_of_a_mail_is_shown_without_our_origin_or_scripts(client: Client, mail: str) -> None:
    response = client.get(reverse("local:mail_html", args=[mail]))
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-top-navigation-by-user-activation" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "<b>maandag</b>" in response.content.decode()


@pytest.mark.django_db
def test_an_attachment_is_downloaded_as_it_was_sent(client: Client, mail: str) -> None:
    page = client.get(reverse("local:mail", args=[mail])).content.decode()
    assert 'download="impactcall.ics"' in page
    response = client.get(reverse("local:mail_attachment", args=[mail, 2]))
    assert response.content == b"BEGIN:VCALENDAR\r\n"
    assert response.headers["Content-Disposition"] == "attachment"
    assert client.get(reverse("local:mail_attachment", args=[mail, 0])).status_code == 404


@pytest.mark.django_db
def test_a_mail_that_is_gone_is_a_404(client: Client, state: Path) -> None:
    gone = "0" * 20 + "-" + "0" * 8
    for name in ("mail", "mail_html", "mail_raw"):
        assert client.get(reverse(f"local:{name}", args=[gone])).status_code == 404


@pytest.mark.django_db
def test_no_page_of_local_mode_opens_from_another_machine(client: Client, mail: str, coach) -> None:
    token = sign_in.mint(Path(os.environ["LOCAL_STATE_DIR"]))
    pages = [
        reverse("local:mail_list"),
        *(reverse(f"local:{name}", args=[mail]) for name in ("mail", "mail_html", "mail_raw")),
        reverse("local:mail_attachment", args=[mail, 2]),
        reverse("local:sign_in", args=[token]),
    ]
    assert [client.get(page, **ELSEWHERE).status_code for page in pages] == [404] * len(pages)
    assert client.post(pages[-1], **ELSEWHERE).status_code == 404


FORWARDED = [
    "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Server",
    "X-Forwarded-Prefix", "x-forwarded-anything", "X-Forwarded", "Forwarded-For", "Forwarded", "Via",
    "X-Real-IP", "X-Client-IP", "Client-IP", "True-Client-IP", "X-Cluster-Client-IP", "X-Remote-IP",
    "X-Original-Forwarded-For", "X-ProxyUser-Ip", "WL-Proxy-Client-IP", "Proxy-Client-IP", "Remote-Addr",
    "CF-Connecting-IP", "CF-Ray", "CF-IPCountry", "CDN-Loop", "Fastly-Client-IP", "Fly-Client-IP",
    "X-Azure-ClientIP", "X-Azure-SocketIP", "DO-Connecting-IP", "X-AppEngine-User-IP", "X-Amzn-Trace-Id",
    "CloudFront-Viewer-Address", "Akamai-Origin-Hop", "X-Nf-Client-Connection-Ip", "X-Vercel-Forwarded-For",
    "Tailscale-User-Login", "Tailscale-User-Name", "Ngrok-Agent-Ips", "X-Envoy-External-Address",
    "X-Request-Id", "Traceparent", "X-Of-Next-Year",
]  # fmt: skip
PLAIN = {"Host": "localhost:8000", "User-Agent": "Mozilla/5.0", "Accept": "text/html"}
COMMON = PLAIN | {
    "Connection": "keep-alive", "Accept-Encoding": "gzip", "Accept-Language": "nl", "Cookie": "a=b",
    "Referer": "http://localhost:8000/", "Upgrade-Insecure-Requests": "1", "DNT": "1", "Sec-GPC": "1",
    "Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-User": "?1",
    "Sec-Fetch-Dest": "document", "If-None-Match": "y", "If-Modified-Since": "x", "Cache-Control": "no-cache",
}  # fmt: skip
BROWSERS = {
    "Chromium": COMMON | {
        "sec-ch-ua": '"Chromium";v="140"', "sec-ch-ua-mobile": "?0", "sec-ch-ua-platform": '"Linux"',
        "Sec-Purpose": "prefetch", "Save-Data": "on", "Pragma": "no-cache",
    },
    "Firefox": COMMON | {"Priority": "u=0, i", "TE": "trailers", "X-Moz": "prefetch", "Range": "bytes=0-"},
    "Safari": COMMON | {"X-Purpose": "preview"},
    "a program": PLAIN,
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("headers", BROWSERS.values(), ids=BROWSERS)
def test_what_a_browser_sends_of_itself_opens_them(
    client: Client, mail: str, headers: dict[str, str]
) -> None:
    assert client.get(reverse("local:mail_list"), headers=headers).status_code == 200


@pytest.mark.django_db
def test_a_proxy_that_adds_nothing_is_known_by_its_http(client: Client, mail: str) -> None:
    assert client.get(reverse("local:mail_list"), SERVER_PROTOCOL="HTTP/1.0").status_code == 404
    assert client.get(reverse("local:mail_list"), headers={"Host": "voorbeeld.nl"}).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("header", FORWARDED)
def test_no_page_of_local_mode_opens_through_a_proxy_on_this_machine(
    client: Client, mail: str, coach, header: str
) -> None:
    token = sign_in.mint(Path(os.environ["LOCAL_STATE_DIR"]))
    for value in ("127.0.0.1", "192.0.2.7", ""):
        through = {"headers": {header: value}}
        assert client.get(reverse("local:mail_list"), **through).status_code == 404
        assert client.get(reverse("local:mail", args=[mail]), **through).status_code == 404
        assert client.post(reverse("local:sign_in", args=[token]), **through).status_code == 404
    assert client.get(reverse("local:mail_list")).status_code == 200


def test_the_sign_in_link_opens_the_admin_once(client: Client, state: Path, coach) -> None:
    link = reverse("local:sign_in", args=[sign_in.mint(state)])
    assert client.get(link).status_code == 200
    assert client.get(link).status_code == 200  # looking uses nothing up
    assert client.get(reverse("admin:index")).status_code == 302
    response = client.post(link)
    assert (response.status_code, response.headers["Location"]) == (302, reverse("admin:index"))
    assert client.get(reverse("admin:index")).status_code == 200
    other = Client()
    assert other.post(link).status_code == 410
    assert other.get(reverse("admin:index")).status_code == 302


def test_a_used_link_says_how_to_get_another(client: Client, state: Path, coach) -> None:
    link = reverse("local:sign_in", args=[sign_in.mint(state)])
    client.post(link)
    answer = Client().get(link)
    assert answer.status_code == 410
    assert "make up" in answer.content.decode()
    assert "<button" not in answer.content.decode().partition("<main")[2].partition("</main>")[0]


def test_a_wrong_an_older_and_an_expired_link_sign_nobody_in(client: Client, state: Path, coach) -> None:
    older = sign_in.mint(state)
    expired = sign_in.mint(state)
    (file,) = (state / "sign-in").iterdir()
    a_day_ago = time.time() - sign_in.VALID_SECONDS - 1
    os.utime(file, (a_day_ago, a_day_ago))
    for token in ("x", older, expired):
        assert client.post(reverse("local:sign_in", args=[token])).status_code == 410
    assert client.get(reverse("admin:index")).status_code == 302


def test_the_link_needs_the_form_of_its_own_page(state: Path, coach) -> None:
    careful = Client(enforce_csrf_checks=True)
    token = sign_in.mint(state)
    assert careful.post(reverse("local:sign_in", args=[token])).status_code == 403
    assert sign_in.is_valid(state, token)


def test_the_token_itself_is_never_on_disk(state: Path) -> None:
    token = sign_in.mint(state)
    names = [path.name for path in state.rglob("*")]
    contents = [path.read_text() for path in state.rglob("*") if path.is_file()]
    assert token not in "".join(names + contents)


def test_two_requests_cannot_both_use_a_link(state: Path) -> None:
    token = sign_in.mint(state)
    assert [sign_in.use(state, token), sign_in.use(state, token)] == [True, False]
