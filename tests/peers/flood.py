"""Sends many small messages to a broker as fast as it takes them. Plain MQTT 3.1.1 over a socket, without a library.

Usage: flood.py PORT TOPIC COUNT QOS
"""

import socket
import sys
import threading

port, topic, count, qos = int(sys.argv[1]), sys.argv[2].encode(), int(sys.argv[3]), int(sys.argv[4])


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


def listen():
    """What is acknowledged must be read, or the broker stops."""
    while broker.recv(65536):
        pass


listener = threading.Thread(target=listen)
listener.start()
group = 500
payload = b'{"temperature": 21.5, "humidity": 40}'
# The number of a packet may be used again as soon as it is acknowledged; the broker does so at once.
numbers = range(1, group + 1) if qos else [0] * group
number = [n.to_bytes(2, "big") if qos else b"" for n in numbers]
messages = b"".join(packet(0x30 | qos << 1, text(topic) + n + payload) for n in number)
for _ in range(count // group):
    broker.sendall(messages)
broker.sendall(packet(0xE0, b""))
listener.join()
print("sent", flush=True)
