"""read_store.py STORE lists the conversations of a store, read_store.py STORE ID prints the messages of one: see docs/format.md"""
import hashlib, json, os, re, sys
number = lambda key: int(key) if re.fullmatch("0|-?[1-9][0-9]*", key) else None
def encode(id):
    escaped = rb"[^a-z0-9@_.-]|\A[_.]|[_.]\Z|\A(?=(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|\Z))[a-z]"
    return re.sub(escaped, lambda byte: b"~%02x" % byte[0][0], os.fsencode(id)).decode()
def decode(stem):
    id = re.sub(rb"~([0-9a-f]{2})", lambda byte: bytes([int(byte[1], 16)]), os.fsencode(stem)).decode(errors="replace")
    return id if encode(id) == stem and len(stem) <= 200 else stem
def conversations(store):  # {id: (status, path)}; of several names of one id, the one to read comes last and stays
    names = [re.fullmatch(r"(?s)([^.].*)_(processed|unprocessed)\.json", name) for name in os.listdir(store)]
    found = sorted((name[2], decode(name[1]) != name[1], decode(name[1]), name[0]) for name in names if name)
    return {id: (status, os.path.join(store, name)) for status, _, id, name in found}
def record(undo, file):  # A and the bytes from there on, where a record is in force
    data, sha = open(undo, "rb").read() if os.path.exists(undo) else b"", lambda text: hashlib.sha256(text).digest()
    if sha(data[:-32]) != data[-32:] or data[:12] != b"tgs-undo\1\0\0\0": return None
    at = file.seek(int.from_bytes(data[20:28], "little"))
    return (at, data[60:-32]) if sha(file.read(at - file.seek(max(at - 4096, 0)))) == data[28:60] else None
def end(file, size=2**20):  # the same where there is none; all that stands behind the last message is among the bytes
    changed, start, tail = os.fstat(file.fileno()).st_mtime_ns, file.seek(max(file.seek(0, 2) - size, 0)), file.read()
    return (start, tail, changed) if start == 0 or b'\n},\n"metadata":' in tail else end(file, size * 8)
def lines(store, id):  # of one whole state, without a lock: looks again where the end changed between two looks
    try:
        path, undo = conversations(store)[id][1], os.path.join(store, "." + encode(id) + ".undo")
        file = open(path, "rb")
        look, again = (record(undo, file) or end(file) for _ in range(2))
        if look != again or os.stat(path).st_ino != os.fstat(file.fileno()).st_ino: raise FileNotFoundError(path)
    except FileNotFoundError: return (yield from lines(store, id))
    (at, tail), last = look[:2], b"" * file.seek(0)
    for line in iter(lambda: file.readline(at - file.tell()), b""): last = (yield last) or line
    yield from (last + tail).splitlines(True)
def messages(store, id):
    rows, seen = filter(None, lines(store, id)), 0
    try:
        for line in rows if next(rows) == b'{"messages":{\n' else ():
            if line == b"},\n": return json.loads((b"{" + b"".join(rows)).decode()) and None
            yield from json.loads((b"{%s}" % line.rstrip(b",\n")).decode()).items()
            seen += 1
    except ValueError: pass  # another layout of JSON
    found = json.loads(b"".join(lines(store, id)).decode("utf-8-sig"))["messages"]
    order = lambda item: (number(item[0]) is None, number(item[0]) or 0, item[0])
    yield from sorted(found.items() if isinstance(found, dict) else ((str(one["id"]), one) for one in found), key=order)[seen:]
store, *ids = sys.argv[1:]
listed = ({"id": id, "status": status} for id, (status, _) in sorted(conversations(store).items()))
named = lambda key, message: message if "id" in message else {"id": key if number(key) is None else number(key), **message}
printed = (named(*item) for id in ids for item in messages(store, id))
for item in printed if ids else listed: print(json.dumps(item))
