"""reader.py FILE COPY: holds FILE open, as a program with a handle of its own does.

Reads one byte, prints the size; for the next line on standard input prints the size again; then reads the rest into COPY.
"""
import os
import sys

with open(sys.argv[1], "rb", buffering=0) as source, open(sys.argv[2], "wb") as copy:
    copy.write(source.read(1))
    print(os.fstat(source.fileno()).st_size, flush=True)
    sys.stdin.readline()
    print(os.fstat(source.fileno()).st_size, flush=True)
    while data := source.read(4096):
        copy.write(data)
print("done", flush=True)
