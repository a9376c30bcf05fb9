"""Writes the vectors of the template language: what jinja2, set up as transformers does, makes of each case.

A case is {id, template, context, expect}, where expect is {"text"}, {"raises": the template's own message},
{"fails": why}, or, for what this protocol refuses and jinja2 does not, {"refused": what jinja2 gives}.
Contexts stand in the same file by name; in families.json templates do, too, each with its tokens, which are
members of the context like any other.

Usage: python3 generate.py    (Python 3.11, jinja2 3.1.6)
"""
import json
import os
import re

import jinja2

import cases
import families
import oracle

HERE = os.path.dirname(os.path.abspath(__file__))
assert jinja2.__version__ == "3.1.6", jinja2.__version__

# Cases of cases.py that are refused here although jinja2 renders them; docs/protocol/template.md says why.
REFUSED = set(json.load(open(os.path.join(HERE, "refused.json"), encoding="utf-8")))


def entry(name, template, context, expected):
    if template in REFUSED:
        assert "text" in expected, (template, expected)
        expected = {"refused": re.sub("0x[0-9a-f]+", "0x...", expected["text"])}
    return {"id": name, "template": template, "context": context, "expect": expected}


def small():
    context = dict(cases.CONTEXT)
    context[oracle.DATE_KEY] = "2026-02-05T09:03:07"
    text = json.dumps(context)
    out = []
    for area, templates in cases.CASES.items():
        for i, template in enumerate(templates):
            name = "%s %d" % (area, i + 1)
            out.append(entry(name, template, "common", oracle.expect(template, text)))
    return {"comment": "jinja2 %s" % jinja2.__version__, "contexts": {"common": context}, "cases": out}


def large():
    out = []
    for t, source in families.TEMPLATES.items():
        for c, context in families.CONTEXTS.items():
            full = dict(families.TOKENS[t])
            full.update(context)
            out.append({"id": "%s, %s" % (t, c), "template": t, "context": c,
                        "expect": oracle.expect(source, json.dumps(full))})
    return {"comment": "jinja2 %s" % jinja2.__version__, "templates": families.TEMPLATES, "tokens": families.TOKENS,
            "contexts": families.CONTEXTS, "cases": out}


def write(name, value):
    with open(os.path.join(HERE, name), "w", encoding="utf-8") as f:
        f.write("{\n")
        for key in [k for k in value if k != "cases"]:
            f.write("%s:%s,\n" % (json.dumps(key), json.dumps(value[key], ensure_ascii=False)))
        f.write('"cases":[\n')
        f.write(",\n".join(json.dumps(c, ensure_ascii=False) for c in value["cases"]))
        f.write("\n]}\n")


if __name__ == "__main__":
    write("cases.json", small())
    write("families.json", large())
