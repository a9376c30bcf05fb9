"""Compares random templates with jinja2.

Usage: python3 fuzz.py COUNT SEED CLASSPATH
CLASSPATH holds the compiled classes and test classes of core. Every template for which jinja2 and the
interpreter give different texts, or the interpreter gives a text and jinja2 an error, is printed; there
should be none. Refusals (jinja2 gives a text, the interpreter an error) are counted by their message.
"""
import collections
import json
import random
import re
import signal
import subprocess
import sys
import warnings

import cases
import oracle

warnings.simplefilter("ignore")
COUNT, SEED, CLASSPATH = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
R = random.Random(SEED)
CONTEXT = dict(cases.CONTEXT)
CONTEXT[oracle.DATE_KEY] = "2026-02-05T09:03:07"
JSON = json.dumps(CONTEXT)

TEXTS = ["a", "b", "", " ", "A b", "x,y,z", "\\n", " a \\n", "%s", "1", "-2", "2.5", "{}", "é", "aXbX", "😀", "role", "<b>", "{0}", "abcabc", "name", "\\t"]
NAMES = ["name", "empty", "html", "uni", "spaces", "lines", "n", "neg", "zero", "pi", "yes", "no", "nothing", "list", "words",
         "mixed", "people", "map", "nested", "messages", "missing", "x", "y", "ns", "loop", "big"]
ATTRIBUTES = ["name", "age", "tags", "boss", "role", "content", "b", "c", "d", "items", "keys", "get", "x", "n", "index", "index0", "first",
              "last", "length", "previtem", "nextitem", "revindex", "upper", "strip", "nope"]
FILTERS = ["trim", "upper", "lower", "title", "capitalize", "length", "count", "first", "last", "list", "string", "int", "float", "abs",
           "round", "sum", "min", "max", "sort", "unique", "reverse", "tojson", "items", "dictsort", "default", "d", "join", "safe", "e", "indent"]
CALLED = ["replace({t}, {t})", "join({e})", "default({e})", "default({e}, true)", "d({e}, {b})", "map('upper')", "map('string')", "map('length')",
          "map(attribute={k})", "map(attribute={k}, default={e})", "select", "select('odd')", "select('string')", "select('defined')", "select('gt', {i})", "select('in', {e})", "reject('none')",
          "reject", "selectattr({k})", "selectattr({k}, 'equalto', {e})", "rejectattr({k}, 'defined')", "selectattr({k}, 'defined')", "tojson(indent={i})", "tojson(separators=(',', ':'))",
          "tojson(sort_keys=true)", "int({i})", "round({i})", "round(1, 'floor')", "sort(reverse=true)", "sort(attribute={k})", "sort(case_sensitive=true)", "unique(attribute={k})",
          "batch({i})", "batch({i}, {e})", "slice({i})", "indent({i})", "indent({i}, true)", "indent({t}, {b}, {b})", "trim({t})", "format({e})", "format({e}, {e})", "center({i})", "attr({k})",
          "sum(start={e})", "sum(attribute={k})", "max(attribute={k})", "dictsort(by='value')", "dictsort(reverse=true)", "replace({e}, {e})", "replace({t}, {t}, {i})", "join({t}, attribute={k})"]
TESTS = ["defined", "undefined", "none", "string", "number", "integer", "float", "boolean", "true", "false", "mapping", "iterable", "sequence", "odd", "even",
         "callable", "lower", "upper", "escaped", "divisibleby {i}", "eq {a}", "equalto({e})", "ne {a}", "gt {a}", "lt({e})", "ge {i}", "in {a}", "in({e})", "sameas {a}", "not none", "not defined", "not string"]
METHODS = ["strip()", "strip({t})", "lstrip()", "rstrip({t})", "split()", "split({t})", "split({t}, {i})", "rsplit({t}, {i})", "rsplit(none, {i})", "splitlines()", "startswith({t})", "endswith({t})",
           "replace({t}, {t})", "replace({t}, {t}, {i})", "upper()", "lower()", "title()", "capitalize()", "find({t})", "rfind({t})", "count({t})", "join({e})", "format({e})", "format({e}, {e})",
           "removeprefix({t})", "removesuffix({t})", "items()", "keys()", "values()", "get({t})", "get({e}, {e})", "partition({t})", "rpartition({t})", "zfill({i})", "center({i})", "ljust({i}, {t})", "isdigit()",
           "isspace()", "index({e})", "append({e})", "copy()", "islower()", "isupper()", "swapcase()"]
