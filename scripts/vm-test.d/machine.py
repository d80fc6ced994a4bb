"""The guest from outside: boot it, have it run something, fetch and bring files, pull its plug."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
CHECKOUT = "/opt/checkout"
BOOT_SECONDS = 300
STOP_SECONDS = 90
ORDER_SECONDS = 120
DATA_SIZE = "256M"
KEY = "key"
"""The emulator's name for what is plugged in by USB."""


class GuestError(Exception):
    """The guest did not do what it was told; its words are the message."""


class Machine:
    """One guest on disks of its own, which begin as they were built and are gone with the machine.

    Args:
        folder: what ``scripts/vm-test build`` has made.
        name: of the disks and of the console's file.
        base: what another machine has kept (:meth:`keep`); its disks begin as those were.
        screen: pixels of a screen, where it has one; also an attribute.

    Attributes:
        folder: what is kept lies there.
        console: all that the guest has written on its first serial port, over every boot.
        serial: a Unix socket; what is at its other end is /dev/ttyS1 in the guest. There while the guest runs.
        witness: another one, of /dev/ttyS2.
        data: the second disk, /dev/vdb in the guest, empty where it was never written to; a file of the format qcow2.
    """

    def __init__(self, folder: Path, name: str, base: str = "", screen: tuple[int, int] | None = None) -> None:
        self.folder = folder
        self._disk, self.data = _disks(folder, name)
        self.screen = screen
        self.console = folder / f"{name}.console"
        # The path of a socket may only be so long.
        self._sockets = Path(tempfile.mkdtemp(prefix="vm-"))
        self.serial = self._sockets / "ttyS1"
        self.witness = self._sockets / "ttyS2"
        self._monitor = self._sockets / "monitor"
        self._qemu: subprocess.Popen[bytes] | None = None
        self._port = 0
        self.console.unlink(missing_ok=True)
        for disk in (self._disk, self.data):
            disk.unlink(missing_ok=True)
        if base:
            for disk, kept in zip((self._disk, self.data), _disks(folder, base), strict=True):
                _make_disk(disk, "-F", "qcow2", "-b", str(kept))
        else:
            _make_disk(self._disk, "-F", "raw", "-b", str(folder / "base.img"))
            _make_disk(self.data, DATA_SIZE)

    # ── its power ─────────────────────────────────────────────────────────────────────────────────────────────────

    def boot(self, kernel_words: str = "") -> float:
        """Switch it on and wait until it can be talked to.

        Args:
            kernel_words: more of the kernel's command line.

        Returns:
            How many seconds it took.

        Raises:
            GuestError: it did not come up.
        """
        assert self._qemu is None, "it runs already"
        self._port = _free_port()
        began = time.monotonic()
        self._qemu = subprocess.Popen(self._command(kernel_words), stdin=subprocess.DEVNULL)
        while not self._answers():
            if self._qemu.poll() is not None:
                raise GuestError(f"qemu ended ({self._qemu.returncode})")
            if time.monotonic() - began > BOOT_SECONDS:
                raise GuestError(f"no answer within {BOOT_SECONDS} s; see {self.console}")
            time.sleep(1)
        return time.monotonic() - began

    def cut(self) -> None:
        """Pull the plug: what the guest had not yet written to its disk is lost. Its disk stays."""
        if self._qemu is not None:
            self._qemu.send_signal(signal.SIGKILL)
            self._gone()

    def keep(self, name: str) -> None:
        """Switch it off, and keep its disks for others to begin with."""
        self.stop()
        for disk, kept in zip((self._disk, self.data), _disks(self.folder, name), strict=True):
            # Another machine may stand on the one that was kept before.
            kept.unlink(missing_ok=True)
            shutil.copy(disk, kept)

    @staticmethod
    def has_kept(folder: Path, name: str) -> bool:
        """Whether a machine has kept its disks under that name."""
        return all(disk.exists() for disk in _disks(folder, name))

    def stop(self) -> None:
        """Have it power itself off; pull the plug if it does not."""
        if self._qemu is None:
            return
        try:
            self.run("systemctl poweroff", check=False)
            self._qemu.wait(STOP_SECONDS)
        except (GuestError, subprocess.TimeoutExpired):
            self._qemu.send_signal(signal.SIGKILL)
        self._gone()

    def close(self) -> None:
        """Switch it off and throw its disks away. The console stays to be read."""
        self.cut()
        self._disk.unlink(missing_ok=True)
        self.data.unlink(missing_ok=True)
        shutil.rmtree(self._sockets)

    # ── talking to it ─────────────────────────────────────────────────────────────────────────────────────────────

    def run(self, command: str, *, seconds: float = 120, check: bool = True) -> subprocess.CompletedProcess[str]:
        """A shell command in it, as root.

        Raises:
            GuestError: it failed (with ``check``), or took longer than ``seconds``.
        """
        try:
            done = subprocess.run(
                [*self._ssh(), command],
                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise GuestError(f"not done within {seconds} s: {command}") from None
        if check and done.returncode != 0:
            raise GuestError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def lines(self, command: str) -> Iterator[str]:
        """What a command writes, line by line as it comes.

        Raises:
            GuestError: it failed.
        """
        with subprocess.Popen(
            [*self._ssh(), command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        ) as running:
            assert running.stdout is not None
            for line in running.stdout:
                yield line.rstrip("\n")
        if running.returncode != 0:
            raise GuestError(f"{command}: {running.returncode}")

    def put(self, source: Path, target: str) -> None:
        """Copy a file or what is in a folder into the folder ``target``, made where it is not there."""
        members = ["-C", str(source), "."] if source.is_dir() else ["-C", str(source.parent), source.name]
        self._unpack(["tar", "-cf", "-", *members], target)

    def put_checkout(self, target: str = CHECKOUT) -> None:
        """This checkout as it is now: what git knows, and what it has not been told to ignore."""
        known = ["git", "-C", str(TOP), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(known, capture_output=True, check=True).stdout.split(b"\0")
        wanted = [name for name in names if name and (TOP / os.fsdecode(name)).exists()]
        self._unpack(["tar", "-C", str(TOP), "-cf", "-", "--null", "-T", "-"], target, b"\0".join(wanted))

    def get(self, source: str) -> bytes:
        """The contents of a file."""
        return subprocess.run(
            [*self._ssh(), f"cat {source}"], stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=True
        ).stdout

    # ── from outside ──────────────────────────────────────────────────────────────────────────────────────────────

    def order(self, words: str) -> str:
        """What the emulator's monitor answers."""
        with socket.socket(socket.AF_UNIX) as monitor:
            monitor.settimeout(ORDER_SECONDS)
            monitor.connect(str(self._monitor))
            _until_prompt(monitor)
            monitor.sendall(f"{words}\n".encode())
            return _until_prompt(monitor)

    def picture(self, target: Path) -> tuple[int, int, bytes]:
        """Write what its screen shows as a PPM file: its width, its height, three bytes a pixel."""
        target.unlink(missing_ok=True)
        self.order(f"screendump {target}")
        _, size, _, pixels = target.read_bytes().split(b"\n", 3)
        width, height = map(int, size.split())
        return width, height, pixels

    def plug_key_in(self, folder: Path) -> None:
        """A USB key with what is in a folder, as one plugs it into a running machine."""
        drive = f"file=fat:{folder},if=none,id={KEY},format=raw,readonly=on"
        for order in (f"drive_add 0 {drive}", f"device_add usb-storage,bus=usb.0,drive={KEY},id={KEY},removable=on"):
            said = self.order(order)
            if "Error" in said or "not " in said:
                raise GuestError(f"{order}: {said}")

    def pull_key_out(self) -> None:
        """The key of :meth:`plug_key_in`."""
        self.order(f"device_del {KEY}")

    def _unpack(self, pack: list[str], target: str, words: bytes = b"") -> None:
        packed = subprocess.run(pack, input=words, capture_output=True, check=True).stdout
        command = f"mkdir -p {target} && tar -C {target} --no-same-owner -xf -"
        subprocess.run([*self._ssh(), command], input=packed, capture_output=True, timeout=300, check=True)

    def _answers(self) -> bool:
        try:
            return self.run("true", seconds=20, check=False).returncode == 0
        except GuestError:
            return False

    def _ssh(self) -> list[str]:
        # One connection for all: its beginning is slow without hardware virtualisation.
        shared = ("ControlMaster=auto", f"ControlPath={self._sockets}/ssh", "ControlPersist=120")
        alone = ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "ConnectTimeout=15")
        options = [part for option in (*shared, *alone) for part in ("-o", option)]
        return ["ssh", "-i", str(self.folder / "key"), *options, "-p", str(self._port), "root@127.0.0.1"]

    def _command(self, kernel_words: str) -> list[str]:
        screen = ["-device", "virtio-vga,xres={},yres={}".format(*self.screen)] if self.screen else ["-vga", "none"]
        # cache=writeback keeps what the guest has written out when qemu is killed: a cut loses its page cache alone.
        # A processor without AVX: emulated, that puts grey bands on what Mesa draws.
        return [
            "qemu-system-x86_64", "-machine", "q35,accel=tcg", "-cpu", "Nehalem", "-smp", "2", "-m", "1536M",
            "-nodefaults", "-display", "none", *screen,
            "-kernel", str(self.folder / "vmlinuz"), "-initrd", str(self.folder / "initrd"),
            "-append", f"root=/dev/vda rw console=ttyS0 mitigations=off {kernel_words}".strip(),
            "-drive", f"file={self._disk},if=virtio,format=qcow2,cache=writeback,discard=unmap",
            "-drive", f"file={self.data},if=virtio,format=qcow2,cache=writeback,discard=unmap",
            "-netdev", f"user,id=net,hostfwd=tcp:127.0.0.1:{self._port}-:22",
            "-device", "virtio-net-pci,netdev=net,romfile=", "-device", "virtio-rng-pci",
            "-chardev", f"file,id=console,path={self.console},append=on", "-serial", "chardev:console",
            "-chardev", f"socket,id=serial,path={self.serial},server=on,wait=off", "-serial", "chardev:serial",
            "-chardev", f"socket,id=witness,path={self.witness},server=on,wait=off", "-serial", "chardev:witness",
            "-monitor", f"unix:{self._monitor},server=on,wait=off",
            "-device", "qemu-xhci,id=usb", "-device", "i6300esb", "-action", "watchdog=reset",
        ]  # fmt: skip

    def _gone(self) -> None:
        assert self._qemu is not None
        self._qemu.wait()
        self._qemu = None
        subprocess.run([*self._ssh(), "-O", "exit"], capture_output=True, check=False)


def _disks(folder: Path, name: str) -> tuple[Path, Path]:
    return folder / f"{name}.qcow2", folder / f"{name}-data.qcow2"


def _make_disk(disk: Path, *more: str) -> None:
    backing, size = (more, ()) if more[0] == "-F" else ((), more)
    _host("qemu-img", "create", "-q", "-f", "qcow2", *backing, str(disk), *size)


def _until_prompt(monitor: socket.socket) -> str:
    said = b""
    while not said.endswith(b"(qemu) "):
        part = monitor.recv(4096)
        if not part:
            raise GuestError(f"the monitor hung up: {said!r}")
        said += part
    return said.decode(errors="replace")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _host(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
