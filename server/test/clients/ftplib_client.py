"""A session of Python's ftplib. Reads a task as JSON from its standard input; see suite.ts."""

import ftplib
import json
import os
import socket
import ssl
import sys

task = json.load(sys.stdin)
names = task["names"]


class ResumingFtpTls(ftplib.FTP_TLS):
    """Resumes the session of the control connection, which ftplib does not by itself."""

    def ntransfercmd(self, cmd, rest=None):
        connection, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        if self._prot_p:
            session = self.sock.session if task["resume"] else None
            connection = self.context.wrap_socket(connection, server_hostname=self.host, session=session)
        return connection, size


class ImplicitFtpTls(ResumingFtpTls):
    """TLS from the first byte, which ftplib does not know either."""

    def connect(self, host, port):
        self.host, self.port = host, port
        plain = socket.create_connection((host, port), 15)
        self.af = plain.family
        self.sock = self.context.wrap_socket(plain, server_hostname=host)
        self.file = self.sock.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()
        return self.welcome


def connect():
    if task["tls"] == "plain":
        ftp = ftplib.FTP(timeout=15, encoding="utf-8")
    else:
        context = ssl.create_default_context(cafile=task["caFile"])
        kind = ImplicitFtpTls if task["tls"] == "implicit TLS" else ResumingFtpTls
        ftp = kind(context=context, timeout=15, encoding="utf-8")
    ftp.connect(task["host"], task["port"])
    if task["tls"] == "implicit TLS":
        ftplib.FTP.login(ftp, task["user"], task["password"])
    else:
        ftp.login(task["user"], task["password"])
    if task["tls"] != "plain":
        ftp.prot_p()
    ftp.set_pasv(task["mode"] == "passive")
    return ftp


def put(name, target, offset=None):
    with open(name, "rb") as file:
        file.seek(offset or 0)
        ftp.storbinary("STOR " + target, file, rest=offset)


def get(name):
    offset = os.path.getsize(name) if os.path.exists(name) else None
    with open(name, "ab") as file:
        ftp.retrbinary("RETR " + name, file.write, rest=offset)


def list_all():
    ftp.retrlines("LIST")
    for name, facts in ftp.mlsd():
        print(name, facts["type"])


ftp = connect()
steps = {
    "list": list_all,
    "mkdir": lambda: ftp.mkd(names["folder"]),
    "put": lambda: put(names["put"], names["putAs"]),
    "get": lambda: get(names["get"]),
    "resume put": lambda: put(names["resumePut"], names["resumePut"], ftp.size(names["resumePut"])),
    "resume get": lambda: get(names["resumeGet"]),
    "rename": lambda: ftp.rename(names["renameFrom"], names["renameTo"]),
    "delete": lambda: ftp.delete(names["delete"]),
}
ftp.voidcmd("TYPE I")
for step in task["steps"]:
    steps[step]()
ftp.quit()
