"""Plays a person at a terminal: runs a program on a pseudo-terminal, sees an address, consents there,
and pastes a long line. Prints the exit code, and then all that the terminal showed."""

import os
import pty
import re
import select
import sys
import urllib.error
import urllib.request


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def consent(address):
    try:
        urllib.request.build_opener(Stay).open(address)
    except urllib.error.HTTPError as answer:
        return answer.headers["location"]
    raise SystemExit("nobody was sent on")


child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
shown = b""
pasted = False
while True:
    ready, _, _ = select.select([terminal], [], [], 30)
    if not ready:
        raise SystemExit(f"it hangs: {shown!r}")
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        break
    if not piece:
        break
    shown += piece
    found = re.search(rb"(http\S+authorize\S+)", shown)
    if found and b"(it is not shown)" in b" ".join(shown.split()) and not pasted:
        pasted = True
        home = consent(found.group(1).decode()) + "&padding=" + "x" * 6000
        os.write(terminal, b"wrong\x15\x1b[200~" + home.encode() + b"\x1b[201~\r")
_, status = os.waitpid(child, 0)
print(os.waitstatus_to_exitcode(status), flush=True)
sys.stdout.buffer.write(shown)
