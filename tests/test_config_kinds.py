import pytest

from tests.configuring import faults_of


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[times]\nwelcome_seconds = 0", "line 2: [times] welcome_seconds must be a whole number from 1 to 600, not 0"),
        ("[times]\nwelcome_seconds = 6.5", "must be a whole number from 1 to 600, not 6.5"),
        ("[times]\nwelcome_seconds = true", "not true"),
        ("[door]\nrelay_pin = 28", "line 2: [door] relay_pin must be a whole number from 2 to 27, not 28"),
        ("[door]\nrelay_pin = 0", "must be a whole number from 2 to 27"),
        ('[door]\nrelay_pin = "17"', 'not "17" (leave the quotes out)'),
        (f"[door]\nrelay_pin = 0x{'f' * 9000}", "not a number that large"),
        ('[door]\nenabled = "yes"', 'line 2: [door] enabled must be true or false (without quotes), not "yes"'),
        ("[coop]\nphone = 33", "line 2: [coop] phone must be text between quotes, not 33"),
        ('[coop]\nname = "a\\nb"', "must be one line without characters that cannot be seen"),
        (f'[coop]\nname = "{"a" * 61}"', "must have 60 characters at most, not 61"),
        ('[coop]\nlogo = ""', "must not be empty; take the line out if there is none"),
        ('[coop]\nbrand_colour = "green"', 'must be a colour like "#1f6b3a", not "green"'),
        ('[terminal]\nstation = "entrances"', 'not "entrances"; did you mean "entrance"?'),
        ('[terminal]\nlanguages = ["fr",\n"de"]', 'line 2: [terminal] languages item 2 must be one of "fr", "en"'),
        ('[terminal]\nlanguages = "fr"', 'must be a list between [ and ], not "fr"'),
        ('[terminal]\nlanguages = ["fr", "fr"]', "line 2: [terminal] languages names a language twice"),
        ('[terminal]\nlanguages = ["en"]', 'line 1: [terminal] language is "fr", which languages does not offer'),
        ('[terminal]\ntimezone = "Europe/Pari"', 'not "Europe/Pari"; did you mean "Europe/Paris"?'),
        ('[terminal]\ntimezone = "/etc/passwd"', "must be a time zone"),
        ('[terminal]\ntimezone = "Europe"', "must be a time zone"),
        ("[policy]\nrefusal_pauses_seconds = [1, -1]", "item 2 must be a whole number from 0 to 600, not -1"),
        ('[policy]\nblocking = ["warn"]', 'item 1 must be one of "frozen", "left", "fee", "inactive", not "warn"'),
        (f"[policy]\nrefusal_pauses_seconds = {[1] * 21}", "must have 20 items at most, not 21"),
        ("[scale]\nbaud = 9601", "line 2: [scale] baud must be one of 1200, 2400"),
        ("[scale]\nbaud = 9600.0", "not 9600.0"),
        ('[scale]\nline = "8X1"', 'must be data bits, parity and stop bits like "8N1"'),
        ('[bell]\nurl = "ftp://bell.example"', "must be an address like"),
        ('[bell]\nurl = "https://[::1"', "must be an address like"),
        ('[bell]\nurl = "https://a:99999/"', "must be an address like"),
        ('[reader]\nbus = "spi"', 'must be "spi:0.0", "spi:0.1" … or "simulated", not "spi"'),
        ("[coop]\nname = 2026-10-21", "must be text between quotes, not 2026-10-21"),
        ("[coop.name]\nx = 1", "line 1: [coop] name must be text between quotes, not a section"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_told_in_words(text, fault):
    [only] = faults_of(text)
    assert only.startswith("k.toml")
    assert fault in only