BINARY = ["+", "+", "-", "*", "/", "//", "%", "~", "~", "==", "!=", "<", ">", "<=", ">=", "in", "not in", "and", "or", "and", "or"]


def text():
    return R.choice(["'%s'", '"%s"']) % R.choice(TEXTS)


def fill(pattern, depth):
    pattern = re.sub(r"\{t\}", lambda m: text(), pattern)
    pattern = re.sub(r"\{k\}", lambda m: "'%s'" % R.choice(["name", "age", "tags", "boss", "boss.name", "role", "content", "tags.0", "nope"]), pattern)
    pattern = re.sub(r"\{i\}", lambda m: str(R.choice([0, 1, 2, 3, 5, -1, -2])), pattern)
    pattern = re.sub(r"\{b\}", lambda m: R.choice(["true", "false"]), pattern)
    pattern = re.sub(r"\{a\}", lambda m: atom(), pattern)
    return re.sub(r"\{e\}", lambda m: expression(depth - 1), pattern)


def atom():
    kind = R.random()
    if kind < 0.45:
        return R.choice(NAMES)
    if kind < 0.7:
        return text()
    if kind < 0.9:
        return R.choice(["0", "1", "2", "3", "7", "10", "1.5", "0.25", "2.0", "1e3", "100"])
    return R.choice(["true", "false", "none", "[]", "{}", "()", "''"])


def expression(depth):
    if depth <= 0:
        return atom()
    kind = R.randrange(22)
    e = lambda: expression(depth - 1)
    if kind < 3:
        return atom()
    if kind < 6:
        return "%s %s %s" % (e(), R.choice(BINARY), e())
    if kind == 6:
        return "(%s %s %s)" % (e(), R.choice(BINARY), e())
    if kind < 10:
        return "%s | %s" % (e(), R.choice(FILTERS) if R.random() < 0.5 else fill(R.choice(CALLED), depth))
    if kind == 10:
        return "(%s) | %s" % (e(), R.choice(FILTERS) if R.random() < 0.5 else fill(R.choice(CALLED), depth))
    if kind == 11:
        return "%s is %s" % (e(), fill(R.choice(TESTS), depth))
    if kind == 12:
        return "%s.%s" % (atom(), R.choice(ATTRIBUTES))
    if kind == 13:
        return "%s[%s]" % (R.choice(NAMES), e())
    if kind == 14:
        ends = ["", "1", "-1", "2", "0", "-3", "none", "n"]
        return "%s[%s:%s%s]" % (R.choice(NAMES + ["'abcdef'", "(1, 2, 3, 4)"]), R.choice(ends), R.choice(ends), R.choice(["", "", ":", ":-1", ":2", ":-2", ":1"]))
    if kind == 15:
        return "%s.%s" % (R.choice([text(), "name", "spaces", "lines", "map", "list", "(%s)" % e(), "messages[2].content"]), fill(R.choice(METHODS), depth))
    if kind == 16:
        return "[%s]" % ", ".join(e() for _ in range(R.randrange(4)))
    if kind == 17:
        return "{%s}" % ", ".join("%s: %s" % (atom(), e()) for _ in range(R.randrange(3)))
    if kind == 18:
        return R.choice(["(%s, %s)", "%s if %s", "(%s if %s else 1)", "namespace(a=%s, b=%s)", "dict(a=%s, b=%s)", "(%s) ~ (%s)"]) % (e(), e())
    if kind == 19:
        return R.choice(["not %s", "-%s", "+%s", "(%s)", "2 ** 5 * %s", "range(%s)", "range(%s) | list", "f(%s)", "loop.cycle(%s, 2)", "(%s,)"]) % e()
    if kind == 20:
        return "%s if %s else %s" % (e(), e(), e())
    return "%s(%s)" % (R.choice(["f", "f", "m", "name", "map.get", "list.index"]), ", ".join(e() for _ in range(R.randrange(3))))


def gap():
    return R.choice(["", "", "", " ", "\n", "\n  ", "t", " \n", "\n\n", "x\n", "  "])


def tag(inner):
    return "{%" + R.choice(["", "", "-", "+"]) + " " + inner + " " + R.choice(["", "", "-", "+"]) + "%}"


