"""Reads the databases of both servers of a migration several times a second, without writing to them.

Usage: ``python both-databases.py OLD.db NEW.db``. Until its standard input ends it looks which deployments are on at each
side; then it prints, as JSON, how often it looked, each deployment that was on at both sides, and for how long each one that
had been on was on neither.
"""

import json
import select
import sqlite3
import sys
import time

QUERY = """SELECT flow.name || '/' || deployment.name, deployment.paused
           FROM deployment JOIN flow ON flow.id = deployment.flow_id"""
PAUSE = 0.15


def connect(path):
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30, isolation_level=None)


def look(database):
    for _ in range(100):
        try:
            return {name: not paused for name, paused in database.execute(QUERY)}
        except sqlite3.OperationalError:
            time.sleep(0.02)
    raise SystemExit("a database is locked")


def main():
    old, new = connect(sys.argv[1]), connect(sys.argv[2])
    looks, both, off, neither, wanted = 0, {}, {}, {}, set()
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        now = time.time()
        a, b = look(old), look(new)
        looks += 1
        for name in a.keys() | b.keys():
            on = (a.get(name, False), b.get(name, False))
            if all(on):
                both[name] = both.get(name, 0) + 1
            if any(on):
                wanted.add(name)
                if name in off:
                    neither.setdefault(name, []).append(now - off.pop(name))
            elif name in wanted:
                off.setdefault(name, now)
    end = time.time()
    print(json.dumps({"looks": looks, "both": both, "neither": neither, "off": {n: end - t for n, t in off.items()}}))


main()
