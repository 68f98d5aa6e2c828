"""Writes wheels of small packages: `make_wheel.py FOLDER PACKAGE…`.

`demo-serve` is a program that serves a greeting. The others stand in for large packages of their names: they have as much
of them as examples use, serve or write what they were called with, and are newer than those ever will be.
"""

import sys
import zipfile

SERVE = '''
import http.server

def serve(host, port, text):
    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(text.encode())

    server = http.server.HTTPServer((host, port), Answers)
    print("serving at http://%s:%d" % (host, port), flush=True)
    server.serve_forever()
'''

DEMO = SERVE + '''
import argparse, json

def main():
    words = argparse.ArgumentParser()
    words.add_argument("--port", type=int, required=True)
    words.add_argument("--settings", required=True)
    words = words.parse_args()
    with open(words.settings) as file:
        serve("127.0.0.1", words.port, json.load(file)["greeting"])
'''

VLLM = SERVE + '''
import argparse

words = argparse.ArgumentParser()
words.add_argument("--model", required=True)
words.add_argument("--host", required=True)
words.add_argument("--port", type=int, required=True)
words = words.parse_args()
serve(words.host, words.port, "the model " + words.model)
'''

GRADIO = SERVE + '''
import os

class Textbox:
    def __init__(self, label):
        self.label = label

class Interface:
    def __init__(self, function, inputs, outputs):
        self.function = function

    def launch(self):
        host = os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1")
        serve(host, int(os.environ["GRADIO_SERVER_PORT"]), "a page for " + self.function("somebody"))
'''

WHISPER = '''
import argparse, os, pathlib

def main():
    words = argparse.ArgumentParser()
    words.add_argument("audio")
    words.add_argument("--model", required=True)
    words.add_argument("--output_dir", required=True)
    words = words.parse_args()
    sound = pathlib.Path(words.audio)
    out = pathlib.Path(words.output_dir)
    out.mkdir()
    (out / (sound.stem + ".txt")).write_text("%s hears %s" % (words.model, sound.read_text()))
'''

VERSION = "99999999.0"

# The modules of each package, and its program.
PACKAGES = {
    "demo-serve": ({"demo_serve.py": DEMO}, "demo-serve = demo_serve:main"),
    "vllm": ({"vllm/entrypoints/openai/api_server.py": VLLM}, None),
    "gradio": ({"gradio.py": GRADIO}, None),
    "openai-whisper": ({"whisper.py": WHISPER}, "whisper = whisper:main"),
}


def write(folder, package):
    modules, program = PACKAGES[package]
    name = package.replace("-", "_")
    info = f"{name}-{VERSION}.dist-info/"
    files = {
        **modules,
        info + "METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: {VERSION}\n",
        info + "WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if program:
        files[info + "entry_points.txt"] = f"[console_scripts]\n{program}\n"
    with zipfile.ZipFile(f"{folder}/{name}-{VERSION}-py3-none-any.whl", "w") as wheel:
        for file, text in files.items():
            wheel.writestr(file, text)
        wheel.writestr(info + "RECORD", "".join(file + ",,\n" for file in [*files, info + "RECORD"]))


for package in sys.argv[2:]:
    write(sys.argv[1], package)
