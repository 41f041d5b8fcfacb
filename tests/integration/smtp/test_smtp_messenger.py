"""E-mail, to a real server: what arrives, what the server's answers mean, and what cannot be smuggled in."""

from __future__ import annotations

import inspect
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from application.ports.messenger import Letter, MessengerUnavailable, Undeliverable
from domain.guest import Guest
from domain.venue import Contact, Venue
from infrastructure.http.calendar_file import calendar_file
from infrastructure.smtp.address import MailServer, read_mail_server
from infrastructure.smtp.letters import as_email, message_id, read_address
from infrastructure.smtp.messenger import SmtpMessenger, _translated
from tests.fakes.clock import StillClock
from tests.support.ledgers import booking, placement
from tests.support.mail import Inbox, mail_server
from tests.unit.domain.houses import restaurant

SENDER = "reservas@laterraza.example"
CLOCK = StillClock()
LA_TERRAZA = restaurant(name="La Terraza", contact=Contact(email="sala@laterraza.example"))


def letter(**own: Any) -> Letter:
    return Letter(
        **{
            "key": "reminder:ABC:0:1:86400",
            "kind": "reminder",
            "venue": LA_TERRAZA,
            "guest": Guest("ana", "Ana Ruiz", "", "ana@example.org", "es"),
            "channel": "chat",
            "subject": "Recordatorio: mesa mañana a las 21:00",
            "text": "Hola, Ana Ruiz:\n\n¿Vendrás mañana?",
            **own,
        }
    )


def messenger(inbox: Inbox, *, url: str = "smtp://127.0.0.1:{port}", **own: Any) -> SmtpMessenger:
    return SmtpMessenger(url.format(port=inbox.port), sender=SENDER, clock=CLOCK, **own)


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with mail_server() as inbox:
        yield inbox


def body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


# --- what arrives --------------------------------------------------------------------------------


async def test_a_letter_arrives_with_words_a_subject_and_names(inbox: Inbox) -> None:
    await messenger(inbox).send(letter())
    [mail] = inbox.arrived
    assert mail["From"] == "La Terraza <reservas@laterraza.example>"
    assert mail["To"] == "Ana Ruiz <ana@example.org>"
    assert mail["Reply-To"] == "sala@laterraza.example"
    assert mail["Subject"] == "Recordatorio: mesa mañana a las 21:00"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == CLOCK.now()
    assert body(mail).strip() == "Hola, Ana Ruiz:\n\n¿Vendrás mañana?"
    assert inbox.recipients == [["ana@example.org"]]


async def test_the_same_letter_has_the_same_message_id_and_another_one_another(
    inbox: Inbox,
) -> None:
    for each in (letter(), letter(text="otra vez"), letter(key="reminder:ABC:1:1:86400")):
        await messenger(inbox).send(each)
    first, again, other = (mail["Message-ID"] for mail in inbox.arrived)
    assert first == again == message_id("reminder:ABC:0:1:86400", sender=SENDER)
    assert first != other
    assert first.endswith("@laterraza.example>")


async def test_a_persons_words_may_be_answered_by_a_machine(inbox: Inbox) -> None:
    await messenger(inbox).send(letter(kind="staff"))
    assert inbox.arrived[0]["Auto-Submitted"] is None


async def test_the_booking_comes_as_a_calendar_file(inbox: Inbox) -> None:
    made = booking("ABC234567", placement("T1"))
    file = calendar_file(made, LA_TERRAZA, now=CLOCK.now(), link="https://x.example/b/1")
    await messenger(inbox).send(letter(calendar=file))
    [attached] = list(inbox.arrived[0].iter_attachments())
    assert attached.get_content_type() == "text/calendar"
    assert attached.get_param("method") == "PUBLISH"
    assert attached.get_filename() == "booking.ics"
    event = Calendar.from_ical(attached.get_content()).walk("VEVENT")[0]
    assert str(event["uid"]).startswith(made.id)


async def test_it_reaches_whoever_has_an_address(inbox: Inbox) -> None:
    way = messenger(inbox)
    assert way.reaches(letter())
    assert not way.reaches(letter(guest=Guest("ana", "Ana", "+34600000001")))


# --- what the server says ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "answer", "error"),
    [
        ("RCPT", "550 5.1.1 no such user", Undeliverable),
        ("RCPT", "553 5.1.3 bad address", Undeliverable),
        ("RCPT", "450 4.2.1 mailbox busy", MessengerUnavailable),
        ("RCPT", "452 4.2.2 mailbox full", MessengerUnavailable),
        ("DATA", "554 5.7.1 refused as spam", Undeliverable),
        ("DATA", "451 4.3.0 greylisted", MessengerUnavailable),
    ],
)
async def test_what_is_final_is_told_from_what_may_pass(
    inbox: Inbox, command: str, answer: str, error: type[Exception]
) -> None:
    inbox.says = {command: answer}
    with pytest.raises(error):
        await messenger(inbox).send(letter())


async def test_a_server_that_is_not_there_may_come_back() -> None:
    with mail_server() as inbox:
        pass
    with pytest.raises(MessengerUnavailable):
        await messenger(inbox).send(letter())


async def test_an_address_that_is_none_is_refused_without_asking_the_server(inbox: Inbox) -> None:
    for address in ("ana", "ana@", "@x.org", "ana@x.org\nBcc: eve@x.org", "a b@x.org", "a@x,b@y"):
        with pytest.raises(Undeliverable):
            await messenger(inbox).send(letter(guest=Guest("ana", "Ana", "", address)))
    assert inbox.sessions == []


