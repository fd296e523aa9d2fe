"""The smallest service: it answers /health/ready. `python stand_in.py PORT [broken|unready]`."""

import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        unready = "unready" in sys.argv
        body = b'{"detail": "the store is away"}' if unready else os.environ["KAFKA"].encode()
        self.send_response(503 if unready else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    if "broken" in sys.argv:
        sys.exit("no such setting: FLUX")
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
