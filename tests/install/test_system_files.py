import subprocess
from pathlib import Path

import pytest

from kiosk.errors import KioskError
from kiosk.install.system_files import (
    DATA_MOUNT,
    FILES,
    KMSDRM,
    PI_ONLY,
    State,
    differences,
    lasting_name,
    put,
    remove_all,
)

SYSTEMD = Path(__file__).parents[2] / "systemd"


def found(root, *, kmsdrm=False, data_device=None, raspberry=True):
    return list(differences(SYSTEMD, root, kmsdrm=kmsdrm, data_device=data_device, raspberry=raspberry))


def put_all(root, **wishes):
    for difference in found(root, **wishes):
        put(difference)


def test_every_file_of_systemd_has_a_place_and_every_place_a_file():
    assert {str(path.relative_to(SYSTEMD)) for path in SYSTEMD.rglob("*") if path.is_file()} == FILES.keys()


def test_put_once_all_is_as_it_should_be(tmp_path):
    assert {difference.state for difference in found(tmp_path)} == {State.NEW, State.SAME}
    put_all(tmp_path)
    assert {difference.state for difference in found(tmp_path)} == {State.SAME}
    for name, path in FILES.items():
        if path not in {DATA_MOUNT, KMSDRM}:
            assert (tmp_path / path).read_text() == (SYSTEMD / name).read_text()
            assert (tmp_path / path).stat().st_mode & 0o777 == 0o644


def test_what_someone_changed_is_put_right(tmp_path):
    put_all(tmp_path)
    unit = tmp_path / FILES["kiosk.service"]
    unit.write_text("[Service]\n")
    assert [difference.path for difference in found(tmp_path) if difference.state is State.CHANGED] == [unit]
    put_all(tmp_path)
    assert unit.read_text() == (SYSTEMD / "kiosk.service").read_text()


def test_kmsdrm_comes_and_goes(tmp_path):
    put_all(tmp_path, kmsdrm=True)
    assert (tmp_path / KMSDRM).exists()
    put_all(tmp_path)
    assert not (tmp_path / KMSDRM).exists()


def test_only_a_raspberry_pi_gets_its_watchdog(tmp_path):
    put_all(tmp_path, raspberry=False)
    assert not (tmp_path / PI_ONLY).exists()


def test_a_data_partition_once_chosen_stays(tmp_path):
    put_all(tmp_path, data_device="/dev/disk/by-uuid/1-2")
    assert "What=/dev/disk/by-uuid/1-2\n" in (tmp_path / DATA_MOUNT).read_text()
    put_all(tmp_path)
    assert (tmp_path / DATA_MOUNT).exists()


def test_removed_nothing_of_ours_is_left_and_what_is_not_ours_stays(tmp_path):
    put_all(tmp_path, kmsdrm=True, data_device="/dev/disk/by-uuid/1-2")
    other = tmp_path / "etc/systemd/journald.conf.d/other.conf"
    other.write_text("[Journal]\n")
    assert {path.relative_to(tmp_path) for path in remove_all(tmp_path)} == set(FILES.values())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [other]
    assert not (tmp_path / "etc/systemd/system/kiosk.service.d").exists()
    assert list(remove_all(tmp_path)) == []


@pytest.mark.skipif(not Path("/usr/sbin/blkid").exists(), reason="there is no blkid")
def test_only_ext4_is_taken_for_the_data(tmp_path):
    picture = tmp_path / "disk"
    picture.write_bytes(b"\0" * 4_000_000)
    with pytest.raises(KioskError, match=r"mkfs\.ext4"):
        lasting_name(picture)
    mkfs = Path("/usr/sbin/mkfs.ext4")
    if not mkfs.exists():
        pytest.skip("there is no mkfs.ext4")
    uuid = "11111111-2222-3333-4444-555555555555"
    subprocess.run([mkfs, "-q", "-U", uuid, picture], check=True)
    assert lasting_name(picture) == f"/dev/disk/by-uuid/{uuid}"
