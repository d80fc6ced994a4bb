"""Where a version comes from, and what is not brought at all."""

import functools
import threading
import types
from contextlib import contextmanager, nullcontext
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kiosk.updating.bringing import NotWanted, Wanted, bring, must_last
from kiosk.updating.bundle import BundleError, name_here
from kiosk.updating.releases import CURRENT
from kiosk.updating.sources import find, folders, offered
from tests.updating.bundles import make_bundle
from tests.updating.rig import NEW, OLD, Rig, fill_release
from tests.updating.signing import Signer

SIGNER = Signer()


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path / "kiosk").build()
    rig.releases.remove(NEW)
    return rig


def install(folder):
    """The part of laying that needs a virtual environment is proved elsewhere."""
    fill_release(folder / "more", folder.name)


def bring_to(rig, what, **wanted):
    wish = Wanted(what=str(what), keys=[SIGNER.public], **wanted)
    return bring(rig.releases, rig.update, wish, rig.said.append, install=install)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args):
        pass


@contextmanager
def serving(folder):
    """A plain web server over a folder; its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def signed(folder, version=NEW):
    bundle = make_bundle(folder, version)
    SIGNER.sign(bundle)
    return bundle


def test_a_version_is_found_in_the_folder_of_the_configuration(rig, tmp_path):
    signed(tmp_path / "updates")
    assert bring_to(rig, NEW, source=str(tmp_path / "updates")) == NEW
    assert rig.releases.is_whole(NEW)


def test_a_version_is_fetched_from_an_address_with_its_signature(rig, tmp_path):
    signed(tmp_path / "updates")
    with serving(tmp_path / "updates") as address:
        assert bring_to(rig, NEW, source=f"{address}/") == NEW
    assert rig.releases.is_whole(NEW)
    assert not list(rig.root.glob("incoming*"))


def test_what_the_address_does_not_have_is_said(rig, tmp_path):
    bundle = signed(tmp_path / "updates")
    with serving(tmp_path / "updates") as address:
        with pytest.raises(BundleError, match=r"the server answers 404"):
            bring_to(rig, "0.3.0", source=address)
        bundle.with_name(f"{bundle.name}.minisig").write_text("x" * 10_000)
        with pytest.raises(BundleError, match=r"is larger than it can be"):
            bring_to(rig, NEW, source=address)
    with pytest.raises(BundleError, match=r"cannot be fetched"):
        bring_to(rig, NEW, source=address)
    assert rig.releases.whole() == (OLD,)


def test_what_an_address_sends_does_not_fill_the_disk_of_the_terminal(tmp_path, monkeypatch):
    bundle = signed(tmp_path / "updates")
    size = bundle.stat().st_size
    for free, fits in ((8 * size, True), (8 * size - 8, False)):
        room = types.SimpleNamespace(f_bavail=free, f_frsize=1)
        monkeypatch.setattr("kiosk.updating.bundle.os.statvfs", lambda _, room=room: room)
        incoming = tmp_path / f"incoming-{fits}"
        incoming.mkdir()
        with (
            serving(tmp_path / "updates") as address,
            nullcontext() if fits else pytest.raises(BundleError, match="room"),
        ):
            assert find(NEW, address, incoming, lambda _: None).is_file()


def test_a_stick_comes_before_the_folder(tmp_path):
    on_stick = signed(tmp_path / "media/pi/KEY")
    signed(tmp_path / "updates")
    signed(tmp_path / "updates", "0.10.0")
    make_bundle(tmp_path / "updates", "0.9.0").rename(tmp_path / "updates/coop-kiosk-0.9.0-riscv64-py311.tar")
    (tmp_path / "updates/coop-kiosk-notes.tar").touch()
    found = offered(folders(str(tmp_path / "updates"), system=tmp_path))
    assert [version for version, _ in found] == [NEW, "0.10.0"]
    assert dict(found)[NEW] == on_stick


def test_a_version_that_is_nowhere_says_where_it_was_looked_for(tmp_path):
    with pytest.raises(BundleError, match=f"{name_here('9.9.9')} is not there; looked in: .*{tmp_path}"):
        find("9.9.9", str(tmp_path), tmp_path, lambda _: None)


def test_an_older_version_has_to_be_meant(rig, tmp_path):
    bundle = signed(tmp_path / "stick", "0.0.9")
    with pytest.raises(NotWanted, match=r"0.0.9 is older than 0.1.0, which runs; if that is meant, say --older"):
        bring_to(rig, bundle)
    assert bring_to(rig, bundle, older=True) == "0.0.9"


def test_what_runs_already_is_not_brought_again(rig, tmp_path):
    with pytest.raises(NotWanted, match=r"0.1.0 runs already"):
        bring_to(rig, signed(tmp_path / "stick", OLD))


def test_a_file_that_is_not_there_is_said(rig, tmp_path):
    with pytest.raises(NotWanted, match=r"there is no such file"):
        bring_to(rig, tmp_path / str(name_here(NEW)))


@pytest.mark.parametrize("words", ["console=tty1 boot=overlay root=/dev/mmcblk0p2", "overlayroot=tmpfs quiet"])
def test_under_the_overlay_nothing_is_written_that_would_be_gone(tmp_path, words):
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/cmdline").write_text(f"{words}\n")
    with pytest.raises(NotWanted, match=r"under the read-only overlay.*Switch the overlay off"):
        must_last(tmp_path, tmp_path)


def test_without_the_overlay_what_is_written_lasts(tmp_path):
    must_last(tmp_path, tmp_path)
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/cmdline").write_text("console=tty1 root=/dev/mmcblk0p2\n")
    must_last(tmp_path, tmp_path)


def test_current_is_never_changed_by_bringing(rig, tmp_path):
    bring_to(rig, signed(tmp_path / "stick"))
    assert rig.releases.named(CURRENT) == OLD
