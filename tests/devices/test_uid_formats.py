import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.cards import CardUid, PartialUid
from kiosk.devices.uid_formats import UidFormat, parse_reader_uid

FOUR = CardUid(bytes.fromhex("DEADBEEF"))
SEVEN = CardUid(bytes.fromhex("04A3C6CAE26180"))


@pytest.mark.parametrize(
    ("uid_format", "text", "uid"),
    [
        (UidFormat.HEX, "DEADBEEF", FOUR),
        (UidFormat.HEX, "de:ad:be:ef", FOUR),
        (UidFormat.HEX, "DE;AD;BE;EF", FOUR),
        (UidFormat.HEX, "04A3C6CAE26180", SEVEN),
        (UidFormat.HEX_REVERSED, "EFBEADDE", FOUR),
        (UidFormat.HEX_REVERSED, "8061E2CAC6A304", SEVEN),
        (UidFormat.DECIMAL, "3735928559", FOUR),
        (UidFormat.DECIMAL, "1305974109528448", SEVEN),
        (UidFormat.DECIMAL, "0000000001", CardUid(b"\x00\x00\x00\x01")),
        (UidFormat.DECIMAL_REVERSED, "4022250974", FOUR),
        (UidFormat.DECIMAL_REVERSED, "36136423711482628", SEVEN),
        (UidFormat.WIEGAND_26, "190,44510", PartialUid(bytes.fromhex("BEADDE"))),
        (UidFormat.WIEGAND_26, "19044510", PartialUid(bytes.fromhex("BEADDE"))),
        (UidFormat.WIEGAND_26, "001,00002", PartialUid(bytes.fromhex("010002"))),
        (UidFormat.HEX_FIRST_FOUR, "04A3C6CA", PartialUid(bytes.fromhex("04A3C6CA"))),
        (UidFormat.HEX_FIRST_FOUR, "08A1B2C3", CardUid(bytes.fromhex("08A1B2C3"))),
        (UidFormat.HEX_LAST_FOUR, "CAE26180", PartialUid(bytes.fromhex("CAE26180"))),
        (UidFormat.HEX_LAST_FOUR, "88E26180", PartialUid(bytes.fromhex("88E26180"))),
    ],
)
def test_same_card_is_known_in_every_format(uid_format: UidFormat, text: str, uid: CardUid | PartialUid) -> None:
    assert parse_reader_uid(text, uid_format) == uid


def test_three_bytes_that_cards_share_are_refused() -> None:
    with pytest.raises(ValueError, match="which cards share"):
        parse_reader_uid("8804A3C6", UidFormat.HEX_FIRST_FOUR)


@pytest.mark.parametrize(
    ("uid_format", "text"),
    [
        (UidFormat.HEX, "DEADBE"),
        (UidFormat.HEX, "3735928559"),
        (UidFormat.DECIMAL, "DEADBEEF"),
        (UidFormat.DECIMAL, "-1"),
        (UidFormat.DECIMAL, "9" * 25),
        (UidFormat.DECIMAL, "9" * 5000),
        (UidFormat.WIEGAND_26, "256,1"),
        (UidFormat.WIEGAND_26, "1,65536"),
        (UidFormat.WIEGAND_26, "44510"),
        (UidFormat.HEX_FIRST_FOUR, "DEADBE"),
    ],
)
def test_text_in_another_format_is_refused(uid_format: UidFormat, text: str) -> None:
    with pytest.raises(ValueError) as refusal:
        parse_reader_uid(text, uid_format)
    assert text not in str(refusal.value)


@given(st.sampled_from(UidFormat), st.text(max_size=40))
def test_nonsense_is_refused_and_nothing_else(uid_format: UidFormat, text: str) -> None:
    try:
        uid = parse_reader_uid(text, uid_format)
    except ValueError:
        return
    assert isinstance(uid, CardUid | PartialUid)


@given(st.sampled_from((4, 7)).flatmap(lambda length: st.binary(min_size=length, max_size=length)))
def test_formats_that_carry_the_whole_uid_agree(data: bytes) -> None:
    uid = CardUid(data)
    assert parse_reader_uid(data.hex(), UidFormat.HEX) == uid
    assert parse_reader_uid(data[::-1].hex(), UidFormat.HEX_REVERSED) == uid
    if any(data[:3]) and any(data[-3:]):
        assert parse_reader_uid(str(int.from_bytes(data, "big")), UidFormat.DECIMAL) == uid
        assert parse_reader_uid(str(int.from_bytes(data, "little")), UidFormat.DECIMAL_REVERSED) == uid
