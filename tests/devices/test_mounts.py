from pathlib import Path

import pytest

from kiosk.devices.mounts import is_forgotten

DATA = Path("/var/lib/coop-kiosk")
CARD = "21 1 179:2 / / rw,noatime shared:1 - ext4 /dev/mmcblk0p2 rw"
OVERLAY = "22 1 0:30 / / rw,relatime shared:1 - overlay overlay rw,lowerdir=/lower,upperdir=/upper/upper"
PARTITION = "40 22 179:3 / /var/lib/coop-kiosk rw,noatime shared:9 - ext4 /dev/mmcblk0p3 rw"
OVER_IT = "41 40 0:31 / /var/lib/coop-kiosk rw shared:10 - tmpfs tmpfs rw"
NEIGHBOUR = "42 22 0:32 / /var/lib/coop rw shared:11 - tmpfs tmpfs rw"
READ_ONLY = "console=tty1 root=PARTUUID=1-02 overlayroot=tmpfs"


@pytest.fixture
def system(tmp_path):
    def make(command_line, *mounts):
        (tmp_path / "proc/self").mkdir(parents=True)
        (tmp_path / "proc/self/mountinfo").write_text("\n".join(mounts) + "\n")
        (tmp_path / "proc/cmdline").write_text(command_line)
        return tmp_path

    return make


@pytest.mark.parametrize(
    ("command_line", "mounts", "forgotten"),
    [
        ("root=1", [CARD], False),
        (READ_ONLY, [OVERLAY], True),
        ("boot=overlay root=1", [OVERLAY], True),
        (READ_ONLY, [OVERLAY, PARTITION], False),
        (READ_ONLY, [PARTITION, OVERLAY], False),
        ("root=1", [CARD, PARTITION, OVER_IT], True),
        ("root=1", [CARD, NEIGHBOUR], False),
        # A container's root, which is kept.
        ("root=1", [OVERLAY], False),
    ],
)
def test_the_innermost_mount_says_whether_data_last(system, command_line, mounts, forgotten):
    assert is_forgotten(DATA, system(command_line, *mounts)) is forgotten


def test_where_nobody_can_tell_nothing_is_feared(tmp_path):
    assert not is_forgotten(DATA, tmp_path)
