"""A plug behind a broker: reports on plugs/NAME/state, takes orders on plugs/NAME/set, and says whether it is there.

Usage: plug.py PORT NAME
"""

import json
import sys

import paho.mqtt.client as mqtt

port, name = int(sys.argv[1]), sys.argv[2]
topic = f"plugs/{name}"
state = {"state": "OFF", "power": 0.0}


def report(client):
    client.publish(f"{topic}/state", json.dumps(state), qos=1, retain=True)


def on_connect(client, *_):
    client.subscribe(f"{topic}/set", qos=1)
    client.publish(f"{topic}/availability", "online", qos=1, retain=True)
    report(client)
    print("connected", flush=True)


def on_message(client, _, message):
    order = json.loads(message.payload)
    state["state"] = order["state"]
    state["power"] = 12.5 if order["state"] == "ON" else 0.0
    print("ordered", message.payload.decode(), flush=True)
    report(client)


client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=name) if hasattr(
    mqtt, "CallbackAPIVersion"
) else mqtt.Client(client_id=name)
client.will_set(f"{topic}/availability", "offline", qos=1, retain=True)
client.on_connect = on_connect
client.on_message = on_message
client.reconnect_delay_set(min_delay=1, max_delay=1)
client.connect("127.0.0.1", port, keepalive=5)
client.loop_forever(retry_first_connection=True)
