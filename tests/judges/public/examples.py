"""Runs every example of troposphere's source distribution and writes the template that it prints: `examples.py DISTRIBUTION INTO`."""

import contextlib
import io
import os
import runpy
import sys
from pathlib import Path

distribution, into = (Path(argument).resolve() for argument in sys.argv[1:])
sys.path.insert(0, str(distribution))
into.mkdir(parents=True, exist_ok=True)
os.chdir(distribution / "examples")  # some read files beside them
for example in sorted(Path().glob("*.py")):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        runpy.run_path(str(example), run_name="__main__")
    (into / f"{example.stem}.json").write_text(printed.getvalue(), encoding="utf-8")
