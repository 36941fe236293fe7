"""A device that logs in to the embedded broker with its triple secret, by paho, and comes back whenever it is cut off.

Usage: DEVICE_SECRET=... device.py PORT PRODUCT_KEY DEVICE_KEY [--311]

Each line of standard input is an object of properties, or the identifier of an event and an object of what it carries;
it is posted with quality of service 1. Printed are
`online`, `acked N` when the broker acknowledged the Nth line, `reply CODE` for its answer, and `set {...}` for every
property that it was told to set: it answers with code 200 and posts the new value, as a plug does.
"""

import hashlib
import hmac
import json
import os
import sys
import threading
import time

import paho.mqtt.client as mqtt

port, product, device = int(sys.argv[1]), sys.argv[2], sys.argv[3]
old = "--311" in sys.argv
root = f"/sys/{product}/{device}/thing/"
lock = threading.Lock()


def say(text):
    with lock:
        print(text, flush=True)


def settle(known, mid, number):
    """Says that a line was acknowledged once both are known: which line it is, and that it was."""
    with lock:
        other = known.pop(mid, None)
        if other is None:
            known[mid] = number or "acked"
            return
    say(f"acked {number or other}")


def post(client, params, number=None, event="property"):
    payload = json.dumps({"id": str(number or 0), "version": "1.0", "params": params, "method": f"thing.event.{event}.post"})
    # Not under the lock: paho calls on_publish with a lock of its own.
    mid = client.publish(root + f"event/{event}/post", payload, qos=1).mid
    if number is not None:
        settle(client.user_data_get(), mid, number)


def on_connect(client, _userdata, _flags, code, _properties=None):
    if code != 0:
        say(f"refused {code}")
        return
    client.subscribe([(root + "service/property/set", 1), (root + "event/property/post_reply", 1)])
    say("online")


def on_message(client, _userdata, message):
    said = json.loads(message.payload)
    if message.topic.endswith("post_reply"):
        say(f"reply {said['code']}")
        return
    say("set " + json.dumps(said["params"]))
    client.publish(root + "service/property/set_reply", json.dumps({"id": said["id"], "code": 200, "data": {}}), qos=1)
    post(client, said["params"])


def on_publish(_client, known, mid, *_rest):
    settle(known, mid, None)


def connect():
    now = str(time.time_ns() // 1_000_000)
    parts = {"clientId": device, "deviceName": device, "productKey": product, "timestamp": now}
    content = "".join(name + parts[name] for name in sorted(parts))
    password = hmac.new(os.environ["DEVICE_SECRET"].encode(), content.encode(), hashlib.sha256).hexdigest()
    client = mqtt.Client(
        mqtt.CallbackAPIVersion.VERSION2,
        client_id=f"{device}|securemode=3,signmethod=hmacsha256,timestamp={now}|",
        protocol=mqtt.MQTTv311 if old else mqtt.MQTTv5,
    )
    client.username_pw_set(f"{device}&{product}", password)
    client.user_data_set({})
    client.max_inflight_messages_set(200)
    client.on_connect, client.on_message, client.on_publish = on_connect, on_message, on_publish
    client.connect("127.0.0.1", port, keepalive=10)
    return client


current = None


def keep_connected():
    """A new timestamp for every login: an old one is refused as a replay."""
    global current
    while True:
        try:
            client = connect()
            current = client
            while client.loop(timeout=0.1) == mqtt.MQTT_ERR_SUCCESS:
                pass
        except OSError:
            pass
        current = None
        time.sleep(0.2)


threading.Thread(target=keep_connected, daemon=True).start()
for number, line in enumerate(sys.stdin, 1):
    while current is None or not current.is_connected():
        time.sleep(0.05)
    event, _, params = line.partition(" {") if line[0] != "{" else ("property", "", line[1:])
    post(current, json.loads("{" + params), number, event)
while True:
    time.sleep(1)
