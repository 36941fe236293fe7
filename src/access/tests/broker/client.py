"""An MQTT client made of paho for the tests: takes a list of plans as JSON, plays one after the
other, and prints a line for everything that happens, and `next` between two plans.

Plan: port, v (4 or 5), id, user, pass, clean, expiry, keepalive, will [topic, payload], ws, ca, do (list of steps):
["sub", filter, qos], ["pub", topic, payload, qos, retain, {response, correlation, size, alias, hex, times}], ["answer", suffix],
["wait", text, seconds, count] until so many lines begin so, ["sleep", seconds], ["drop"] breaks the connection, ["bye"] says goodbye.
"""

import json
import socket
import sys
import threading
import time

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties


def play(plan):
    five = plan.get("v", 5) == 5
    lines = []
    changed = threading.Condition()

    def say(*words):
        line = " ".join(str(w) for w in words)
        with changed:
            lines.append(line)
            changed.notify_all()
        print(line, flush=True)

    def wait(text, seconds=15, count=1):
        end = time.monotonic() + seconds
        with changed:
            while sum(line.startswith(text) for line in lines) < count:
                left = end - time.monotonic()
                if left <= 0 or not changed.wait(left):
                    break
            else:
                return
        say("missing", text)

    def code(reason):
        return reason.value if hasattr(reason, "value") else int(reason)

    client = mqtt.Client(
        mqtt.CallbackAPIVersion.VERSION2,
        client_id=plan["id"],
        protocol=mqtt.MQTTv5 if five else mqtt.MQTTv311,
        transport="websockets" if plan.get("ws") else "tcp",
        reconnect_on_failure=False,
        **({} if five else {"clean_session": plan.get("clean", True)}),
    )
    client.username_pw_set(plan.get("user"), plan.get("pass"))
    if plan.get("ca"):
        client.tls_set(ca_certs=plan["ca"])
    if plan.get("will"):
        client.will_set(plan["will"][0], plan["will"][1], plan["will"][2] if len(plan["will"]) > 2 else 0)
    answering = []

    def on_message(_client, _userdata, message):
        extra = ""
        if five and getattr(message.properties, "CorrelationData", None):
            extra = " correlation=" + message.properties.CorrelationData.decode()
        payload = message.payload.decode(errors="replace")
        say(f"message {message.topic} {payload} qos={message.qos} retain={int(message.retain)}{extra}")
        for kind in answering:
            if kind == "rrpc" and "/rrpc/request/" in message.topic:
                client.publish(message.topic.replace("/request/", "/response/"), b"pong:" + message.payload, 1)
            if kind == "ext" and message.topic.startswith("/ext/rrpc/"):
                client.publish(message.topic, b"ext:" + message.payload, 1)
            if kind.startswith("service") and "/thing/service/" in message.topic and not message.topic.endswith("_reply"):
                number, data = kind.split(":", 2)[1:]
                asked = json.loads(message.payload)
                reply = {"id": asked["id"], "code": int(number), "data": json.loads(data)}
                client.publish(message.topic + "_reply", json.dumps(reply), 1)

    client.on_connect = lambda c, u, f, reason, p: say("connack", code(reason), "present" if f.session_present else "new")
    client.on_connect_fail = lambda c, u: say("failed")
    client.on_disconnect = lambda c, u, f, reason, p: say("disconnect", code(reason))
    client.on_subscribe = lambda c, u, mid, reasons, p: say("suback", *[code(r) for r in reasons])
    client.on_publish = lambda c, u, mid, reason, p: say("puback", code(reason))
    client.on_message = on_message

    properties = None
    if five:
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = plan.get("expiry", 0)
    try:
        if five:
            client.connect("127.0.0.1", plan["port"], plan.get("keepalive", 60), clean_start=plan.get("clean", True), properties=properties)
        else:
            client.connect("127.0.0.1", plan["port"], plan.get("keepalive", 60))
    except OSError as error:
        say("failed", error)
        return
    client.loop_start()
    wait("connack")
    for step in plan.get("do", []):
        verb, rest = step[0], step[1:]
        if verb == "sub":
            client.subscribe(rest[0], rest[1] if len(rest) > 1 else 0)
        elif verb == "pub":
            topic, payload, qos, retain, more = (rest + [None] * 5)[:5]
            more = more or {}
            if "size" in more:
                payload = "x" * more["size"]
            if "hex" in more:
                payload = bytes.fromhex(more.pop("hex"))
            properties = None
            if five and more:
                properties = Properties(PacketTypes.PUBLISH)
                if "response" in more:
                    properties.ResponseTopic = more["response"]
                if "correlation" in more:
                    properties.CorrelationData = more["correlation"].encode()
                if "alias" in more:
                    properties.TopicAlias = more["alias"]
            for _ in range(more.get("times", 1)):
                client.publish(topic, payload, qos or 0, bool(retain), properties)
        elif verb == "answer":
            answering.append(rest[0])
        elif verb == "wait":
            wait(*rest)
        elif verb == "sleep":
            time.sleep(rest[0])
        elif verb == "drop":
            client.on_disconnect = None
            client.socket().shutdown(socket.SHUT_RDWR)
            return
        elif verb == "bye":
            client.disconnect()
            wait("disconnect")
    client.disconnect()
    client.loop_stop()


for number, plan in enumerate(json.loads(sys.argv[1])):
    if number:
        print("next", flush=True)
    play(plan)
