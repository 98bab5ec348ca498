"""Short here; `python -m tests.saving_at_once` runs as long as one likes."""

import os
import subprocess
import sys
from pathlib import Path

SECONDS = 5


def test_no_word_is_lost_when_several_save_at_once_and_some_are_killed(
    database_of_its_own,
):
    run = subprocess.run(
        [sys.executable, "-m", "tests.saving_at_once"]
        + ["--processes", "4", "--seconds", str(SECONDS)],
        cwd=Path(__file__).parent.parent,
        env={**os.environ, "DATABASE_URL": database_of_its_own, "DEBUG": "on"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-4000:]