def test_every_error_of_the_vendors_is_one_of_ours() -> None:
    """A new class of the vendor's fails here until somebody has decided what it means."""
    made: dict[type[Exception], Exception] = {
        aiosmtplib.SMTPRecipientsRefused: aiosmtplib.SMTPRecipientsRefused(
            [aiosmtplib.SMTPRecipientRefused(550, "no", "a@x.org")]
        )
    }
    classes = [
        value
        for _, value in inspect.getmembers(aiosmtplib, inspect.isclass)
        if issubclass(value, Exception)
    ]
    assert len(classes) == 15
    for kind in classes:
        if kind in made:
            error = made[kind]
        elif kind in (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPRecipientRefused):
            error = kind(550, "no", "a@x.org")
        elif issubclass(kind, aiosmtplib.SMTPResponseException):
            error = kind(550, "no")
        else:
            error = kind("no")
        with pytest.raises((MessengerUnavailable, Undeliverable)), _translated():
            raise error


async def test_what_the_server_has_against_us_is_not_held_against_the_guest(inbox: Inbox) -> None:
    with mail_server(login=("sala", "right")) as strict:
        way = messenger(strict, url="smtp://sala:wrong@127.0.0.1:{port}")
        with pytest.raises(MessengerUnavailable):
            await way.send(letter())


# --- secrets and encryption ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for this machine, in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the command openssl (apt install openssl)")
    folder = tmp_path_factory.mktemp("tls")
    file = folder / "both.pem"
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")),
        ],
        check=True,
        capture_output=True,
    )
    file.write_bytes((folder / "key.pem").read_bytes() + (folder / "cert.pem").read_bytes())
    return file


def server_side(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate.parent / "cert.pem"))


async def test_with_starttls_the_password_is_said_only_under_encryption(certificate: Path) -> None:
    with mail_server(starttls=server_side(certificate), login=("sala", "s3cret+")) as inbox:
        url = "smtp://sala:s3cret%2B@127.0.0.1:{port}?starttls=on"
        await messenger(inbox, url=url, tls_context=trusting(certificate)).send(letter())
        assert inbox.sessions[0].ssl
        assert inbox.sessions[0].authenticated


async def test_smtps_is_encrypted_from_the_first_byte(certificate: Path) -> None:
    with mail_server(tls=server_side(certificate)) as inbox:
        url = "smtps://127.0.0.1:{port}"
        await messenger(inbox, url=url, tls_context=trusting(certificate)).send(letter())
        assert len(inbox.arrived) == 1


async def test_a_server_without_starttls_hears_no_password(inbox: Inbox) -> None:
    with pytest.raises(MessengerUnavailable):
        await messenger(inbox, url="smtp://sala:s3cret@127.0.0.1:{port}?starttls=on").send(letter())
    assert inbox.arrived == []


async def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Path) -> None:
    with mail_server(tls=server_side(certificate)) as inbox:
        with pytest.raises(MessengerUnavailable):
            await messenger(inbox, url="smtps://127.0.0.1:{port}").send(letter())
        assert inbox.arrived == []


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", MailServer("mail.example", 587, starttls=True)),
        ("smtp://mail.example:25?starttls=off", MailServer("mail.example", 25)),
        ("smtp://localhost:1025", MailServer("localhost", 1025)),
        ("smtp://[::1]:1025", MailServer("::1", 1025)),
        ("smtps://u%40x:p%3A%2F@m.example", MailServer("m.example", 465, "u@x", "p:/", tls=True)),
    ],
)
def test_a_mail_servers_url_is_read(url: str, server: MailServer) -> None:
    assert read_mail_server(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "http://u:s3cret@mail.example",
        "smtp://",
        "smtp://u:s3cret@mail.example:abc",
        "smtp://u:s3cret@mail.example/path",
        "smtp://u:s3cret@mail.example?starttls=maybe",
        "smtps://u:s3cret@mail.example?starttls=off",
        "smtp://u:s3cret@mail.example?tls=off",
    ],
)
def test_a_wrong_url_is_refused_and_its_password_not_shown(url: str) -> None:
    with pytest.raises(ValueError, match=r"mail server|starttls") as refused:
        read_mail_server(url)
    assert "s3cret" not in str(refused.value)
    assert "s3cret" not in repr(read_mail_server("smtp://u:s3cret@mail.example"))


# --- what a guest cannot do ----------------------------------------------------------------------


def received(each: Letter) -> EmailMessage:
    return as_email(each, sender=SENDER, now=CLOCK.now())


HEADERS = {
    *("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
    *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
}


@given(name=st.text(max_size=200), subject=st.text(max_size=300), text=st.text(max_size=300))
def test_no_name_or_subject_adds_a_header(name: str, subject: str, text: str) -> None:
    smuggled = f"{name}\r\nBcc: eve@example.org"
    mail = received(
        letter(guest=Guest("g", smuggled, "", "ana@example.org"), subject=subject, text=text)
    )
    raw = mail.as_bytes()
    head = raw.partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] != b" "]
    assert set(names) <= HEADERS
    assert len(names) == len(set(names))
    assert len(mail["To"].addresses) == 1


def test_a_house_with_a_wrong_address_of_its_own_still_writes() -> None:
    venue: Venue = replace(LA_TERRAZA, contact=Contact(email="nobody"))
    assert received(letter(venue=venue))["Reply-To"] is None


def test_a_domain_beyond_ascii_is_written_as_mail_servers_know_it() -> None:
    assert read_address("jose@exámple.org") == "jose@xn--exmple-qta.org"
    with pytest.raises(ValueError, match="not an e-mail address"):
        read_address("josé@example.org")
