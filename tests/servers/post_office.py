"""A real Dovecot: mail is delivered to it by LMTP and read from it by IMAP, as at a department's."""

from __future__ import annotations

import grp
import imaplib
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from scripts import servers
from tests.servers.throwaway import HOST, Port, ThrowawayServer

PASSWORD = "a-password-for-tests"
INBOX = "INBOX"

CONFIGURATION = """
protocols = imap lmtp
listen = {host}
base_dir = {folder}/run
state_dir = {folder}/state
log_path = /dev/stderr
default_internal_user = {account}
default_internal_group = {group}
default_login_user = {account}
first_valid_uid = {uid}
first_valid_gid = {gid}
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
# An address and what follows a plus in it are one mailbox, hence answers can be told apart.
recipient_delimiter = +
mail_location = maildir:~/mail
mail_fsync = never
mail_max_userip_connections = 100
lmtp_save_to_detail_mailbox = no
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%Lu {folder}/mailboxes/%Lu
}}
userdb {{
  driver = passwd-file
  args = username_format=%Lu {folder}/mailboxes/%Lu
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
"""


class PostOffice:
    """Mailboxes on a server of their own: deliver to them, read them, empty them.

    Whoever signs in is one of the mailboxes; the password is `PASSWORD`. Other addresses are refused.
    """

    host = HOST

    def __init__(self, *mailboxes: str) -> None:
        self._imap, self._lmtp = Port(), Port()
        self.mailboxes: list[str] = []
        self.server = ThrowawayServer(self._is_ready)
        self.server.make_folder("mailboxes")
        for name in mailboxes:
            self.add(name)

    @property
    def imap_port(self) -> int:
        return self._imap.number

    @property
    def lmtp_port(self) -> int:
        return self._lmtp.number

    def add(self, name: str) -> None:
        """One mailbox more, at once, also while the server runs."""
        assert name == name.lower(), "mailboxes are told apart by lower case"
        if name in self.mailboxes:
            return
        account, folder = self.server.account, self.server.folder
        fields = [name, PASSWORD, account.uid, account.gid, "", f"{folder}/homes/{name}", "", ""]
        # A file each: Dovecot looks only once a second whether a file of many has changed.
        self.server.write(f"mailboxes/{name}", ":".join(map(str, fields)) + "\n")
        self.mailboxes.append(name)

    def start(self) -> None:
        """Take mail again, with all that was kept; starting twice is starting once."""
        server, account = self.server, self.server.account
        configuration = CONFIGURATION.format(
            host=HOST,
            folder=server.folder,
            account=account.name,
            group=grp.getgrgid(account.gid).gr_name,
            uid=account.uid,
            gid=account.gid,
            imap_port=self.imap_port,
            lmtp_port=self.lmtp_port,
        )
        path = server.write("dovecot.conf", configuration)
        server.start(servers.find("dovecot") or "dovecot", "-F", "-c", str(path))

    def stop(self) -> None:
        """Refuse every connection; what is in the mailboxes stays."""
        self.server.stop()

    def close(self) -> None:
        self.server.close()
        self._imap.close()
        self._lmtp.close()

    def deliver(self, mail: bytes, *, to: str, sender: str = "") -> None:
        """Hand a mail in as it is. Without a sender it comes as bounces do."""
        with smtplib.LMTP(HOST, self.lmtp_port) as line:
            line.sendmail(sender, [to], mail)

    def mailbox(self, name: str, folder: str = INBOX) -> list[bytes]:
        """The mails that lie in a mailbox, the oldest first, as IMAP gives them; reads mark nothing."""
        with self.signed_in(name) as session:
            session.select(_quoted(folder), readonly=True)
            _, numbers = session.search(None, "ALL")
            if not numbers[0]:
                return []
            _, parts = session.fetch(numbers[0].replace(b" ", b",").decode(), "(BODY.PEEK[])")
        return [part[1] for part in parts if isinstance(part, tuple)]

    def count(self, name: str, folder: str = INBOX) -> int:
        """How many mails lie there, also while somebody moves them; none in a folder that is not there."""
        with self.signed_in(name) as session:
            status, [count] = session.select(_quoted(folder), readonly=True)
        return int(count or 0) if status == "OK" else 0

    def folders(self, name: str) -> list[str]:
        """The folders of a mailbox."""
        with self.signed_in(name) as session:
            _, lines = session.list()
        return [
            line.split(b' "." ')[-1].decode().strip('"')
            for line in lines
            if isinstance(line, bytes)
        ]

    def empty(self) -> None:
        """Remove every mail from every mailbox, and the folders somebody made."""
        for name in self.mailboxes:
            others = [folder for folder in self.folders(name) if folder != INBOX]
            with self.signed_in(name) as session:
                _, count = session.select(INBOX)
                if count != [b"0"]:
                    session.store("1:*", "+FLAGS.SILENT", r"\Deleted")
                    session.expunge()
                for folder in others:
                    session.delete(_quoted(folder))

    @contextmanager
    def signed_in(self, name: str) -> Iterator[imaplib.IMAP4]:
        """A session of IMAP."""
        session = imaplib.IMAP4(HOST, self.imap_port)
        try:
            session.login(name, PASSWORD)
            yield session
        finally:
            with suppress(imaplib.IMAP4.error):
                session.logout()

    def _is_ready(self) -> bool:
        return self._imap.answers(b"* OK") and self._lmtp.answers(b"220 ")


@contextmanager
def opened(*mailboxes: str) -> Iterator[PostOffice]:
    """A post office with these mailboxes, until the block ends."""
    office = PostOffice(*mailboxes)
    try:
        office.start()
        yield office
    finally:
        office.close()


def _quoted(folder: str) -> str:
    return f'"{folder}"'
