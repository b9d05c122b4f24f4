"""Looks up known vulnerabilities of all installed packages: `make audit`. Fails if there are any, and also if a package cannot be looked
up, because nothing is known of it then."""

import subprocess
import sys
import tempfile
from importlib.metadata import distributions
from pathlib import Path

OURS = frozenset({"neural-network-playground"})


def installed() -> list[str]:
    """Every package with its version, as its authors published it: without what a builder added, such as "+cpu"."""
    found = {distribution.metadata["Name"]: distribution.version.partition("+")[0] for distribution in distributions()}
    return sorted(f"{name}=={version}" for name, version in found.items() if name not in OURS)


def main() -> int:
    """The exit status."""
    with tempfile.TemporaryDirectory() as folder:
        packages = Path(folder, "installed.txt")
        packages.write_text("\n".join(installed()))
        command = ["-m", "pip_audit", "--strict", "--no-deps", "--disable-pip", "--progress-spinner", "off", "-r", str(packages)]
        status = subprocess.run([sys.executable, *command], check=False).returncode
    if status:
        print("The audit found vulnerabilities, or could not look up every package: see above. What was not looked up was not checked.")
    return status


if __name__ == "__main__":
    sys.exit(main())
