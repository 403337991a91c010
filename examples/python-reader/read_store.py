"""python3 read_store.py STORE lists the conversations of a store, with an ID it prints the messages of one: docs/format.md."""
import json
import os
import re
import sys

FILE_NAME = re.compile(r"(?s)([^.].*)_(processed|unprocessed)\.json")
DEVICE_OF_WINDOWS = rb"\A(?=(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|\Z))[a-z]"
ESCAPED = re.compile(rb"[^a-z0-9@_.-]|\A[_.]|[_.]\Z|" + DEVICE_OF_WINDOWS)


def encode(id):
    return ESCAPED.sub(lambda byte: b"~%02x" % byte[0][0], os.fsencode(id)).decode()


def decode(stem):
    plain = re.sub(rb"~([0-9a-f]{2})", lambda digits: bytes([int(digits[1], 16)]), os.fsencode(stem))
    id = plain.decode(errors="replace")
    return id if len(stem) <= 200 and encode(id) == stem else stem


def conversations(store):
    """Status and path by id; of several names of one id the unprocessed one, then the encoded one."""
    files = [entry.name for entry in os.scandir(store) if entry.is_file(follow_symlinks=False)]
    names = [name for name in map(FILE_NAME.fullmatch, files) if name]
    names.sort(key=lambda name: (name[2] == "unprocessed", decode(name[1]) != name[1]))
    return {decode(name[1]): (name[2], os.path.join(store, name[0])) for name in names}


def order(key):
    """Integers first, by value; then the other keys, by code point."""
    return (0, int(key), "") if re.fullmatch("0|-?[1-9][0-9]*", key) else (1, 0, key)


def messages(content):
    found = json.loads(content.decode("utf-8-sig"))["messages"]
    if isinstance(found, list):
        found = {str(message["id"]): message for message in found}
    return [(key, found[key]) for key in sorted(found, key=order)]


def to_json(key, message):
    """Files without a version may leave out the id, which is the key."""
    return json.dumps({"id": key if order(key)[0] else int(key), **message})


if __name__ == "__main__":
    found = conversations(sys.argv[1])
    for id, (status, _) in () if sys.argv[2:] else sorted(found.items()):
        print(json.dumps({"id": id, "status": status}))
    for id in sys.argv[2:]:
        with open(found[id][1], "rb") as file:
            for item in messages(file.read()):
                print(to_json(*item))
