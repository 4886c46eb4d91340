#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Opens MariaDB, Redis and HTTP at one address, as the program of a web server
would; says what the first two know of where it came from."""
import socket
import sys
import urllib.request

import pymysql

host = sys.argv[1]
secret = sys.argv[2] if len(sys.argv) > 2 else "/run/secrets/db_password"
with open(secret) as file:
    password = file.read().strip()

db = pymysql.connect(host=host, user="app", password=password, database="app",
                     connect_timeout=20)
with db.cursor() as cursor:
    cursor.execute("CREATE TABLE IF NOT EXISTS t (id INT PRIMARY KEY, v LONGTEXT)")
    cursor.execute("REPLACE INTO t VALUES (1, REPEAT('x', 100000))")
    cursor.execute("SELECT LENGTH(v) FROM t WHERE id = 1")
    assert cursor.fetchone() == (100000,)
    cursor.execute("SELECT USER()")
    print("mariadb", cursor.fetchone()[0])

with socket.create_connection((host, 6379), timeout=20) as redis:
    redis.sendall(b"PING\r\n")
    assert redis.recv(100) == b"+PONG\r\n"
    print("redis PONG")

with urllib.request.urlopen(f"http://{host}:8001", timeout=20) as answer:
    print("http", answer.status)
