"""Writes a conda channel: `python` in two versions, a word for the interpreter of this
machine, and `tinytool`, a program that says where it is."""

import bz2
import hashlib
import io
import json
import os
import sys
import tarfile

PLACE = "/placeholder/of/the/prefix"


def package(name, version, program):
    data = f"#!/bin/sh\n{program}\n".encode()
    path = f"bin/{name}"
    index = {
        "name": name, "version": version, "build": "0", "build_number": 0,
        "depends": [], "subdir": "noarch", "noarch": "generic",
    }
    entry = {
        "_path": path, "path_type": "hardlink", "size_in_bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "prefix_placeholder": PLACE, "file_mode": "text",
    }
    files = {
        "info/index.json": json.dumps(index).encode(),
        "info/paths.json": json.dumps({"paths": [entry], "paths_version": 1}).encode(),
        "info/files": f"{path}\n".encode(),
        "info/has_prefix": f"{PLACE} text {path}\n".encode(),
        path: data,
    }
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:bz2") as archive:
        for member, content in files.items():
            about = tarfile.TarInfo(member)
            about.size, about.mode = len(content), 0o755
            archive.addfile(about, io.BytesIO(content))
    data = out.getvalue()
    index["size"] = len(data)
    index["sha256"] = hashlib.sha256(data).hexdigest()
    index["md5"] = hashlib.md5(data).hexdigest()
    return f"{name}-{version}-0.tar.bz2", data, index


packages = [
    package("python", version, f': {PLACE}; echo "python {version}" "$@"')
    for version in ["3.10.1", "3.11.1"]
]
packages.append(package("tinytool", "1.0", f'echo "tinytool of {PLACE}, active $CONDA_PREFIX"'))
folder = os.path.join(sys.argv[1], "noarch")
os.makedirs(folder)
os.makedirs(os.path.join(sys.argv[1], "linux-64"))
for name, data, _ in packages:
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)
for subdir, has in [("noarch", packages), ("linux-64", [])]:
    known = {name: index for name, _, index in has}
    repodata = {"info": {"subdir": subdir}, "packages": known, "packages.conda": {}, "repodata_version": 1}
    with open(os.path.join(sys.argv[1], subdir, "repodata.json"), "w") as file:
        json.dump(repodata, file)
