"""Sends many small messages to a broker as fast as it takes them. Plain MQTT 3.1.1 over a socket, without a library.

Usage: flood.py PORT TOPIC COUNT
"""

import socket
import sys

port, topic, count = int(sys.argv[1]), sys.argv[2].encode(), int(sys.argv[3])


def text(value):
    return len(value).to_bytes(2, "big") + value


def packet(kind, body):
    length, rest = b"", len(body)
    while True:
        length += bytes([rest % 128 | (0x80 if rest > 127 else 0)])
        rest //= 128
        if not rest:
            return bytes([kind]) + length + body


broker = socket.create_connection(("127.0.0.1", port))
broker.sendall(packet(0x10, text(b"MQTT") + bytes([4, 2]) + (60).to_bytes(2, "big") + text(b"flood")))
assert broker.recv(4)[3] == 0
group = 500
message = packet(0x30, text(topic) + b'{"temperature": 21.5, "humidity": 40}')
for _ in range(count // group):
    broker.sendall(message * group)
broker.sendall(packet(0xE0, b""))
while broker.recv(1024):
    pass
print("sent", flush=True)
