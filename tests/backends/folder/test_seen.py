"""The counts of a folder's files, written where somebody else may write too."""

from kiosk.backends.folder_seen import SEEN, Seen


def test_a_link_in_the_folder_is_never_written_through(tmp_path):
    """``sudo kiosk check`` writes them as root, into the folder of another user."""
    elsewhere = tmp_path / "shadow"
    elsewhere.write_text("of root", encoding="utf-8")
    folder = tmp_path / "members"
    folder.mkdir()
    (folder / f"{SEEN.file}.new").symlink_to(elsewhere)
    seen = Seen(folder)
    seen.keep({"members.csv": 40})
    assert elsewhere.read_text(encoding="utf-8") == "of root"
    assert Seen(folder).rows() == {"members.csv": 40}
    assert not (folder / SEEN.file).is_symlink()
