"""Whose card it is: two gestures, every refusal with its sentence, undo, and a lost card blocked at once."""

from dataclasses import replace

import pytest

from kiosk.actions import Action
from kiosk.effects import CountLinked, Prefer, Record, Withdraw
from kiosk.events import CodeNotKnown, JarScanned, LinkedCounted, Touched, TwoCardsSeen
from kiosk.messages import MESSAGES
from kiosk.rules import staff_states, states
from kiosk.rules.ownership import search
from kiosk.rules.staff_states import LinkTrouble
from kiosk.rules.turn import Link
from kiosk.types import Card, CardKind, FactKind, Member, MemberId, Role, Status
from tests.rules.staff import NEW, badge, coordinator, new_card, staffed, technician, typed
from tests.rules.terminal import ALL, Terminal, card_of, member, snapshot, tap

LINK = Touched(Action.LINK_CARDS)


# ── two gestures ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_old_badge_then_new_card_and_the_new_card_opens_at_once():
    terminal = coordinator(LINK, badge("sam"))
    assert terminal.state.who == "sam"
    terminal.feed(new_card())
    [fact] = terminal.facts(FactKind.CARD_LINKED)
    assert (fact.member_id, fact.details) == ("sam", {"card": NEW, "by": "coord"})
    assert terminal.knowledge.card(NEW) == Card(hash=NEW, member_id="sam")
    terminal.feed(Touched(Action.BACK), Touched(Action.DONE), new_card())
    assert terminal.state.visit.member.id == "sam"


def test_a_link_leaves_for_the_server_after_the_time_to_undo():
    terminal = coordinator(LINK, badge("sam"), new_card())
    [record] = [
        order for order in terminal.effects if isinstance(order, Record) and order.fact.kind is FactKind.CARD_LINKED
    ]
    assert record.hold_seconds == 30


def test_the_next_badge_follows_without_a_touch():
    terminal = coordinator(LINK, badge("sam"), new_card(), badge("alix"), new_card(hash=card_of("second")))
    assert [fact.member_id for fact in terminal.facts(FactKind.CARD_LINKED)] == ["sam", "alix"]


def test_cards_laid_while_linking_open_nothing():
    terminal = coordinator(LINK, tap("sam"), tap("alix"), Touched(Action.CANCEL), badge("camille"), new_card())
    assert terminal.openings() == 1
    assert [fact.member_id for fact in terminal.facts(FactKind.PASSAGE)] == ["coord"]


def test_another_badge_means_another_person():
    terminal = coordinator(LINK, badge("sam"), badge("alix"))
    assert terminal.state.who == "alix"
    assert terminal.facts(FactKind.CARD_LINKED) == []


def test_how_far_it_has_come_is_counted_over_all_sittings():
    terminal = coordinator()
    assert CountLinked() in terminal.touch(Action.LINK_CARDS)
    terminal.feed(LinkedCounted(frozenset({MemberId("camille"), MemberId("left")})))
    everyone = sum(person.status is not Status.LEFT for person in terminal.knowledge.members.values())
    assert terminal.view().share == (1, everyone)
    terminal.feed(badge("sam"), new_card())
    assert terminal.view().share == (2, everyone)
    terminal.touch(Action.UNDO)
    assert terminal.view().share == (1, everyone)


def test_a_second_card_for_the_same_person_counts_once():
    terminal = coordinator(LINK, LinkedCounted(frozenset({MemberId("sam")})), badge("sam"), new_card())
    assert terminal.view().share[0] == 1
    terminal.touch(Action.UNDO)
    assert terminal.view().share[0] == 1


# ── refusals ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("card", "trouble"),
    [
        (new_card(kind=CardKind.BANK), LinkTrouble.BANK),
        (new_card(kind=CardKind.PHONE), LinkTrouble.PHONE),
        (new_card(enrolable=False, code="4:08A1B2C3"), LinkTrouble.RANDOM),
        (new_card(enrolable=False, code="4:01020304"), LinkTrouble.RANDOM),
        (new_card(enrolable=False, code="4:00000000"), LinkTrouble.BLANK),
        (new_card(enrolable=False, code="7:FFFFFFFFFFFFFF"), LinkTrouble.BLANK),
        (tap("sam"), LinkTrouble.SAME),
        (TwoCardsSeen(), LinkTrouble.TWO),
        (CodeNotKnown(), LinkTrouble.NO_BADGE),
        (CodeNotKnown(is_card=True), LinkTrouble.UNREADABLE),
        (JarScanned(code="123454"), LinkTrouble.NO_BADGE),
    ],
)
def test_what_cannot_be_linked_is_said_in_words_and_the_person_stays(card, trouble):
    terminal = coordinator(LINK, badge("sam"), card)
    assert terminal.state.trouble is trouble
    assert terminal.state.who == "sam"
    assert terminal.view().line.key == f"link.trouble.{trouble.value}"
    assert terminal.facts(FactKind.CARD_LINKED) == []


