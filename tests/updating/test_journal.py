"""The journal around a trial, where its folder is another user's."""

import os

from kiosk.updating import journal


def test_a_link_that_the_other_user_has_put_there_is_not_followed(tmp_path, monkeypatch):
    """Root copies into the terminal's folder: nothing outside of it may be given away by that."""
    given = []
    really = os.chown

    def chown(path, user, group, *, follow_symlinks=True):
        given.append(path.resolve() if follow_symlinks else path)
        really(path, user, group, follow_symlinks=False)

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", chown)
    link = tmp_path / "journal.db.before-0.2.0"
    link.symlink_to("/etc/shadow")
    journal.own_like(tmp_path, link)
    assert given == [link]
