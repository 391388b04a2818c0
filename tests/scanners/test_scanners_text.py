"""Text that hides from a scanner."""

import pytest

from reviewbot.scanners.text import why_hidden


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfea\0", b"a\0b", b"# -*- coding: utf-7 -*-\n", b"#!/bin/x\n# coding=UTF_7\n", b"#\r#coding:shift_jis\n",
        b"\xef\xbb\xbf# coding: utf-16\n", b"\x0c # vim: set fileencoding=rot13 :\n",
    ],
)  # fmt: skip
def test_what_hides_is_said(content):
    """NULs, UTF-16 and declared encodings in which words look otherwise."""
    assert why_hidden("a.py", content)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"x = 1\n", b"# coding: utf-8\n", b"# -*- coding: latin-1 -*-\n", b"# vim: set fileencoding=iso-8859-15 :\n",
        b"# coding: cp1252\n", b"\n\n# coding: utf-7\n", b"x = 'coding: utf-7'\n", b"\xef\xbb\xbfx\n",
    ],
)  # fmt: skip
def test_what_does_not_hide_is_left_alone(content):
    """Ordinary encodings, and words about encodings further down."""
    assert why_hidden("a.py", content) == ""


def test_other_languages_declare_nothing():
    """Only Python takes its encoding from a comment."""
    assert why_hidden("a.js", b"# coding: utf-7\n") == ""
