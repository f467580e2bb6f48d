"""What lies where in the data folder of a one-machine run?"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from storycore.embedded.run_file import RUN_FILE


@dataclass(frozen=True)
class DataFolder:
    """The folder that `--data` names; everything that a run keeps is below it."""

    root: Path

    @property
    def mongodb(self) -> Path:
        return self.root / "mongodb"

    @property
    def redis(self) -> Path:
        return self.root / "redis"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def beat_schedule(self) -> Path:
        return self.root / "beat-schedule"

    def log(self, child: str) -> Path:
        """The log file of one child process."""
        return self.logs / f"{child}.log"

    def reset(self) -> list[str]:
        """Delete what runs have left here, and nothing else; returns the names. The caller holds the folder."""
        ours = ["mongodb", "redis", "media", RUN_FILE]
        found = [self.root / name for name in ours]
        found += [
            path
            for pattern in ("accounts.sqlite3*", "beat-schedule*")
            for path in self.root.glob(pattern)
        ]
        gone = [path for path in found if path.exists()]
        for path in gone:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        return sorted(path.name for path in gone)