@pytest.mark.parametrize(("kind", "trouble"), [(CardKind.BANK, LinkTrouble.BANK), (CardKind.PHONE, LinkTrouble.PHONE)])
def test_what_is_no_card_of_the_coop_says_so_where_it_should_say_whose_it_is(kind, trouble):
    assert coordinator(LINK, new_card(kind=kind)).state.trouble is trouble


def test_a_badge_that_is_nobodys_says_to_look_for_the_name():
    assert coordinator(LINK, new_card()).state.trouble is LinkTrouble.UNKNOWN


@pytest.mark.parametrize("trouble", LinkTrouble)
def test_every_trouble_has_its_sentence(trouble):
    assert f"link.trouble.{trouble.value}" in MESSAGES


# ── someone else's card ───────────────────────────────────────────────────────────────────────────────────────────


def test_someone_elses_card_is_transferred_only_when_it_was_asked():
    terminal = coordinator(LINK, badge("sam"), tap("alix"))
    assert isinstance(terminal.state, staff_states.Transferring)
    assert terminal.knowledge.card(card_of("alix")).member_id == "alix"
    terminal.touch(Action.TRANSFER)
    assert terminal.knowledge.card(card_of("alix")).member_id == "sam"


def test_no_leaves_it_as_it_is():
    terminal = coordinator(LINK, badge("sam"), tap("alix"), Touched(Action.CANCEL))
    assert (terminal.state.who, terminal.facts(FactKind.CARD_LINKED)) == ("sam", [])


def test_a_transfer_undone_gives_the_card_back():
    terminal = coordinator(LINK, badge("sam"), tap("alix"), Touched(Action.TRANSFER), Touched(Action.UNDO))
    assert terminal.knowledge.card(card_of("alix")) == Card(hash=card_of("alix"), member_id="alix")


def test_a_blocked_card_is_asked_about_and_blocked_again_by_undo():
    terminal = coordinator()
    terminal.knowledge.apply(snapshot(terminal.now, full=False, cards=(Card(hash=NEW, member_id="sam", blocked=True),)))
    terminal.feed(LINK, badge("sam"), new_card())
    assert terminal.view().title.key == "transfer.blocked"
    terminal.touch(Action.TRANSFER)
    assert not terminal.knowledge.card(NEW).blocked
    terminal.touch(Action.UNDO)
    assert terminal.knowledge.card(NEW).blocked


def test_a_card_that_stays_on_the_reader_answers_no_question():
    terminal = coordinator(LINK, badge("sam"), tap("alix"), tap("alix"))
    assert isinstance(terminal.state, staff_states.Transferring)


# ── undo ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_link_taken_back_leaves_a_card_that_is_nobodys():
    terminal = coordinator(LINK, badge("sam"), new_card())
    [order] = [order for order in terminal.touch(Action.UNDO) if isinstance(order, Withdraw)]
    [link] = terminal.facts(FactKind.CARD_LINKED)
    assert (order.id, order.undo.kind, order.undo.about) == (link.id, FactKind.CARD_UNLINKED, link.id)
    assert terminal.knowledge.card(NEW) is None
    assert terminal.state.trouble is LinkTrouble.UNDONE


# ── what a person needs ───────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_person_needs_is_kept_and_known_at_once_and_in_no_fact():
    terminal = coordinator(LINK, badge("sam"), new_card(), Touched(Action.TUNE))
    before = len(terminal.facts())
    terminal.touch(Action.LONG_PULSE)
    assert terminal.touch(Action.LARGE_TEXT)[0] == Prefer(member_id=MemberId("sam"), long_pulse=True, large_text=True)
    terminal.touch(Action.CARD_LANGUAGE)
    sam = terminal.knowledge.members["sam"]
    assert (sam.long_pulse, sam.large_text, sam.language) == (True, True, "en")
    assert len(terminal.facts()) == before


@pytest.mark.parametrize(("theirs", "shown", "then"), [("de", "fr", "en"), ("en-GB", "en", "fr")])
def test_a_language_that_the_screens_do_not_speak_can_be_changed(theirs, shown, then):
    terminal = staffed()
    terminal.knowledge.apply(snapshot(full=False, members=(member("sam", language=theirs),)))
    terminal.feed(tap("coord"), Touched(Action.COORDINATION), LINK, badge("sam"), Touched(Action.TUNE))
    assert f"tune.language.{shown}" in {button.label.key for button in terminal.view().choices}
    terminal.touch(Action.CARD_LANGUAGE)
    assert terminal.knowledge.members["sam"].language == then


