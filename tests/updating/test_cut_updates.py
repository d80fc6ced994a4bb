"""A power cut before every single change that an update makes: the terminal starts, and no promise is broken.

The processes are really ended and the folders are real; what the disk itself may lose in a cut is for
``scripts/vm-test``.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.updating.rig import NEW, OLD

TOP = Path(__file__).parents[2]


def cuts(folder, behaviour, what):
    done = subprocess.run(
        [sys.executable, "-m", "tests.updating.child", folder, json.dumps(behaviour), what],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("what", ["switch", "resume"])
@pytest.mark.parametrize(("behaviour", "end"), [({}, NEW), ({"dies": True}, OLD)], ids=["well", "sick"])
def test_whenever_the_power_goes_the_terminal_starts_and_no_row_is_lost(tmp_path, behaviour, end, what):
    told = cuts(tmp_path, behaviour, what)
    assert len(told) > (10 if what == "switch" else 3)
    for cut in told:
        assert cut["started"] in {OLD, NEW}, cut
        # Whatever was cut off, at the end one of the two is well, and the sick one never stays.
        assert cut["runs"] == cut["current"], cut
        assert cut["runs"] in {OLD, end}, cut
        assert cut["lost_rows"] == [], cut
        assert cut["leftovers"] == [], cut
    assert told[-1]["ended"] == 0
    assert told[-1]["runs"] == end
