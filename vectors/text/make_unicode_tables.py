#!/usr/bin/env python3
"""Writes core's pinned Unicode table: general categories and White_Space of Unicode 16.0.0.

    pip install unicodedata2==16.0.0
    python3 vectors/text/make_unicode_tables.py core/src/main/resources/assay/core/text/unicode-16.0.0.txt

Lines: "#" comment; "version V"; "space FROM TO" (White_Space, hexadecimal, inclusive);
"FROM CATEGORY" (a run of one general category that lasts until the next run).
"""
import sys

import unicodedata2 as ucd

VERSION = "16.0.0"
# White_Space of PropList.txt; unchanged since Unicode 6.3.0. unicodedata does not carry it.
WHITE_SPACE = [(0x9, 0xD), (0x20, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A),
               (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000)]


def main(path):
    assert ucd.unidata_version == VERSION, ucd.unidata_version
    lines = ["# Unicode character database, by vectors/text/make_unicode_tables.py",
             "# Copyright 1991-2024 Unicode, Inc. Terms of use: https://www.unicode.org/terms_of_use.html",
             "version " + VERSION]
    lines += ["space %X %X" % r for r in WHITE_SPACE]
    before = None
    for c in range(0x110000):
        category = ucd.category(chr(c))
        if category != before:
            lines.append("%X %s" % (c, category))
            before = category
    with open(path, "w", encoding="ascii", newline="\n") as out:
        out.write("\n".join(lines) + "\n")


main(sys.argv[1])
