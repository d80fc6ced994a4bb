"""The text for Prometheus: whole, well formed, and in place at one stroke."""

import re

from kiosk.afar.prometheus import exposition, write
from tests.afar.statuses import status

SAMPLE = re.compile(r'[a-z_]+(\{[a-z]+="[^"\\\n]*"(,[a-z]+="[^"\\\n]*")*\})? -?\d+(\.\d+)?(e[+-]\d+)?')


def samples(text):
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))


def test_all_that_was_asked_for_is_in_it():
    found = samples(exposition(status(door={"mode": "held_open", "alarms": ["held"]})))
    assert found['coop_kiosk_info{version="0.2.0"}'] == "1"
    assert found['coop_kiosk_part_up{part="reader"}'] == "1"
    assert found['coop_kiosk_door_mode{mode="held_open"}'] == "1"
    assert found['coop_kiosk_door_mode{mode="locked"}'] == "0"
    assert found['coop_kiosk_door_alarm{alarm="held"}'] == "1"
    assert found['coop_kiosk_door_alarm{alarm="forced"}'] == "0"
    assert found["coop_kiosk_queue_waiting"] == "3"
    assert found["coop_kiosk_queue_age_seconds"] == "0"
    assert found["coop_kiosk_knowledge_age_seconds"] == "60"
    assert found["coop_kiosk_temperature_celsius"] == "51.5"
    assert found["coop_kiosk_disk_free_bytes"] == "20000000000"
    assert found["coop_kiosk_disk_written_bytes_total"] == "4096"
    assert found["coop_kiosk_written_bytes_total"] == "2048"
    assert found["coop_kiosk_written_bytes_per_day"] == "50547"
    assert found["coop_kiosk_status_timestamp_seconds"] == "1772452800"


def test_a_part_that_is_lost_is_down_and_one_that_is_off_is_not_there():
    found = samples(exposition(status(parts={"reader": "lost", "scale": "off", "server": "ok"})))
    assert {name: value for name, value in found.items() if "part_up" in name} == {
        'coop_kiosk_part_up{part="reader"}': "0",
        'coop_kiosk_part_up{part="server"}': "1",
    }


def test_what_is_not_known_is_left_out():
    text = exposition(status(door=None, machine=None, knowledge_age_seconds=None, queue_age_seconds=None))
    for name in ("door", "temperature", "disk", "written", "knowledge", "queue_age"):
        assert f"coop_kiosk_{name}" not in text


def test_every_line_is_of_the_format_and_every_figure_is_explained_before_it():
    told = set()
    for line in exposition(status()).splitlines():
        if line.startswith("# "):
            told.add(line.split(" ")[2])
        else:
            assert SAMPLE.fullmatch(line), line
            assert re.split(r"[{ ]", line)[0] in told


def test_a_label_is_escaped():
    assert 'version="a\\"b\\\\c\\nd"' in exposition(status(version='a"b\\c\nd'))


def test_the_file_is_replaced_whole_and_others_may_read_it(tmp_path):
    file = tmp_path / "kiosk.prom"
    write(file, status())
    before = file.open()
    write(file, status(members=1))
    assert "coop_kiosk_members 812" in before.read()
    before.close()
    assert "coop_kiosk_members 1\n" in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o644
    assert list(tmp_path.glob("*.prom")) == [file]
