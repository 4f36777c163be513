"""Fills a server's SQLite database with copies of its one flow and its one deployment: thousands in a second.

    copy_rows.py DATABASE COUNT
"""

import sqlite3
import sys
from datetime import datetime, timedelta
from uuid import uuid4


def main() -> None:
    path, count = sys.argv[1], int(sys.argv[2])
    database = sqlite3.connect(path, timeout=60)
    flow, deployment = only_row(database, "flow"), only_row(database, "deployment")
    flows, deployments = [], []
    for number in range(2, count + 1):
        flows.append(copy_of(flow, number, name=f"flow-{number:05}"))
        deployments.append(copy_of(deployment, number, flow_id=flows[-1]["id"]))
    with database:
        insert(database, "flow", flows)
        insert(database, "deployment", deployments)


def only_row(database: sqlite3.Connection, table: str) -> dict:
    found = database.execute(f"SELECT * FROM {table}")
    names = [column[0] for column in found.description]
    (row,) = found.fetchall()
    return dict(zip(names, row))


def copy_of(row: dict, number: int, **other: str) -> dict:
    # Lists are ordered by the time of creation, and have no other order.
    created = datetime.fromisoformat(row["created"]) + timedelta(milliseconds=number)
    return {**row, "id": str(uuid4()), "created": created.isoformat(sep=" ", timespec="microseconds"), **other}


def insert(database: sqlite3.Connection, table: str, rows: list[dict]) -> None:
    if rows:
        names = list(rows[0])
        places = ", ".join("?" for _ in names)
        statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})"
        database.executemany(statement, [tuple(row[name] for name in names) for row in rows])


main()
