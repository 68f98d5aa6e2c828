
# Stands in for uv: `uv pip …` becomes the environment's own pip, `uv venv` its venv, and
# `uv sync` has that pip install what the project says.
# Options that only uv has are left out, with a word about it.

refuse() {
    echo "uv: not on this machine; its stand-in does not know: uv $1" >&2
    echo "hint: install uv, or use pip in the script" >&2
    exit 127
}

# Rotates the arguments once, leaving out what pip does not have.
# The loop runs over the count, so that no argument is split or joined.
pip() {
    left=$#
    while [ "$left" -gt 0 ]; do
        arg=$1
        shift
        left=$((left - 1))
        case $arg in
        --reinstall) set -- "$@" --force-reinstall ;;
        --offline) set -- "$@" --no-index ;;
        --prerelease=allow) set -- "$@" --pre ;;
        --python | -p | --index-strategy | --link-mode | --torch-backend | --resolution | \
            --prerelease | --exclude-newer | --color | --cache-dir | --config-file | --directory)
            echo "uv stand-in: $arg is left out" >&2
            if [ "$left" -gt 0 ]; then
                shift
                left=$((left - 1))
            fi
            ;;
        --python=* | --index-strategy=* | --link-mode=* | --torch-backend=* | --resolution=* | \
            --prerelease=* | --exclude-newer=* | --color=* | --cache-dir=* | --system | \
            --no-progress | --native-tls | --no-config | --no-python-downloads | --refresh | \
            --compile-bytecode)
            echo "uv stand-in: $arg is left out" >&2
            ;;
        *) set -- "$@" "$arg" ;;
        esac
    done
    exec python -m pip "$@"
}

# A venv has pip in any case, and the Python that makes it.
venv() {
    left=$#
    while [ "$left" -gt 0 ]; do
        arg=$1
        shift
        left=$((left - 1))
        case $arg in
        --python | -p)
            echo "uv stand-in: $arg is left out" >&2
            if [ "$left" -gt 0 ]; then
                shift
                left=$((left - 1))
            fi
            ;;
        --python=* | --seed | --relocatable) echo "uv stand-in: $arg is left out" >&2 ;;
        *) set -- "$@" "$arg" ;;
        esac
    done
    exec python3 -m venv "$@"
}

case ${1-} in
pip)
    shift
    case ${1-} in
    install | list | freeze | show | check | download) pip "$@" ;;
    uninstall)
        shift
        pip uninstall --yes "$@"
        ;;
    *) refuse "pip ${1-}" ;;
    esac
    ;;
venv)
    shift
    venv "$@"
    ;;
sync)
    shift
    exec python -c "$sync" "$@"
    ;;
--version | version) echo "uv 0.0.0 (stand-in for the environment's pip)" ;;
*) refuse "${1-}" ;;
esac
