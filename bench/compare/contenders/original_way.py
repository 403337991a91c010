"""The way of the Python original: parse all, merge, write all, pretty-printed. A script of our own; like the
original it syncs nothing and validates nothing.

    original_way.py <action> <options as JSON>

Makes ready, says so, does its work when it is told to, and says how long that took; then it waits until its
figures are read.
"""

import json
import os
import statistics
import sys
import time

MAX_SECONDS = 2
APPENDED = 100


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def write(path, conversation):
    temporary = path + ".tmp"
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump(conversation, file, indent=2, ensure_ascii=False)
    os.replace(temporary, path)


def merge(path, conversation):
    if os.path.exists(path):
        merged = read(path)
        merged["messages"].update(conversation["messages"])
        merged["metadata"].update(conversation["metadata"])
    else:
        merged = conversation
    write(path, merged)


def paths(options):
    store = os.path.join(options["data"], "store")
    count = options["conversations"]
    return [os.path.join(store, f"{id}_unprocessed.json") for id in range(1, count + 1)]


def append(options):
    path = os.path.join(options["work"], "store", "1_unprocessed.json")
    further = read(os.path.join(options["data"], "further.json"))

    def act(time):
        start = (time + 1) * APPENDED
        added = {str(message["id"]): message for message in further[start : start + APPENDED]}
        merge(path, {"messages": added, "metadata": {}})
        return len(added)

    act(-1)
    return act


def save(options):
    conversations = [read(path) for path in paths(options)]

    def save_one(conversation):
        name = conversation["metadata"]["conversation_id"]
        merge(os.path.join(options["work"], f"{name}_unprocessed.json"), conversation)

    save_one(conversations.pop(0))

    def act(_):
        for conversation in conversations:
            save_one(conversation)
        return len(conversations)

    return act


def load(options):
    return lambda _: sum(len(read(path)["messages"]) for path in paths(options))


def whole(options):
    [path] = paths(options)
    return lambda _: len(read(path)["messages"])


act = {"append": append, "save": save, "load": load, "whole": whole}[sys.argv[1]](json.loads(sys.argv[2]))
times = json.loads(sys.argv[2])["times"]
print("ready", flush=True)
sys.stdin.readline()
taken = []
begin = time.perf_counter()
while True:
    start = time.perf_counter()
    count = act(len(taken))
    taken.append(time.perf_counter() - start)
    if len(taken) >= times or time.perf_counter() - begin >= MAX_SECONDS:
        break
report = {"seconds": statistics.median(taken), "times": len(taken), "count": count}
print(json.dumps(report), flush=True)
sys.stdin.read()
