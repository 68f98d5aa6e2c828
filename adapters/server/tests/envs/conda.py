"""A small conda: `create`, `run` and `info` over rattler, which solves, links and activates for real.

ROOT is the folder of named environments and of what is unpacked."""

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path

from rattler import Channel, VirtualPackage, install, solve
from rattler.shell import ActivationVariables, Shell, activate


def place(words, root):
    return Path(words.prefix) if words.prefix else root / "envs" / words.name


async def create(words, root):
    specs = [spec for spec in words.rest if not spec.startswith("-")]
    sources = [Channel(channel) for channel in words.channel]
    found = await solve(sources=sources, specs=specs, virtual_packages=VirtualPackage.detect())
    target = place(words, root)
    await install(found, target_prefix=target, cache_dir=root / "pkgs", show_progress=False)
    for package in found:
        print("linked", package.name.normalized, package.version, flush=True)


def run(words, root):
    prefix = place(words, root)
    if not (prefix / "conda-meta").is_dir():
        print("EnvironmentLocationNotFound: not a conda environment:", prefix, file=sys.stderr)
        return 1
    script = activate(prefix, ActivationVariables(), Shell.bash).script
    # As conda does it: a shell stands between, and passes no signal on.
    line = script + '\n"$@"\nexit $?'
    os.execvp("bash", ["bash", "-c", line, "conda-run", *words.rest])


def main():
    if sys.argv[2:] == ["--version"]:
        print("conda 24.0.0")
        return 0
    root = Path(sys.argv[1])
    if sys.argv[2:] == ["info", "--json"]:
        print(json.dumps({"root_prefix": str(root), "envs_dirs": [str(root / "envs")]}))
        return 0
    parser = argparse.ArgumentParser(prog="conda")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in ["create", "run"]:
        words = verbs.add_parser(verb)
        words.add_argument("-n", dest="name")
        words.add_argument("-p", dest="prefix")
        if verb == "create":
            words.add_argument("-y", action="store_true")
            words.add_argument("-c", dest="channel", action="append", default=[])
            words.add_argument("rest", nargs="*")
        else:
            words.add_argument("--no-capture-output", action="store_true", required=True)
            words.add_argument("rest", nargs=argparse.REMAINDER)
    words = parser.parse_args(sys.argv[2:])
    if words.verb == "run":
        return run(words, root)
    try:
        asyncio.run(create(words, root))
    except Exception as error:
        print("cannot create:", error, file=sys.stderr)
        return 1
    return 0


status = main()
sys.stdout.flush()
sys.stderr.flush()
os._exit(status)
