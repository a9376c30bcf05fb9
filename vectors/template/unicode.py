"""Writes the Unicode table of the template language: what Python's str.isprintable, lower, upper and
title say of single characters beyond ASCII (Python 3.11 has Unicode 14.0).

  P start end            printable, in hexadecimal
  L|U|T start end step delta     lower, upper or title case of start, start + step ... end is that + delta
  L|U|T char = chars     a mapping to several characters

Usage: unicode.py > core/src/main/resources/assay/core/text/template/unicode.txt
"""
import sys
import unicodedata

assert unicodedata.unidata_version == "14.0.0", unicodedata.unidata_version
CHARS = [c for c in range(0x80, 0x110000) if not 0xD800 <= c <= 0xDFFF]

print("# Unicode %s, written by vectors/template/unicode.py" % unicodedata.unidata_version)
start = None
for c in range(0x80, 0x110001):
    inside = c < 0x110000 and chr(c).isprintable()
    if inside and start is None:
        start = c
    if not inside and start is not None:
        print("P %x %x" % (start, c - 1))
        start = None

for name, kind in (("lower", "L"), ("upper", "U"), ("title", "T")):
    runs, several = [], []
    for c in CHARS:
        to = getattr(chr(c), name)()
        if to == chr(c):
            continue
        if len(to) > 1:
            several.append((c, to))
            continue
        delta = ord(to) - c
        if runs:
            first, last, step, d = runs[-1]
            if d == delta and (c - last == step or (first == last and c - last in (1, 2))):
                runs[-1] = (first, c, c - last, d)
                continue
        runs.append((c, c, 1, delta))
    for first, last, step, delta in runs:
        print("%s %x %x %d %d" % (kind, first, last, step, delta))
    for c, to in several:
        print("%s %x = %s" % (kind, c, " ".join("%x" % ord(t) for t in to)))
