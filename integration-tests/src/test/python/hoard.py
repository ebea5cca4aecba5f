"""Opens a file again and again and reads of it, until it is refused; says why, and how many are open, and keeps them until
standard input ends. Usage: hoard.py FILE."""
import errno
import os
import resource
import sys

resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
held = []
try:
    while len(held) < 3000:
        held.append(os.open(sys.argv[1], os.O_RDONLY))
        os.pread(held[-1], 1, 0)
    print("never", len(held), flush=True)
except OSError as error:
    print(errno.errorcode[error.errno], len(held), flush=True)
sys.stdin.read()
