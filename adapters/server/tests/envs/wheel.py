"""Writes the wheel of a package `demo-NAME`, whose program of the same name says its prefix."""

import sys
import zipfile

folder, name = sys.argv[1:]
info = f"demo_{name}-1.0.dist-info"
files = {
    f"demo_{name}.py": "import sys\n\ndef main():\n    print('prefix', sys.prefix)\n",
    f"{info}/METADATA": f"Metadata-Version: 2.1\nName: demo-{name}\nVersion: 1.0\n",
    f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{info}/entry_points.txt": f"[console_scripts]\ndemo-{name} = demo_{name}:main\n",
}
record = f"{info}/RECORD"
with zipfile.ZipFile(f"{folder}/demo_{name}-1.0-py3-none-any.whl", "w") as wheel:
    for path, text in files.items():
        wheel.writestr(path, text)
    wheel.writestr(record, "".join(path + ",,\n" for path in [*files, record]))
