"""What can be pulled out, made readable for a while."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from kiosk.install.sticks import mounted


def looks_like(tmp_path, *devices):
    """What lists these devices as lsblk does."""
    listed = [
        {
            "path": str(path),
            "rm": True,
            "hotplug": True,
            "fstype": "ext4",
            "mountpoint": None if at is None else str(at),
        }
        for path, at in devices
    ]
    file = tmp_path / "listed"
    file.write_text(json.dumps({"blockdevices": listed}))
    return ("/bin/cat", str(file))


def test_what_is_mounted_already_is_read_where_it_is_and_left_there(tmp_path):
    (tmp_path / "key").mkdir()
    with mounted(looks_like(tmp_path, ("/dev/sdb1", tmp_path / "key"))) as sticks:
        assert sticks == [("/dev/sdb1", tmp_path / "key")]
    assert (tmp_path / "key").is_dir()


def test_what_cannot_be_read_is_left_out(tmp_path):
    no_disk = tmp_path / "image"
    no_disk.write_bytes(b"no file system" * 1000)
    with mounted(looks_like(tmp_path, (no_disk, None))) as sticks:
        assert sticks == []


def test_where_nothing_can_be_listed_nothing_is_plugged_in():
    with mounted(("/bin/false",)) as sticks:
        assert sticks == []


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("mkfs.ext4") is None, reason="needs root and mkfs.ext4")
def test_what_is_not_mounted_is_for_as_long_as_it_is_wanted_and_cannot_be_changed(tmp_path):
    image, content = tmp_path / "image", tmp_path / "content"
    content.mkdir()
    (content / "kiosk.toml").write_text("# here\n")
    with image.open("wb") as file:
        file.truncate(4_000_000)
    subprocess.run(["mkfs.ext4", "-q", "-d", content, image], check=True)
    with mounted(looks_like(tmp_path, (image, None))) as sticks:
        if not sticks:
            pytest.skip("this machine mounts no images")
        ((_, folder),) = sticks
        assert (folder / "kiosk.toml").read_text() == "# here\n"
        with pytest.raises(OSError, match=r"[Rr]ead-only"):
            (folder / "more").touch()
    assert not Path(folder).exists()
