"""A web hook of somebody else, by Python's http.server: prints each request that it takes as one line of JSON.

Usage: hook.py PORT [STATUS ...]   The first answers have these statuses, all others 200. A redirect leads to /elsewhere.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

port, statuses = int(sys.argv[1]), [int(s) for s in sys.argv[2:]]


class Hook(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        status = statuses.pop(0) if statuses else 200
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("location", f"http://127.0.0.1:{port}/elsewhere")
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")
        headers = {name.lower(): value for name, value in self.headers.items()}
        print(json.dumps({"path": self.path, "headers": headers, "body": body.decode(), "status": status}), flush=True)

    def log_message(self, *_):
        pass


print("listening", flush=True)
HTTPServer(("127.0.0.1", port), Hook).serve_forever()
