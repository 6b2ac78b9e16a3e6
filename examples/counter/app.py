# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts visits in a database. POST /api/visits is one more, GET asks for the number."""

import socket
from contextlib import closing
from pathlib import Path

import flask
import pymysql

app = flask.Flask(__name__)


def run(statement):
    """Run one SQL statement; return the rows, or the ID of the new one."""
    password = Path("/run/secrets/db_password").read_text(encoding="utf-8").strip()
    connection = pymysql.connect(host="db", user="counter", password=password, database="counter", autocommit=True)
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.lastrowid or cursor.fetchall()


run("CREATE TABLE IF NOT EXISTS visits (id INT AUTO_INCREMENT PRIMARY KEY)")


@app.get("/api/visits")
def tell():
    return {"visits": run("SELECT COUNT(*) FROM visits")[0][0], "task": socket.gethostname()}


@app.post("/api/visits")
def count():
    return {"visits": run("INSERT INTO visits VALUES ()"), "task": socket.gethostname()}
