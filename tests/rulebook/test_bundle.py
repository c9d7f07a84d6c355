"""A bundle says of itself whether it is whole."""

import io
import warnings
import zipfile
from pathlib import Path

import pytest

from rulebook import bundle
from rulebook.bundle import MANIFEST, SEAL, FaultKind, NotABundle, check, hash_of, pack

FILES = {"b/ledger.csv": b"due,paid\n1,2\n", "00-index.pdf": b"%PDF-1.7 index", "letters/1.pdf": b"%PDF-1.7 letter"}


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    path = tmp_path / "bundle.zip"
    path.write_bytes(pack(FILES, {"case": "C0000001"}))
    return path


def faults(path: Path) -> list[tuple[FaultKind, str]]:
    return [(fault.kind, fault.name) for fault in check(path)[1]]


def repacked(path: Path, *, leave_out: str = "", change: dict[str, bytes] | None = None, add: str = "") -> Path:
    """The same ZIP with one thing about it changed, as anybody with a ZIP program could."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if name != leave_out:
                new.writestr(name, (change or {}).get(name, old.read(name)))
        if add:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # zipfile warns of a name that is there already
                new.writestr(add, b"more")
    path.write_bytes(out.getvalue())
    return path


def test_a_whole_bundle_is_whole_and_the_same_files_give_the_same_bytes(whole: Path) -> None:
    about, found = check(whole)
    assert (about["case"], found) == ("C0000001", [])
    assert {row["name"]: row["size"] for row in about["files"]} == {name: len(FILES[name]) for name in FILES}
    again = dict(reversed(FILES.items()))
    assert whole.read_bytes() == pack(again, {"case": "C0000001"})


def test_one_changed_byte_is_named_by_its_file(whole: Path) -> None:
    changed = repacked(whole, change={"letters/1.pdf": b"%PDF-1.7 Letter"})
    assert faults(changed) == [(FaultKind.CHANGED, "letters/1.pdf")]


def test_a_missing_file_an_extra_one_and_one_that_stands_there_twice_are_named(whole: Path) -> None:
    content = whole.read_bytes()
    assert faults(repacked(whole, leave_out="b/ledger.csv")) == [(FaultKind.MISSING, "b/ledger.csv")]
    whole.write_bytes(content)
    assert faults(repacked(whole, add="b/more.csv")) == [(FaultKind.EXTRA, "b/more.csv")]
    whole.write_bytes(content)
    assert faults(repacked(whole, add="b/ledger.csv")) == [(FaultKind.EXTRA, "b/ledger.csv")]


def test_a_manifest_that_is_missing_or_was_written_anew_is_a_fault(whole: Path) -> None:
    content = whole.read_bytes()
    assert faults(repacked(whole, leave_out=MANIFEST)) == [(FaultKind.NO_MANIFEST, MANIFEST)]
    whole.write_bytes(content)
    assert faults(repacked(whole, leave_out=SEAL)) == [(FaultKind.NO_MANIFEST, SEAL)]
    whole.write_bytes(content)
    assert faults(repacked(whole, change={MANIFEST: b'{"files": []}'})) == [(FaultKind.MANIFEST, MANIFEST)]
    for text in (b"[1]", b"[" * 100_000):
        whole.write_bytes(content)
        sealed = {MANIFEST: text, SEAL: hash_of(text).encode()}
        assert faults(repacked(whole, change=sealed)) == [(FaultKind.MANIFEST, MANIFEST)]
    # Whatever a forger calls the files, each is named and nothing breaks.
    whole.write_bytes(content)
    odd = b'{"files": [{"name": 7, "sha256": ""}, {"name": "a", "sha256": 1}]}'
    found = faults(repacked(whole, change={MANIFEST: odd, SEAL: hash_of(odd).encode()}))
    assert [name for kind, name in found if kind is FaultKind.MISSING] == ["7", "a"]


@pytest.mark.parametrize(("name", "most"), [(MANIFEST, "MOST_MANIFEST"), (SEAL, "MOST_SEAL")])
def test_a_list_that_unpacks_to_more_than_a_list_can_be_is_not_read(
    whole: Path, monkeypatch: pytest.MonkeyPatch, name: str, most: str
) -> None:
    monkeypatch.setattr(bundle, most, 10)
    assert faults(whole) == [(FaultKind.MANIFEST, MANIFEST)]


def test_photos_and_pdfs_are_not_packed_again(whole: Path) -> None:
    with zipfile.ZipFile(whole) as archive:
        packed = {entry.filename: entry.compress_type for entry in archive.infolist()}
    assert (packed["letters/1.pdf"], packed["b/ledger.csv"]) == (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def test_damage_inside_the_zip_is_named_and_named_once(whole: Path) -> None:
    content = bytearray(whole.read_bytes())
    with zipfile.ZipFile(whole) as archive:
        entry = archive.getinfo("b/ledger.csv")
    content[entry.header_offset + 30 + len(entry.filename) + 2] ^= 0xFF
    whole.write_bytes(bytes(content))
    assert faults(whole) == [(FaultKind.DAMAGED, "b/ledger.csv")]


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 and then nothing"])
def test_what_is_no_zip_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(content)
    with pytest.raises(NotABundle):
        check(path)