def statement(depth):
    kind = R.randrange(17) if depth > 0 else R.randrange(5)
    e = lambda: expression(R.randrange(1, 4))
    b = lambda: body(depth - 1)
    if kind < 4:
        return "{{%s %s %s}}" % (R.choice(["", "", "-"]), e(), R.choice(["", "", "-"]))
    if kind == 4:
        return tag("set %s = %s" % (R.choice(["x", "y", "x, y", "ns.a", "name"]), e()))
    if kind in (5, 6):
        return tag("if " + e()) + b() + (tag("elif " + e()) + b() if R.random() < 0.3 else "") + (tag("else") + b() if R.random() < 0.5 else "") + tag("endif")
    if kind in (7, 8, 9):
        target = R.choice(["x", "y", "x, y", "k, v"])
        items = R.choice(["list", "words", "people", "map.items()", "messages", "range(4)", "name", "mixed", "map | items", "[[1, 2], [3, 4]]", e(), e()])
        return tag("for %s in %s%s" % (target, items, " if " + e() if R.random() < 0.2 else "")) + b() + (tag("else") + b() if R.random() < 0.2 else "") + tag("endfor")
    if kind == 10:
        return tag("if " + e()) + tag(R.choice(["break", "continue"])) + tag("endif")
    if kind == 11:
        return tag("set x" + R.choice(["", " | upper", " | trim", " | replace('a', 'b')"])) + b() + tag("endset")
    if kind == 12:
        return tag("filter " + R.choice(["upper", "trim", "indent", "replace('a', 'b') | title"])) + b() + tag("endfilter")
    if kind == 13:
        return tag("with %s = %s" % (R.choice("xy"), e())) + b() + tag("endwith")
    if kind == 14:
        return tag("macro %s(%s)" % (R.choice("fm"), R.choice(["", "x", "x, y=1", "x=y, y=2", "x='a', z=x"]))) + b() + R.choice(["", "{{ caller() if caller else '' }}", "{{ varargs }}"]) + tag("endmacro")
    if kind == 15:
        return tag(R.choice(["call f()", "call(x) f(1)", "call m(1)"])) + b() + tag("endcall")
    return R.choice([tag("generation") + b() + tag("endgeneration"), "{# c #}", "{#- c -#}", tag("raw") + " {{ x }}\n" + tag("endraw")])


def body(depth):
    return "".join(gap() + statement(depth) for _ in range(R.randrange(1, 4))) + gap()


def template():
    if R.random() < 0.6:
        return " ".join("{{ %s }}" % expression(R.randrange(1, 5)) for _ in range(R.randrange(1, 3)))
    start = "{% set ns = namespace(a=1) %}" if R.random() < 0.5 else ""
    macro = "{% macro f(a, b=2) %}<{{ a }}{{ b }}{{ caller(1) if caller else '' }}>{% endmacro %}" if R.random() < 0.5 else ""
    return start + macro + body(R.randrange(1, 4))


def run(batch):
    lines = "\n".join('{"template":%s,"context":%s}' % (json.dumps(t), JSON) for t in batch)
    java = subprocess.run(["java", "-XX:+UseSerialGC", "-Xmx1g", "-cp", CLASSPATH, "assay.core.text.template.RenderLines"],
                          input=lines, capture_output=True, text=True, encoding="utf-8")
    if java.stderr:
        print(java.stderr[:2000])
    return [json.loads(line) for line in java.stdout.split("\n") if line]


def too_long(*unused):
    raise TimeoutError("too long")


def main():
    signal.signal(signal.SIGALRM, too_long)
    kinds, refusals, bad, done = collections.Counter(), collections.Counter(), 0, 0
    while done < COUNT:
        batch = [template() for _ in range(min(5000, COUNT - done))]
        answers = run(batch)
        assert len(answers) == len(batch), (len(answers), len(batch))
        for t, got in zip(batch, answers):
            signal.alarm(5)
            expected = oracle.expect(t, JSON)
            signal.alarm(0)
            kind = next(iter(expected))
            kinds[kind] += 1
            if got == expected or (kind == "fails" and "fails" in got):
                continue
            if kind == "text" and "fails" in got:
                refusals[re.sub(r"'[^']*'|\(.*\)", "..", got["fails"])] += 1
                if "-v" in sys.argv:
                    print("REFUSED", got["fails"], repr(t), repr(expected["text"][:80]))
                continue
            bad += 1
            print("DIFFERENT", repr(t), "\n   jinja2:", expected, "\n   here:  ", got)
        done += len(batch)
    print("templates", done, dict(kinds), "different", bad)
    for message, count in refusals.most_common():
        print("%6d refused: %s" % (count, message))


main()
