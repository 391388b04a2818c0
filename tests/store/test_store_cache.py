"""The cache remembers, and never gives back what is not whole."""

import sqlite3
import stat
import threading

import pytest

from reviewbot.store.cache import NoCache, SqliteCache, opened, opened_to_read


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "cache.sqlite"


def test_what_was_put_is_there_in_the_next_run(path):
    """A value survives closing and opening the file."""
    with opened(path) as cache:
        cache.put("key", b"value")
    with opened(path) as cache:
        assert cache.get("key") == b"value"
        assert cache.get("other") is None


def test_only_the_owner_may_read_the_file(path):
    """Cached answers hold text of the change, so the file is private."""
    with opened(path) as cache:
        cache.put("key", b"value")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_changed_value_is_a_miss(path):
    """An entry that was altered on the disk is not believed."""
    with opened(path) as cache:
        cache.put("key", b"value")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE entry SET value = ?", (b"other",))
    connection.close()
    with opened(path) as cache:
        assert cache.get("key") is None


def test_a_damaged_file_is_begun_again(path):
    """Garbage in place of the file costs the cache, not the run."""
    path.parent.mkdir()
    path.write_bytes(b"garbage" * 1000)
    with opened(path) as cache:
        cache.put("key", b"value")
        assert cache.get("key") == b"value"


def test_a_path_that_is_a_folder_means_doing_without(tmp_path):
    """A folder in place of the file costs the cache, not the run."""
    with opened(tmp_path) as cache:
        cache.put("key", b"value")
        assert cache.get("key") == b"value"


def test_the_oldest_entries_go_first(path):
    """Over its limit the cache keeps the newest entries."""
    cache = SqliteCache(path, size_limit=25)
    for name in "abcd":
        cache.put(name, b"0123456789")
    cache.close()
    with opened(path) as cache:
        assert [name for name in "abcd" if cache.get(name)] == ["c", "d"]


def test_threads_may_share_one_cache(path):
    """Scanners run in parallel and write into the same cache."""
    with opened(path) as cache:
        threads = [threading.Thread(target=cache.put, args=(str(n), b"%d" % n)) for n in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [cache.get(str(n)) for n in range(20)] == [b"%d" % n for n in range(20)]


def test_no_cache_forgets():
    """The empty cache takes everything and gives nothing."""
    cache = NoCache()
    cache.put("key", b"value")
    assert cache.get("key") is None


def test_a_shared_cache_is_read_and_never_written(tmp_path):
    """A job of a pull request finds what a protected branch's job has put there, and leaves no byte of its own."""
    path = tmp_path / "cache.sqlite"
    with opened(path) as cache:
        cache.put("key", b"value")
    before = path.read_bytes()
    with opened_to_read(path) as cache:
        assert cache.get("key") == b"value"
        cache.put("key", b"another")
        cache.put("other", b"x")
        assert (cache.get("key"), cache.get("other")) == (b"value", None)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["cache.sqlite"]


def test_a_shared_cache_that_is_not_there_is_empty(tmp_path):
    """It is not made, and is no error."""
    with opened_to_read(tmp_path / "none" / "cache.sqlite") as cache:
        assert cache.get("key") is None
    assert list(tmp_path.iterdir()) == []