def test_the_next_badge_goes_on_from_the_settings():
    terminal = coordinator(LINK, badge("sam"), new_card(), Touched(Action.TUNE), badge("alix"))
    assert terminal.state.who == "alix"


def test_roles_are_granted_here_only_where_the_server_knows_none():
    terminal = coordinator(LINK, badge("sam"), Touched(Action.TUNE), Touched(Action.GRANT))
    assert Action.GRANT not in {button.action for button in terminal.view().choices}
    assert terminal.facts(FactKind.ROLE_GRANTED) == []


def test_a_coordinator_makes_coordinators_and_no_technicians():
    terminal = coordinator(LINK, badge("sam"), Touched(Action.TUNE), roles=False)
    roles = []
    for _ in range(3):
        terminal.touch(Action.GRANT)
        roles.append(terminal.knowledge.members["sam"].role)
    assert roles == [Role.COORDINATOR, Role.MEMBER, Role.COORDINATOR]
    assert terminal.facts(FactKind.ROLE_GRANTED)[0].details == {"role": "coordinator", "by": "coord"}


def test_a_coordinator_cannot_take_a_technicians_role():
    terminal = coordinator(LINK, tap("tech"), Touched(Action.TUNE), Touched(Action.GRANT), roles=False)
    assert terminal.knowledge.members["tech"].role is Role.TECHNICIAN


def test_a_technician_makes_technicians():
    terminal = technician(
        LINK, badge("sam"), Touched(Action.TUNE), Touched(Action.GRANT), Touched(Action.GRANT), roles=False
    )
    assert terminal.knowledge.members["sam"].role is Role.TECHNICIAN


# ── looking for a person ──────────────────────────────────────────────────────────────────────────────────────────


def people(*names: str) -> Terminal:
    terminal = Terminal()
    members = tuple(
        Member(id=MemberId(str(number)), first_name=name.split()[0], name=name)
        for number, name in enumerate(names, 310)
    )
    terminal.knowledge.apply(snapshot(terminal.now, generation=2, members=members, cards=()))
    return terminal


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("dup", ["310", "311"]),
        ("DUPONT", ["310"]),
        ("elo", ["312"]),
        ("benso", ["312"]),
        ("oeb", []),
        ("loeb", ["313"]),
        ("mariec", ["314"]),
        ("rochebrune", ["314"]),
        ("delaroche", ["314"]),
        ("312", ["312"]),
        ("31", ["310", "312", "311", "314", "313"]),
        ("zz", []),
        ("", []),
    ],
)
def test_a_person_is_found_by_number_or_any_part_of_the_name_without_accents(text, found):
    terminal = people(
        "Camille Dupont", "Louise Dupuy", "Éloïse Ben-Soussan", "Zoé Müller-Lœb", "Marie-Christine de La Rochebrune"
    )
    assert list(search(terminal.knowledge, text)) == found


def test_a_whole_number_comes_before_longer_ones():
    terminal = Terminal()
    members = tuple(member(number) for number in ("312", "31", "3"))
    terminal.knowledge.apply(snapshot(terminal.now, generation=2, members=members, cards=()))
    assert list(search(terminal.knowledge, "31")) == ["31", "312"]


@pytest.mark.parametrize("typed_text", ["2024017", "20240"])
def test_a_number_is_found_though_no_key_types_its_hyphen(typed_text):
    terminal = Terminal()
    alix = replace(member("2024-017"), name="Alix Martin")
    terminal.knowledge.apply(snapshot(terminal.now, generation=2, members=(alix,), cards=()))
    assert list(search(terminal.knowledge, typed_text)) == ["2024-017"]


def test_a_number_without_a_hyphen_is_not_one_with():
    terminal = Terminal()
    members = tuple(replace(member(number), name="Alix Martin") for number in ("31-2", "312"))
    terminal.knowledge.apply(snapshot(terminal.now, generation=2, members=members, cards=()))
    assert list(search(terminal.knowledge, "312")) == ["312"]


def test_whoever_has_left_comes_last():
    terminal = people("Anna Petit", "Berthe Petit")
    gone = replace(terminal.knowledge.members["310"], status=Status.LEFT)
    terminal.knowledge.apply(snapshot(terminal.now, full=False, members=(gone,), cards=()))
    assert list(search(terminal.knowledge, "petit")) == ["311", "310"]


