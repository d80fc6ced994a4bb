"""What the tests of the configuration share."""

import pytest

from kiosk import config
from kiosk.errors import ConfigError

KEY = "0123456789abcdef" * 4


def faults_of(text: str, **where: object) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        config.parse(text, source="k.toml", environ={}, **where)
    return caught.value.faults
