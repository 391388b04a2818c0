"""Everyday code that looks like flaws to a careless rule."""

import argparse
import json
import pickle
import random
import re
import secrets
import sqlite3
import sys
import xml.sax.saxutils
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

COLUMNS = ("name", "total")
TABLE = "orders"
TOKEN_PATTERN = re.compile(r"[A-Za-z0-9_-]{20,}")
PASSWORD_FIELD = "password"
DEFAULT_TIMEOUT = 30


@dataclass(frozen=True)
class Account:
    name: str
    password_hash: str
    token_expires: int = 3600


def insert_all(cursor: sqlite3.Cursor, rows: Iterable[tuple]) -> None:
    marks = ", ".join("?" for _ in COLUMNS)
    cursor.executemany(f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) VALUES ({marks})", rows)


def count(cursor: sqlite3.Cursor, since: int) -> int:
    return cursor.execute("SELECT count(*) FROM orders " + "WHERE created > ?", (since,)).fetchone()[0]


def evaluate(model, batch):
    model.eval()
    return model(batch)


def compile_pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def run_all(executor, tasks):
    return [executor.submit(task) for task in tasks]


def jitter(base: float) -> float:
    return base * random.uniform(0.5, 1.5)


def new_token() -> str:
    return secrets.token_urlsafe(32)


def dump(path: Path, value: object) -> None:
    path.write_bytes(pickle.dumps(value))


def as_xml(text: str) -> str:
    return f"<name>{xml.sax.saxutils.escape(text)}</name>"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--password-file", type=Path, help="file that holds the password")
    options = parser.parse_args()
    password = options.password_file.read_text(encoding="utf-8").strip()
    sys.stdout.write(json.dumps({"length": len(password)}))