def test_a_name_typed_stands_for_the_old_badge():
    terminal = coordinator(LINK, Touched(Action.SEARCH), *typed("sam"), Touched(Action.ENTER), new_card())
    assert [fact.member_id for fact in terminal.facts(FactKind.CARD_LINKED)] == ["sam"]


def test_enter_takes_nobody_while_several_fit():
    terminal = coordinator(LINK, Touched(Action.SEARCH), *typed("nom"), Touched(Action.ENTER))
    assert isinstance(terminal.state, staff_states.Seeking)
    terminal.touch(Action.CHOOSE, "alix")
    assert terminal.state.who == "alix"


def test_a_letter_can_be_taken_back_and_digits_typed():
    terminal = coordinator(LINK, Touched(Action.SEARCH), *typed("sx"), Touched(Action.ERASE), *typed("am"))
    assert terminal.state.found == ("sam",)
    terminal.touch(Action.PAD)
    assert terminal.view().keys.key == "seek.keys.digits"


def test_cancel_goes_back_to_where_the_looking_began():
    assert isinstance(coordinator(LINK, Touched(Action.SEARCH), Touched(Action.CANCEL)).state, staff_states.Linking)
    blocking = technician(Touched(Action.LINK_CARDS), Touched(Action.BACK))
    assert isinstance(blocking.state, staff_states.Maintaining)


# ── blocking ──────────────────────────────────────────────────────────────────────────────────────────────────────


def two_cards() -> Terminal:
    return coordinator(LINK, badge("sam"), new_card(), Touched(Action.BACK), Touched(Action.BLOCK_CARD))


def test_a_lost_card_opens_no_more_from_that_moment():
    terminal = two_cards()
    terminal.feed(*typed("sam"), Touched(Action.ENTER))
    assert [fact.details["card"] for fact in terminal.facts(FactKind.CARD_BLOCKED)] == [card_of("sam"), NEW]
    before = terminal.openings()
    terminal.feed(Touched(Action.BACK), Touched(Action.DONE), new_card())
    assert isinstance(terminal.state, states.Unrecognised)
    assert terminal.openings() == before


def test_a_card_that_was_found_is_blocked_alone():
    terminal = two_cards()
    terminal.feed(new_card())
    assert [fact.details["card"] for fact in terminal.facts(FactKind.CARD_BLOCKED)] == [NEW]
    assert not terminal.knowledge.card(card_of("sam")).blocked


def test_the_old_badge_says_who_has_lost_a_card_and_the_lost_one_opens_no_more():
    terminal = two_cards()
    terminal.feed(badge("sam"))
    assert terminal.knowledge.card(NEW).blocked


def test_blocking_the_wrong_person_can_be_undone():
    terminal = two_cards()
    terminal.feed(*typed("sam"), Touched(Action.ENTER), Touched(Action.UNDO))
    assert not any(card.blocked for card in terminal.knowledge.cards_of("sam"))


def test_a_new_card_can_follow_at_once():
    terminal = two_cards()
    terminal.feed(*typed("sam"), Touched(Action.ENTER), Touched(Action.LINK_CARDS), new_card(hash=card_of("third")))
    assert terminal.knowledge.card(card_of("third")).member_id == "sam"


def test_who_has_no_card_is_said_to_have_none():
    terminal = two_cards()
    terminal.feed(*typed("sam"), Touched(Action.ENTER), Touched(Action.BACK), Touched(Action.BLOCK_CARD))
    terminal.feed(*typed("sam"), Touched(Action.ENTER))
    assert terminal.state.trouble is LinkTrouble.NO_CARD


def test_a_person_is_blocked_from_their_settings_too():
    terminal = technician(LINK, badge("sam"), Touched(Action.TUNE), Touched(Action.BLOCK_CARD))
    assert isinstance(terminal.state, staff_states.Blocked)


@pytest.mark.parametrize(
    ("links", "online", "key"),
    [
        (True, True, "blocked.everywhere"),
        (True, False, "blocked.offline"),
        (False, True, "blocked.here"),
        (False, False, "blocked.here"),
    ],
)
def test_it_says_what_the_other_terminals_will_know(links, online, key):
    terminal = two_cards()
    terminal.knowledge.apply(snapshot(terminal.now, full=False, capabilities=replace(ALL, card_links=links)))
    terminal.link = Link(online=online)
    terminal.feed(new_card())
    assert terminal.view().body[-1].key == key


def test_full_names_are_on_no_screen_that_a_member_reaches():
    terminal = staffed()
    terminal.feed(tap("camille"), Touched(Action.SEARCH), Touched(Action.BLOCK_CARD), Touched(Action.LINK_CARDS))
    assert isinstance(terminal.state, states.Welcoming)
