"""Writes the wheel of a small package: a program that serves a greeting over HTTP."""

import sys
import zipfile

PROGRAM = '''
import argparse, http.server, json

def main():
    words = argparse.ArgumentParser()
    words.add_argument("--port", type=int, required=True)
    words.add_argument("--settings", required=True)
    words = words.parse_args()
    with open(words.settings) as file:
        greeting = json.load(file)["greeting"]

    class Greets(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(greeting.encode())

    server = http.server.HTTPServer(("127.0.0.1", words.port), Greets)
    print("serving at http://127.0.0.1:%d" % words.port, flush=True)
    server.serve_forever()
'''
FILES = {
    "demo_serve.py": PROGRAM,
    "demo_serve-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: demo-serve\nVersion: 1.0\n",
    "demo_serve-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "demo_serve-1.0.dist-info/entry_points.txt": "[console_scripts]\ndemo-serve = demo_serve:main\n",
}
RECORD = "demo_serve-1.0.dist-info/RECORD"

with zipfile.ZipFile(sys.argv[1] + "/demo_serve-1.0-py3-none-any.whl", "w") as wheel:
    for name, text in FILES.items():
        wheel.writestr(name, text)
    wheel.writestr(RECORD, "".join(name + ",,\n" for name in [*FILES, RECORD]))
