"""Publishes images with 512 counters each, of processes that run until standard input ends. Usage: publish.py DIRECTORY COUNT."""
import hashlib
import os
import struct
import sys

PAGE = 4096
COUNTERS = 512
RAW_VERSION = 8 | 1 << 56
directory, count = sys.argv[1], int(sys.argv[2])


def publish(temporary, final, content):
    fd = os.open(temporary, os.O_CREAT | os.O_RDWR, 0o400)
    os.write(fd, content)
    os.rename(temporary, final)
    return fd


def image(key):
    name = b"main"
    names = bytes([len(name), 0]) + name
    reference = struct.unpack("<Q", hashlib.md5(name).digest()[:8])[0]
    build_id = struct.pack("<Q", 8) + key.to_bytes(8, "big")
    record = struct.pack("<QQQQQIIHHHHII", reference, key, 0, 0, 0x1000, 0, COUNTERS, 0, 0, 0, 0, 0, 0)
    parts, areas, at = b"", b"", 152
    for part in (build_id, record, names, b"", b""):
        areas += struct.pack("<QQ", at if part else 0, len(part))
        parts += part
        at += len(part)
    return struct.pack("<8sIIQQQQQQQ", b"PGOFIMG1", 1, 152, at, RAW_VERSION, key, 0, 8 * COUNTERS, 0, 0) + areas + parts


def segment(key):
    path = b"/opt/made"
    size = 2 * PAGE + 8 * COUNTERS
    header = struct.pack("<8sIIQQQQQQQQQQQIIQQQQIIII", b"PGOFSEG1", 1, PAGE, size, RAW_VERSION, key, 0, 0, 2 * PAGE,
                         8 * COUNTERS, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, os.getpid(), len(path), os.getuid(), 0) + path
    return header.ljust(2 * PAGE, b"\0") + struct.pack("<Q", 1) * COUNTERS


os.chdir(directory)
live = []
for number in range(count):
    key = (number + 1) * 0x0001000100000001
    live.append(publish("t-%032x" % key, "s-%032x" % key, segment(key)))
    os.close(publish("t-i%031x" % key, "i-%d-%016x%016x" % (os.getuid(), key, 0), image(key)))
print("ready", flush=True)
sys.stdin.read()
