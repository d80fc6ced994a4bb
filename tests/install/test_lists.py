"""The list that a terminal is installed from."""

import re
from pathlib import Path

REQUIREMENTS = Path(__file__).parents[2] / "requirements"
RUN, DEV = ((REQUIREMENTS / name).read_text(encoding="utf-8") for name in ("run.lock", "dev.lock"))


def versions(lock):
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock, re.MULTILINE))


def test_what_runs_is_what_was_tested():
    pi_only = {"lgpio", "rpi-lgpio"}
    assert versions(RUN).keys() - versions(DEV).keys() == pi_only
    assert {name: version for name, version in versions(RUN).items() if name not in pi_only} == {
        name: version for name, version in versions(DEV).items() if name in versions(RUN)
    }


def test_no_tool_and_no_demo_server_is_in_it():
    assert not {"pytest", "ruff", "mypy", "flask", "schemathesis"} & versions(RUN).keys()


def test_it_is_pinned_by_hashes_and_names_no_place():
    entries = re.split(r"\n(?=\S)", RUN.strip())
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in RUN


def test_rpi_gpio_is_never_installed():
    assert re.findall(r"^rpi-gpio.*", RUN, re.MULTILINE) == ["rpi-gpio==0.7.1 ; sys_platform == 'never' \\"]


def test_lgpio_is_not_the_old_one_of_that_name():
    assert tuple(map(int, versions(RUN)["lgpio"].split("."))) >= (0, 2, 2)
