"""python3 stream_messages.py STORE ID prints the messages of a conversation while tgstore may be appending to it, and takes

little memory for a file of any size: docs/format.md, Reading while tgstore writes. No lock is needed.
"""
import hashlib
import json
import os
import sys

import read_store


def stream(store, id):
    """Keys and messages; line by line where the file is laid out in lines, else from the whole of it."""
    count = 0
    try:
        for line in lines_of_messages(lines(store, id)):
            for item in json.loads((b"{%s}" % line.rstrip(b",\n")).decode()).items():
                yield item
                count += 1
    except ValueError:
        # what was given are its first messages in any layout
        yield from read_store.messages(b"".join(lines(store, id)))[count:]


def lines_of_messages(lines):
    if next(lines, b"") != b'{"messages":{\n':
        raise ValueError("not laid out in lines")
    for line in lines:
        if line == b"},\n":
            json.loads((b"{" + b"".join(lines)).decode())  # the metadata, and nothing behind it
            return
        yield line
    raise ValueError("the messages do not end")


def lines(store, id):
    """The lines of one whole state; looks again where the file changed, or got another name, between two looks at its end."""
    undo = os.path.join(store, f".{read_store.encode(id)}.undo")
    while True:
        _, path = read_store.conversations(store)[id]
        try:
            with open(path, "rb") as file:
                first, second = (end_by_record(file, undo) or end_of_file(file) for _ in range(2))
                if first == second and os.stat(path).st_ino == os.fstat(file.fileno()).st_ino:
                    yield from lines_before(file, *first[:2])
                    return
        except FileNotFoundError:
            continue


def end_by_record(file, undo):
    """Where an undo record is in force: where the end begins, and the end as it was before the append."""
    try:
        with open(undo, "rb") as record:
            data = record.read()
    except FileNotFoundError:
        return None
    content, checksum = data[:-32], data[-32:]
    if sha256(content) != checksum or content[:12] != b"tgs-undo" + (1).to_bytes(4, "little"):
        return None
    start = int.from_bytes(content[20:28], "little")
    page_start = file.seek(max(start - 4096, 0))
    is_of_file = sha256(file.read(start - page_start)) == content[28:60]
    return (start, content[60:]) if is_of_file else None


def end_of_file(file, length=2**20):
    """Where the end begins, at the latest behind the last message; the end; and when the file was changed."""
    changed = os.fstat(file.fileno()).st_mtime_ns
    start = file.seek(max(file.seek(0, os.SEEK_END) - length, 0))
    end = file.read()
    has_all = start == 0 or b'\n},\n"metadata":' in end
    return (start, end, changed) if has_all else end_of_file(file, 8 * length)


def lines_before(file, start, end):
    """All lines; the last of those before the end goes on in it."""
    file.seek(0)
    last = b""
    while file.tell() < start:
        last = file.readline(start - file.tell())
        if file.tell() < start:
            yield last
    yield from (last + end).splitlines(keepends=True)


def sha256(data):
    return hashlib.sha256(data).digest()


if __name__ == "__main__":
    for item in stream(*sys.argv[1:]):
        print(read_store.to_json(*item))
