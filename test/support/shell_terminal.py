"""Runs a command with a pseudo-terminal as its standard streams, forwards its output, and types what comes on standard input.

Usage: shell_terminal.py COMMAND [ARGUMENT ...]. Ends as the command ends; the command is hung up on when standard input ends.
"""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios

child, master = pty.fork()
if child == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 160, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
while True:
    ready, _, _ = select.select([master, 0], [], [])
    if 0 in ready:
        typed = os.read(0, 65536)
        if not typed:
            os.kill(child, signal.SIGHUP)
            break
        os.write(master, typed)
    if master in ready:
        try:
            shown = os.read(master, 65536)
        except OSError:
            break
        if not shown:
            break
        sys.stdout.buffer.write(shown)
        sys.stdout.buffer.flush()
os.close(master)
os.waitpid(child, 0)
