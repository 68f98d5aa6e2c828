# What `uv sync` is for, by pip: installs what a project says that it needs.
# No single quotes: a shell has this text between two of them.
import os
import sys

try:
    import tomllib
except ImportError:
    from pip._vendor import tomli as tomllib

VALUE = {"--index-url": "--index-url", "-i": "--index-url", "--default-index": "--index-url",
         "--extra-index-url": "--extra-index-url", "--index": "--extra-index-url",
         "--find-links": "--find-links", "-f": "--find-links"}
FLAG = {"--no-index": "--no-index", "--offline": "--no-index", "--upgrade": "--upgrade", "-U": "--upgrade",
        "--reinstall": "--force-reinstall", "--no-cache": "--no-cache-dir", "-n": "--no-cache-dir",
        "--quiet": "--quiet", "-q": "--quiet", "--verbose": "--verbose", "-v": "--verbose"}
LEFT_OUT = ["--frozen", "--locked", "--active", "--inexact", "--exact", "--refresh", "--no-progress",
            "--native-tls", "--no-config", "--compile-bytecode", "--no-python-downloads"]
LEFT_OUT_VALUE = ["--python", "-p", "--link-mode", "--index-strategy", "--resolution", "--color",
                  "--cache-dir", "--config-file", "--exclude-newer", "--prerelease"]


def say(text):
    print("uv stand-in: " + text, file=sys.stderr)


def stop(why):
    say(why)
    print("hint: install uv, or use pip in the script", file=sys.stderr)
    sys.exit(127)


def understood(words):
    extras, groups, options = [], ["dev"], {"pip": [], "project": True, "all": False}
    while words:
        word = words.pop(0)
        name, given, value = word.partition("=")

        def its_value():
            return value if given else words.pop(0) if words else stop(word + " has no value")

        if name == "--extra":
            extras.append(its_value())
        elif name == "--group":
            groups.append(its_value())
        elif name == "--no-group":
            out = its_value()
            groups = [group for group in groups if group != out]
        elif word == "--no-dev":
            groups = [group for group in groups if group != "dev"]
        elif word == "--all-extras":
            options["all"] = True
        elif word == "--no-install-project":
            options["project"] = False
        elif name in VALUE:
            options["pip"] += [VALUE[name], its_value()]
        elif word in FLAG:
            options["pip"].append(FLAG[word])
        elif name in LEFT_OUT_VALUE:
            its_value()
            say(name + " is left out")
        elif word in LEFT_OUT:
            say(word + " is left out")
        elif word != "--dev":
            stop("sync does not know " + word)
    return extras, groups, options


def project_folder():
    folder = os.getcwd()
    while not os.path.isfile(os.path.join(folder, "pyproject.toml")):
        above = os.path.dirname(folder)
        if above == folder:
            stop("there is no pyproject.toml here or above")
        folder = above
    return folder


def of_group(groups, name, seen):
    if name in seen:
        return []
    found = []
    for item in groups.get(name, []):
        if isinstance(item, dict):
            found += of_group(groups, item.get("include-group"), seen + [name])
        else:
            found.append(item)
    return found


def wanted_by(project, extras, groups, everything):
    said = project.get("project")
    if not isinstance(said, dict):
        stop("pyproject.toml has no [project]")
    wanted = list(said.get("dependencies", []))
    optional = said.get("optional-dependencies", {})
    for extra in optional if everything else extras:
        if extra not in optional:
            stop("pyproject.toml has no extra " + extra)
        wanted += optional[extra]
    table = project.get("dependency-groups", {})
    for group in groups:
        if group not in table and group != "dev":
            stop("pyproject.toml has no group " + group)
        wanted += of_group(table, group, [])
    if "dev" in groups:
        wanted += project.get("tool", {}).get("uv", {}).get("dev-dependencies", [])
    return wanted


def main():
    extras, groups, options = understood(sys.argv[1:])
    if not (os.environ.get("VIRTUAL_ENV") or os.environ.get("CONDA_PREFIX")):
        stop("sync needs an environment: give the step a `venv`")
    folder = project_folder()
    with open(os.path.join(folder, "pyproject.toml"), "rb") as file:
        try:
            project = tomllib.load(file)
        except tomllib.TOMLDecodeError as error:
            stop("pyproject.toml cannot be read: " + str(error))
    wanted = wanted_by(project, extras, groups, options["all"])
    if any(not isinstance(text, str) or text.startswith("-") for text in wanted):
        stop("pyproject.toml has a dependency that is none")
    uv = project.get("tool", {}).get("uv", {})
    if os.path.exists(os.path.join(folder, "uv.lock")):
        say("uv.lock is not read: pip chooses the versions that pyproject.toml allows")
    if uv.get("sources") or uv.get("index"):
        say("the sources of [tool.uv] are not read: packages come from the index of pip")
    if options["project"] and uv.get("package", "build-system" in project):
        wanted = ["--editable", folder] + wanted
    if not wanted:
        say("pyproject.toml has no dependencies")
        return
    os.execv(sys.executable, [sys.executable, "-m", "pip", "install"] + options["pip"] + wanted)


main()
