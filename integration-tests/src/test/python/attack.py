"""Does to a segment directory, without a pause, what a user may who is not root. Usage: attack.py DIRECTORY."""
import os
import random
import socket
import struct
import sys

directory = sys.argv[1]
random.seed(1)
os.chdir(directory)


def name(prefix):
    return prefix + "%032x" % random.getrandbits(128)


def segment(length, **fields):
    header = dict(magic=b"PGOFSEG1", version=1, page=4096, size=length, raw=8 | 1 << 56, key0=1, key1=2, nonce=0,
                  counters=8192, counters_size=64, bitmaps=0, bitmaps_size=0, sites=0, sites_size=0)
    header.update(fields)
    return struct.pack("<8sIIQQQQQQQQQQQ", *(header[k] for k in (
        "magic", "version", "page", "size", "raw", "key0", "key1", "nonce", "counters", "counters_size", "bitmaps",
        "bitmaps_size", "sites", "sites_size"))) + bytes(4096 - 104)


def publish(content, size, prefix="s-", keep=None):
    temporary = name("t-")
    fd = os.open(temporary, os.O_CREAT | os.O_RDWR, 0o600)
    os.write(fd, content)
    os.ftruncate(fd, size)
    final = name(prefix)
    os.rename(temporary, final)
    if keep is None:
        os.close(fd)
    else:
        keep.append(fd)
    return final


def kind(make):
    make(".x")
    os.rename(".x", name("s-"))


def swapped():
    """A file that is a link to another one's every other moment."""
    final = publish(segment(16384), 16384)
    for _ in range(50):
        os.symlink("/etc/passwd", ".l")
        os.rename(".l", final)
        os.rename(publish(segment(16384), 16384), final)


def regrown():
    kept = []
    publish(segment(16384), 16384, keep=kept)
    for _ in range(50):
        os.ftruncate(kept[0], random.randrange(16384))
        os.ftruncate(kept[0], 16384)
    os.close(kept[0])


def linked():
    final = publish(segment(16384), 16384)
    os.link(final, name("s-"))


def listen(path):
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.close()


EDGES = (0, 1, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**63, 2**64 - 1, 4095, 4096, 4097, 16384)
WIDE = ("size", "raw", "key0", "key1", "nonce", "counters", "counters_size", "bitmaps", "bitmaps_size", "sites",
        "sites_size")
live = []
attacks = (
    lambda: kind(os.mkfifo),
    lambda: kind(os.mkdir),
    lambda: kind(listen),
    lambda: kind(lambda path: os.symlink("/etc/passwd", path)),
    lambda: kind(lambda path: os.symlink("/dev/zero", path)),
    lambda: publish(b"", 0),
    lambda: publish(segment(1 << 42), 1 << 42),
    lambda: publish(segment(1 << 42, counters_size=(1 << 31) - 8), 1 << 42),
    lambda: publish(segment(16384, **{random.choice(WIDE): random.choice(EDGES)}), 16384),
    lambda: publish(segment(16384, version=2), 16384),
    lambda: publish(segment(16384), 16384, keep=live if len(live) < 400 else None),
    lambda: publish(b"", 0, prefix=random.choice(("x\n", "\x1b[2J", "\udcff", "s-" + 200 * "n", "i-0-", "r-9-"))),
    lambda: publish(bytes(random.getrandbits(8) for _ in range(300)), 1 << 40, prefix="i-%d-" % os.getuid()),
    lambda: [os.rename(publish(b"", 0), name("s-")) for _ in range(300)],
    swapped,
    regrown,
    linked,
)
while True:
    try:
        random.choice(attacks)()
    except OSError as error:
        if error.errno not in (13, 17, 20, 21, 39):
            raise
