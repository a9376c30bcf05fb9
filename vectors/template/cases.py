"""Small cases: one template a line, rendered with CONTEXT unless a case brings its own."""

CONTEXT = {
    "name": "Ada",
    "empty": "",
    "html": "<b>\"x\" & 'y'</b>",
    "uni": "Gr\u00fc\u00dfe \u20ac \u6f22\u5b57 \U0001f600 e\u0301",
    "spaces": "  two  words \t\n",
    "lines": "one\ntwo\n\n  three\r\nfour",
    "n": 7,
    "neg": -3,
    "zero": 0,
    "pi": 3.25,
    "big": 123456789012345678901234567890,
    "yes": True,
    "no": False,
    "nothing": None,
    "list": [3, 1, 2],
    "words": ["beta", "Alpha", "gamma", "alpha"],
    "mixed": [1, "a", None, True, 2.5, [1, 2], {"k": "v"}],
    "people": [
        {"name": "Bob", "age": 30, "tags": ["x", "y"], "boss": {"name": "Eve"}},
        {"name": "alice", "age": 25, "tags": [], "boss": None},
        {"name": "Carol", "age": 30, "tags": ["z"]},
    ],
    "map": {"b": 1, "A": 2, "c": {"d": [1, {"e": "f"}]}, "items": "shadowed"},
    "nested": {"items": [1, 2], "keys": "k", "get": "g", "x y": 1},
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi <|im_end|>"},
        {"role": "assistant", "content": "<think>\nhm\n</think>\n\nHello"},
        {"role": "user", "content": "Bye"},
    ],
}

CASES = {}


def add(area, text):
    CASES.setdefault(area, []).extend(line for line in text.strip("\n").split("\n") if line)


def add_raw(area, *templates):
    CASES.setdefault(area, []).extend(templates)


add("literals", r'''
{{ 1 }} {{ 1.5 }} {{ 'a' }} {{ "b" }} {{ true }} {{ True }} {{ none }} {{ None }} {{ false }}
{{ 'it''s' 'joined' "too" }}
{{ 'tab\tnl\nq\'q\"b\\ \x41 \u00e9 \U0001F600 \101 \d \
x' }}
{{ '\é \ü' }}
{{ "é漢😀" }}
{{ 0x1F }} {{ 0b101 }} {{ 0o17 }} {{ 1_000 }} {{ 1e3 }} {{ 1E-5 }} {{ 2.5e10 }} {{ 00 }}
{{ 1.0 }} {{ 100000000000000000000.0 }} {{ 1e16 }} {{ 123456789012345680.0 }} {{ 0.0001 }} {{ 0.00001 }} {{ 5e-324 }} {{ 1.7976931348623157e308 }} {{ 1e400 }}
{{ 0.1 + 0.2 }} {{ 1/3 }} {{ 2/3 }} {{ 1e22 }} {{ 1e23 }} {{ 9007199254740993.0 }}
{{ [] }} {{ [1, 'a', 2.0, none, true] }} {{ () }} {{ (1,) }} {{ (1, 2) }} {{ {} }} {{ {'a': 1, 'b': [2]} }} {{ [1, 2,] }} {{ {'a': 1,} }}
{{ {1: 'a', true: 'b', 1.0: 'c', none: 'd', (1, 2): 'e'} }}
{{ 1, 2 }} {{ (1) }} {{ 'a', }}
{{ 9223372036854775807 }} {{ -9223372036854775807 }}
{{ '' }}|{{ "" }}
{{ 'a' 1 }}
{{ 1abc }}
{{ 1. }}
{{ .5 }}
{{ '\u12' }}
{{ 'open }}
{{ '\ud83d\ude00' }}
{{ '\N{BULLET}' }}
{{ 0x }}
{{ 1__0 }}
''')

add("operators", r'''
{{ 1 + 2 * 3 - 4 }} {{ (1 + 2) * 3 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ 2 ** 10 }} {{ 2 ** 3 ** 2 }} {{ -2 ** 2 }}
{{ 7 / 2 }} {{ 8 / 2 }} {{ -7 / 2 }} {{ 7.5 // 2 }} {{ -7.5 // 2 }} {{ 7.5 % 2 }} {{ -7.5 % 2 }} {{ 7.5 % -2 }} {{ 1e300 * 1e10 }}
{{ 1 - -1 }} {{ - 5 }} {{ +5 }} {{ --5 }} {{ -true }} {{ true + true }} {{ -1.5 }} {{ -0.0 }} {{ 0.0 // -1.0 }}
{{ 'a' + 'b' }} {{ 'a' * 3 }} {{ 3 * 'ab' }} {{ 'a' * 0 }} {{ 'a' * -1 }} {{ [1] + [2] }} {{ [1] * 2 }} {{ (1,) + (2,) }} {{ 'a' * true }}
{{ 'a' ~ 1 ~ none ~ true ~ 1.5 ~ [1] ~ undefinedthing ~ 'z' }} {{ 1 ~ 2 + 3 }} {{ 1 + 2 ~ 3 }}
{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 3 > 2 >= 2 }} {{ 1 == 1.0 }} {{ 1 == true }} {{ 'a' == 'a' }} {{ 'a' != 'b' }} {{ 1 == '1' }} {{ none == none }}
{{ 'a' < 'b' }} {{ 'B' < 'a' }} {{ [1, 2] < [1, 3] }} {{ (1, 2) < (1, 2, 0) }} {{ [1] == [1.0] }} {{ [1] == (1,) }} {{ {'a': 1, 'b': 2} == {'b': 2, 'a': 1} }}
{{ '😀' > '￿' }} {{ 'é' < 'z' }}
{{ 1 in [1, 2] }} {{ 3 not in [1, 2] }} {{ 'a' in 'cat' }} {{ '' in '' }} {{ 'b' in map }} {{ 'z' in map }} {{ 2 in range(5) }} {{ 7 in range(0, 10, 2) }} {{ none in [none] }} {{ 'x' in undefinedthing }}
{{ not true }} {{ not '' }} {{ not [] }} {{ not not 1 }} {{ not 1 == 2 }}
{{ 1 and 2 }} {{ 0 and 2 }} {{ 1 or 2 }} {{ 0 or '' }} {{ '' or 'x' }} {{ none or [] }} {{ 1 and 0 or 3 }} {{ 0 or 1 and 2 }}
{{ 'a' if true }}|{{ 'a' if false }}|{{ 'a' if false else 'b' }}|{{ 'a' if 0 else 'b' if 0 else 'c' }}|{{ ('a' if no) is defined }}
{{ 1 if 1 else 2 if 0 }} {{ 'x' ~ ('y' if yes) }}
{{ 'x' + 1 }}
{{ 1 + 'x' }}
{{ [] + 'x' }}
{{ none + 1 }}
{{ 1 / 0 }}
{{ 1 // 0 }}
{{ 1 % 0 }}
{{ 1.0 / 0 }}
{{ 1 < 'a' }}
{{ none < 1 }}
{{ {} < {} }}
{{ 1 in 2 }}
{{ 1 in 'a' }}
{{ -'a' }}
{{ undefinedthing + 'x' }}
{{ 'x' + undefinedthing }}
{{ undefinedthing < 1 }}
{{ -undefinedthing }}
{{ 1 - 'a' }}
{{ 'a' - 'b' }}
{{ [1] in {} }}
{{ n + 1 }} {{ n * pi }} {{ pi - 1 }} {{ n // pi }} {{ n % pi }} {{ big }} {{ zero }} {{ neg }}
{{ 2 ** 62 }} {{ (-2) ** 63 }} {{ 1 ** 1000000000 }} {{ 0 ** 0 }} {{ (-1) ** 7 }}
{{ 10 ** 18 // 7 }} {{ 4611686018427387904 * 1 }}
{{ true == 1 }} {{ true is true }} {{ 1 is true }} {{ false == 0 }} {{ '' == none }} {{ [] == none }}
{{ undefinedthing == undefinedtoo }} {{ undefinedthing == none }} {{ undefinedthing != 1 }} {{ undefinedthing == '' }}
{{ 5 > 4 == true }} {{ 1 != 2 != 1 }}
{{ 1 | abs + 1 }} {{ -1 | abs }} {{ (-1) | abs }} {{ 'a' ~ 'b' | upper }} {{ ('a' ~ 'b') | upper }}
''')

add("names", r'''
{{ name }} {{ missing }}|{{ missing is defined }} {{ name is defined }} {{ nothing }} {{ yes }}
{{ missing.attribute }}
{{ missing['x'] }}
{{ missing() }}
{{ name.missing }}|{{ name['missing'] }}|{{ map.missing is defined }}|{{ list[10] }}|{{ list[10] is defined }}
{{ map.missing.deeper }}
{{ map['b'] }} {{ map.b }} {{ map.c.d[1].e }} {{ map['c']['d'][0] }}
{{ map.items }}
{{ map.items() | list }} {{ map['items'] }} {{ nested.keys() | list }} {{ nested['keys'] }} {{ nested['x y'] }}
{{ nested.get('items') }} {{ nested.get('zzz') }} {{ nested.get('zzz', 5) }} {{ nested['get'] }}
{{ list[0] }} {{ list[-1] }} {{ list.0 }} {{ name[0] }} {{ name[-1] }} {{ name[5] }}| {{ list['0'] }}| {{ list[true] }}
{{ list[1.0] }}|{{ map[1] }}|{{ map[none] }}|{{ 5[0] }}|{{ none.x }}|{{ none[0] }}|{{ yes.x }}
{{ messages[0]['role'] }} {{ messages[0].role }} {{ messages[-1].content }} {{ messages.0.role }}
{{ people[0].boss.name }} {{ people[1].boss.name }}
{{ people[2].boss.name }}
{{ name() }}
{{ 1() }}
{{ list.append(4) }}
{{ list.append is defined }} {{ map.update is defined }} {{ map.pop }}|
{{ map.update({}) }}
{{ uni[0] }} {{ uni[6] }} {{ uni[8] }} {{ uni[11] }} {{ uni | length }}
{{ range(3) }} {{ range(1, 7, 2) | list }} {{ range(5, 0, -2) | list }} {{ range(0) | list }} {{ range(3)[1] }} {{ range(10)[2:8:3] | list }}
{{ range(100001) }}
{{ range() }}
{{ range(1, 2, 0) }}
{{ range('a') }}
{{ range(1.5) }}
{{ dict(a=1, b='x') }} {{ dict({'a': 1}, a=2) }} {{ dict() }}
{{ namespace(a=1).a }} {{ namespace() }} {{ namespace({'x': 1}).x }} {{ namespace(a=1).b is defined }} {{ namespace(a=1)['a'] }}
{{ raise_exception('stop here') }}
{{ raise_exception('role ' ~ name ~ ' not allowed') }}
{{ raise_exception(5) }}
{{ raise_exception() }}
{{ True.x is defined }} {{ (1).real is defined or true }}
{{ map.copy() == map }} {{ map.values() | list | length }} {{ map.keys() }} {{ {'a': 1}.values() }} {{ {'a': 1}.items() }}
{{ 'abc'.upper() }} {{ 'abc'['upper']() }} {{ ('abc').upper is defined }} {{ 'abc'.nope is defined }}
{{ loop }}|{{ loop is defined }}
{{ caller }}|{{ varargs }}|{{ kwargs }}
{{ and }}|{{ or is defined }}
''')

add("slices", r'''
{{ list[1:] }} {{ list[:1] }} {{ list[:] }} {{ list[::-1] }} {{ list[-2:] }} {{ list[5:] }} {{ list[1:2] }} {{ list[::2] }} {{ list[-100:100] }} {{ list[2:0:-1] }}
{{ name[1:] }} {{ name[::-1] }} {{ name[:-1] }} {{ name[1:1] }}| {{ uni[::-1] }} {{ uni[6:9] }} {{ uni[::3] }} {{ uni[-2:] }} {{ uni[10:13] }}
{{ (1, 2, 3)[1:] }} {{ (1, 2, 3)[:1] }} {{ messages[1:] | length }} {{ messages[::-1] | map(attribute='role') | join(',') }}
{{ list[none:none] }} {{ list[true:] }} {{ list[zero:n] }} {{ name[neg:] }}
{{ list[::0] }}
{{ list['a':] }}
{{ list[1.5:] }}
{{ map[1:] }}
{{ missing[1:] }}
{{ 5[1:] }}
{{ none[1:] }}
{{ list[1:2, 3] }}
{{ list[1, 2] }}|
{{ list[:][::-1][1:] }} {{ 'abcdef'[4:1:-1] }} {{ 'abcdef'[:-7:-2] }} {{ 'abcdef'[-1:-4:-1] }} {{ list[9223372036854775807:] }}
''')

add("statements", r'''
{% if yes %}a{% endif %}{% if no %}b{% else %}c{% endif %}{% if no %}d{% elif n == 7 %}e{% elif yes %}f{% else %}g{% endif %}
{% if missing %}a{% else %}b{% endif %}{% if list %}c{% endif %}{% if '' %}d{% endif %}{% if 0.0 %}e{% endif %}{% if {} %}f{% endif %}
{% for x in list %}{{ x }},{% endfor %} {% for x in [] %}a{% else %}none{% endfor %} {% for c in name %}{{ c }}.{% endfor %} {% for k in map %}{{ k }} {% endfor %}
{% for x in missing %}a{% else %}b{% endfor %}
{% for x in none %}a{% endfor %}
{% for x in 5 %}a{% endfor %}
{% for x in list %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }};{% endfor %}
{% for x in list %}{{ loop.previtem }}<{{ x }}>{{ loop.nextitem }};{% endfor %}
{% for x in list %}{{ loop.cycle('a', 'b') }}{{ loop.changed(x > 1) }}{{ loop.depth }}{{ loop.depth0 }}{{ loop.nope is defined }};{% endfor %}
{% for k, v in map.items() %}{{ k }}={{ v }};{% endfor %} {% for k, v in map | items %}{{ k }}{% endfor %} {% for a, b in [[1, 2], (3, 4), 'xy'] %}{{ a }}-{{ b }} {% endfor %}
{% for a, (b, c) in [[1, [2, 3]]] %}{{ a }}{{ b }}{{ c }}{% endfor %}
{% for a, in [[1]] %}{{ a }}{% endfor %}
{% for x in list, %}{{ x }}{% endfor %}
{% for x in 1, 2 %}{{ x }}{% endfor %}
{% for a, b in [[1]] %}{% endfor %}
{% for a, b in [[1, 2, 3]] %}{% endfor %}
{% for a, b in [1] %}{% endfor %}
{% for x in list if x > 1 %}{{ x }}{{ loop.index }}{{ loop.length }}{{ loop.last }};{% endfor %} {% for x in list if x > 5 %}{{ x }}{% else %}none{% endfor %}
{% for x in range(10) %}{% if x == 2 %}{% continue %}{% endif %}{% if x == 5 %}{% break %}{% endif %}{{ x }}{% endfor %}
{% for x in [1] %}{% continue %}{% else %}else{% endfor %} {% for x in [1, 2] %}{% break %}{% else %}else{% endfor %} {% for x in [1, 2] %}{{ x }}{% if x == 2 %}{% break %}{% endif %}{% else %}else{% endfor %}
{% for x in [1, 2] %}{% for y in [] %}{% else %}{% break %}{% endfor %}{{ x }}{% endfor %}|{% for x in [1, 2] %}{% for y in [1, 2] %}{{ x }}{{ y }}{{ loop.index }}{% endfor %}{{ loop.index }};{% endfor %}
{% set x = 1 %}{% for i in [1, 2] %}{{ x }}{% set x = 2 %}{{ x }}{% endfor %}{{ x }}
{% for i in [1, 2] %}{% if i == 1 %}{% set y = 5 %}{% endif %}{{ y }},{% endfor %}{{ y }}
{% if yes %}{% set z = 1 %}{% endif %}{{ z }} {% if no %}{% set name = 1 %}{% endif %}{{ name }}
{% set a, b = 1, 2 %}{{ a }}{{ b }} {% set a = b, a %}{{ a }} {% set (c, d), e = [[1, 2], 3] %}{{ c }}{{ d }}{{ e }}
{% set x %}block {{ name }}{% endset %}[{{ x }}] {% set x | upper %}block {{ name }}{% endset %}[{{ x }}] {% set x | replace('a', 'b') | trim %} a {% endset %}[{{ x }}]
{% set ns = namespace(found=false, n=0) %}{% for x in list %}{% set ns.n = ns.n + x %}{% set ns.found = true %}{% endfor %}{{ ns.n }} {{ ns.found }} {{ ns }}
{% set ns = namespace() %}{% set ns.a, ns.b = 1, 2 %}{{ ns.a + ns.b }} {% set ns.c %}x{% endset %}{{ ns.c }}
{% set ns = {} %}{% set ns.a = 1 %}
{% set missing.a = 1 %}
{% set ns = namespace(a=1) %}{% for i in [1] %}{% set ns = 3 %}{% endfor %}{{ ns.a }}
{% for x in x %}{{ x }}{% endfor %}|{% for list in list %}{{ list }}{% endfor %}{{ list }}
{% for x in list if loop is defined %}{{ x }}{% endfor %}|{% for y in [1] %}{% for x in list if loop.index == 1 %}{{ x }}{% endfor %}{% endfor %}
{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}{{ a }} {% with %}{% set q = 1 %}{{ q }}{% endwith %}{{ q }} {% with a = 1 %}{% with a = 2, b = a %}{{ a }}{{ b }}{% endwith %}{% endwith %}
{% filter upper %}abc {{ name }}{% set w = 1 %}{{ w }}{% endfilter %}{{ w }} {% filter replace('a', 'b') | upper %}aaa{% endfilter %}
{% generation %}said {{ name }}{% set g = 1 %}{% endgeneration %}|{{ g }}
{% for m in messages %}{% generation %}{{ m.role }}{{ loop.index }}{% endgeneration %};{% endfor %}
{% print 1 %} {% print 'a', name %}
{% raw %}{{ not }} {% if %}{% endraw %} {%- raw -%}  x  {%- endraw -%}  y
{% if yes: %}colon{% endif %} {% for x in list: %}{{ x }}{% endfor %}
{% set x = 'a' if no else 'b' %}{{ x }} {% set y = 1 if no %}{{ y }}|{{ y is defined }}
{% set x = [1, 2] %}{% set x = x + [3] %}{{ x }} {% set d = dict(x=1) %}{{ d.x }}
{% for x in list recursive %}{{ x }}{% endfor %}
{% for i in range(3) %}{% set x %}{{ i }}{% if i == 1 %}{% break %}{% endif %}{% endset %}{{ x }}{% endfor %}
{% for i in range(3) %}{% filter upper %}a{{ i }}{% if i == 1 %}{% continue %}{% endif %}{% endfilter %}{% endfor %}
{% for i in [1, 2, 3] %}{{ loop.index }}{% set i = 10 %}{{ i }}{% endfor %}
{% if not messages %}a{% elif messages[0].role == 'system' and messages | length > 1 %}b{% endif %}
{% for i in [0, 1] %}{{ i }}{% else %}{{ loop is defined }}{% endfor %}
{% set loop = 5 %}{{ loop }} {% for i in [1] %}{{ loop.index }}{% endfor %} {{ loop }}
''')

add("syntax errors", r'''
{% if %}a{% endif %}
{% if yes %}
{% endif %}
{% for x in list %}
{% for in list %}{% endfor %}
{% for x list %}{% endfor %}
{% for 1 in list %}{% endfor %}
{% for loop in list %}{% endfor %}
{% for x in list %}{% set loop = 1 %}{% endfor %}
{% set 1 = 2 %}
{% set x.y.z = 2 %}
{% set true = 1 %}
{% set x[0] = 1 %}
{% set %}
{% foo %}
{% %}
{{ }}
{{ 1 + }}
{{ (1 }}
{{ 1) }}
{{ [1, 2 }}
{{ [1 2] }}
{{ {'a' 1} }}
{{ a b }}
{{ a. }}
{{ a[ }}
{{ a[] }}
{{ x | }}
{{ x | nosuchfilter }}
{{ x is nosuchtest }}
{{ x is }}
{{ f(a=1, 2) }}
{{ f(*a, *b) }}
{{ f(**a, b) }}
{{ f(a=1, a=2) }}
{{ f(, ) }}
{% break %}
{% continue %}
{% for x in list %}{% macro m() %}{% break %}{% endmacro %}{% endfor %}
{% for x in list %}{% else %}{% break %}{% endfor %}
{% for x in list %}{% call name() %}{% break %}{% endcall %}{% endfor %}
{# open
{{ 'a' $ }}
{% raw %} open
{% endfor %}
{% if yes %}{% endfor %}{% endif %}
{% macro %}{% endmacro %}
{% macro m(a=1, b) %}{% endmacro %}
{% macro m(1) %}{% endmacro %}
{% call 5 %}{% endcall %}
{% call m %}{% endcall %}
{{ x is defined is none }}
{{ a ; b }}
{{ a = b }}
{{ a ! b }}
{{ not }}
{% do x %}
{% else %}
{% endset %}
}} %} #} { }
{{ '}}' }} {{ "%}" }} {# {{ #}
{{ 1 if }}
{% if yes %}{% if no %}{{ x | nosuchfilter }}{% endif %}{% endif %}fine
{% if no %}{{ x is nosuchtest }}{% endif %}fine {{ x | nosuchfilter if no }}
{% if yes %}{{ x | nosuchfilter }}{% endif %}
{% if no %}{% for i in list %}{{ i | nosuchfilter }}{% endfor %}{% endif %}
{{ 'a' | upper lower }}
{{ x is defined y z }}
''')

add("macros", r'''
{% macro m() %}hi{% endmacro %}{{ m() }}{{ m() }}
{% macro m(a, b=2, c=a) %}{{ a }}-{{ b }}-{{ c }}{% endmacro %}{{ m(1) }} {{ m(1, 3) }} {{ m(1, c=9) }} {{ m(b=5, a=4) }} {{ m() }} {{ m(*[7, 8]) }} {{ m(**{'a': 6}) }}
{% macro m(a=b, b=1) %}[{{ a }}{{ b }}]{% endmacro %}{{ m() }}{{ m(b=2) }}
{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, x=3) }}
{% macro m(a) %}{{ a }}{{ varargs | length }}{% endmacro %}{{ m(1, 2, 3) }}
{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}
{% macro m(a) %}{% endmacro %}{{ m(b=2) }}
{% macro m(a) %}{% endmacro %}{{ m(1, a=2) }}
{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}body {{ name }}{% endcall %}
{% macro m(x) %}{% for i in x %}{{ caller(i, loop.index) }};{% endfor %}{% endmacro %}{% call(a, b) m(list) %}{{ a }}/{{ b }}{% endcall %}
{% macro m() %}x{% endmacro %}{% call m() %}y{% endcall %}
{% macro m() %}{{ caller }}|{{ caller is defined }}{% endmacro %}{{ m() }}
{% macro f(n) %}{{ n }}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(5) }}
{% macro outer() %}{% macro inner() %}in{% endmacro %}{{ inner() }}{% endmacro %}{{ outer() }}{{ inner }}
{% set v = 1 %}{% macro m() %}{{ v }}{{ later }}{% endmacro %}{{ m() }}{% set v = 2 %}{% set later = 3 %}{{ m() }}
{% macro m() %}{% set v = 5 %}{{ v }}{% endmacro %}{% set v = 1 %}{{ m() }}{{ v }}
{% for i in [1] %}{{ m() }}{% endfor %}{% macro m() %}late{% endmacro %}
{% macro m(s) %}{{ s | upper }}{% endmacro %}{{ m('a') ~ m('b') }} {{ m('x') | length }} {{ m('y') + '!' }}
{% macro m() %}   {% endmacro %}[{{ m() }}]{% if m() %}t{% endif %}
{% macro m(ns) %}{% set ns.n = ns.n + 1 %}{% endmacro %}{% set ns = namespace(n=0) %}{{ m(ns) }}{{ m(ns) }}{{ ns.n }}
{% macro _private() %}p{% endmacro %}{{ _private() }}
{{ m() }}{% macro m() %}{% endmacro %}
{% macro m(a, b) %}{{ b.c }}{% endmacro %}{{ m(1) }}
{% if yes %}{% macro m() %}conditional{% endmacro %}{% endif %}{{ m() }}
{% macro r(t) %}{% if t is mapping %}{% for k, v in t.items() %}{{ k }}:{{ r(v) }} {% endfor %}{% elif t is iterable and t is not string %}[{% for v in t %}{{ r(v) }}{% if not loop.last %},{% endif %}{% endfor %}]{% else %}{{ t }}{% endif %}{% endmacro %}{{ r(map) }}
''')

add("tests", r'''
{{ 3 is odd }} {{ 4 is odd }} {{ 4 is even }} {{ 9 is divisibleby 3 }} {{ 9 is divisibleby(4) }} {{ -3 is odd }} {{ true is odd }} {{ 3.0 is odd }}
{{ name is string }} {{ n is number }} {{ pi is number }} {{ yes is number }} {{ n is integer }} {{ yes is integer }} {{ pi is float }} {{ n is float }} {{ big is integer }} {{ yes is boolean }} {{ n is boolean }}
{{ map is mapping }} {{ list is mapping }} {{ list is sequence }} {{ name is sequence }} {{ map is sequence }} {{ n is sequence }} {{ range(3) is sequence }} {{ missing is sequence }} {{ none is sequence }} {{ map.items() is sequence }}
{{ list is iterable }} {{ name is iterable }} {{ n is iterable }} {{ none is iterable }} {{ missing is iterable }} {{ (list | map('string')) is iterable }} {{ map.keys() is iterable }} {{ yes is iterable }}
{{ nothing is none }} {{ missing is none }} {{ none is none }} {{ nothing is not none }} {{ yes is true }} {{ n is true }} {{ no is false }} {{ zero is false }}
{{ missing is defined }} {{ missing is undefined }} {{ missing is not defined }} {{ map.b is defined and map.z is not defined }}
{{ 1 is eq 1 }} {{ 1 is equalto(1.0) }} {{ 1 is ne 2 }} {{ 1 is lt 2 }} {{ 2 is gt 1 }} {{ 1 is le 1 }} {{ 1 is ge 2 }} {{ 1 is lessthan 2 }} {{ 1 is greaterthan 2 }} {{ 'a' is in 'abc' }} {{ 1 is in [2] }} {{ 1 is not in [2] }}
{{ name is callable }} {{ range is callable }} {{ missing is callable }} {{ name.upper is callable }}
{{ true is sameas true }} {{ 1 is sameas true }} {{ none is sameas none }} {{ name is sameas none }} {{ missing is sameas true }}
{{ 'abc' is lower }} {{ 'Abc' is lower }} {{ 'ABC' is upper }} {{ '123' is upper }} {{ '' is lower }} {{ 5 is lower }}
{{ 'upper' is filter }} {{ 'nosuch' is filter }} {{ 'defined' is test }} {{ 'nosuch' is test }}
{{ html is escaped }} {{ (html | e) is escaped }} {{ (html | safe) is escaped }}
{{ 'x' is defined and 'y' }} {{ not missing is defined }} {{ missing is defined or yes }} {{ 1 if missing is defined else 2 }}
{{ 5 is divisibleby 0 }}
{{ 'a' is odd }}
{{ 1 is eq }}
{{ 1 is eq(1, 2) }}
{{ 1 is defined(1) }}
{{ 'a' is lt 1 }}
{{ name is string is true }}
{{ name is string and list is not string }} {{ (name is string) is true }} {{ name is not string }}
{{ messages[0].content is string }} {{ messages[0].tool_calls is defined and messages[0].tool_calls }} {{ messages[0].get('x') is none }}
{{ list is eq [3, 1, 2] }} {{ map.c is eq {'d': [1, {'e': 'f'}]} }} {{ 1 is in (1, 2) }}
''')

add("text filters", r'''
[{{ spaces | trim }}] [{{ 'xxaxx' | trim('x') }}] [{{ 5 | trim }}] [{{ none | trim }}] [{{ missing | trim }}] [{{ 'aXbx' | trim('xa') }}] [{{ uni | trim('Gé\u0301') }}]
{{ name | upper }} {{ name | lower }} {{ 'hello wORLD foo-bar (baz) [x] {y <z' | title }} {{ 'hELLO wORLD' | capitalize }} {{ 5 | upper }} {{ none | lower }} {{ missing | upper }}|
{{ uni | upper }} {{ uni | lower }} {{ 'ÀÉÎ ßŒ ǆ ﬁ İ Ωñ' | lower }} {{ 'àéî ßœ ǆ ﬁ ı ωñ' | upper }} {{ 'ǆungla ßa éa' | title }} {{ 'ǆungla' | capitalize }} {{ 'éCOLE' | capitalize }}
{{ 'ΑΣ' | lower }}
{{ 'a,b,c' | replace(',', ';') }} {{ 'aaa' | replace('a', 'b', 2) }} {{ 'abc' | replace('', '-') }} {{ 123 | replace(2, 'x') }} {{ 'aaa' | replace('aa', 'b') }} {{ 'abc' | replace('b', '') }} {{ 'abc' | replace('x', 'y') }} {{ 'aaa' | replace('a', 'b', 0) }} {{ 'aaa' | replace('a', 'b', count=1) }} {{ 'a😀b' | replace('', '.') }}
{{ [1, 2, 3] | join(', ') }} {{ list | join }} {{ ['a', none, true, 1.5] | join('-') }} {{ people | join(', ', attribute='name') }} {{ 'abc' | join('.') }} {{ [] | join(',') }}| {{ map | join(',') }} {{ missing | join(',') }}|{{ [1, 2] | join(d='+') }} {{ [1, 2] | join(5) }}
{{ lines | indent }} | {{ lines | indent(2) }} | {{ lines | indent(2, true) }} | {{ lines | indent('> ', true, true) }} | {{ '' | indent }} | {{ 'a\nb' | indent(width=3, first=true) }} | {{ 'a\n' | indent }}|
{{ 5 | indent }}
{{ '%s and %s' | format('a', 1) }} {{ '%(x)s' | format(x=2) }} {{ '%d%%' | format(5) }} {{ '%5s|%-5s|%05d|%+d' | format('a', 'b', 3, 4) }} {{ '%.2f %f' | format(1.005, 2) }} {{ '%x %X %o' | format(255, 255, 8) }} {{ '%r' | format('a') }}
{{ '%s' % 'x' }} {{ '%s %s' % (1, 'b') }} {{ '%s' % [1, 2] }} {{ '%(a)s' % {'a': 'b'} }} {{ '%d' % 3.7 }} {{ '%s' % none }} {{ '%s' % missing }} {{ '%i' % true }} {{ '%.1f' % 2.25 }} {{ '%.3s|' % 'abcdef' }} {{ '%5.1f|' % 3.14159 }} {{ '% d' % 5 }} {{ '%s' % (('a', 1),) }}
{{ '%s %s' % 'a' }}
{{ '%s' % (1, 2) }}
{{ '%d' % 'a' }}
{{ 'x' % 1 }}
{{ '%' % () }}
{{ '%(a)s' % 5 }}
{{ '%z' % 5 }}
{{ html | e }} {{ html | escape }} {{ html | safe }} {{ (html | e) | e }} {{ ('<' | e) + '<' }} {{ '<' + ('>' | safe) }} {{ ('<' | safe) ~ '<' }} {{ ('<a>' | safe) | upper }} {{ ('<a>' | safe)[1:] + '<' }} {{ [('a' | safe)] }} {{ ('<' | safe) == '<' }} {{ (' <' | safe | trim) + '<' }} {{ none | e }} {{ ('a' | safe) * 2 }} {{ ('<' | safe) | replace('x', '<') + '<' }} {{ [('<' | safe), '<'] | join('<') }}
{{ 5 | string + 'x' }} {{ none | string }} {{ missing | string }}| {{ [1] | string }} {{ true | string | lower }}
{{ '42' | int }} {{ '42.9' | int }} {{ 'x' | int }} {{ 'x' | int(5) }} {{ 3.9 | int }} {{ -3.9 | int }} {{ true | int }} {{ none | int }} {{ ' 7 ' | int }} {{ '1_000' | int }} {{ '-5' | int }} {{ [] | int(9) }} {{ '1e3' | int }} {{ '' | int }} {{ '+3' | int }} {{ 'nan' | int }} {{ '.5' | int }} {{ '5.' | int }} {{ '1__0' | int }} {{ '_1' | int }}
{{ missing | int }}
{{ 'inf' | int }}
{{ '3.5' | float }} {{ '3' | float }} {{ 'x' | float }} {{ 'x' | float(1.5) }} {{ 5 | float }} {{ none | float }} {{ 'inf' | float }} {{ '-Infinity' | float }} {{ 'nan' | float }} {{ '1e-7' | float }} {{ ' 2.50 ' | float }} {{ '1_0.5' | float }}
{{ missing | float }}
{{ 5 | abs }} {{ -5 | abs }} {{ (-5) | abs }} {{ (-2.5) | abs }} {{ true | abs }} {{ 'a' | default('b') | upper }}
{{ 'a' | abs }}
{{ 2.5 | round }} {{ 3.5 | round }} {{ 2.675 | round(2) }} {{ 1234.5 | round(-2) }} {{ 2.1 | round(method='ceil') }} {{ 2.9 | round(0, 'floor') }} {{ 5 | round }} {{ 42.55 | round(1) }} {{ -2.5 | round }} {{ 0.125 | round(2) }} {{ 7 | round(2, 'ceil') }}
{{ 2.5 | round(method='up') }}
{{ missing | default }}| {{ missing | default('x') }} {{ '' | default('x') }}| {{ '' | default('x', true) }} {{ none | d('x') }} {{ none | d('x', true) }} {{ missing | d(default_value=1) }} {{ 0 | default(5, boolean=true) }} {{ missing.x | default('y') }}
{{ map.zzz | default('x') }} {{ (map.zzz | default({})).q is defined }} {{ people[0] | attr('keys') is callable }} {{ people[0] | attr('name') }}| {{ 'abc' | attr('upper') is callable }}
{{ 'abc' | center(9) }}| {{ 'abcd' | center(9) }}| {{ 'abc' | center(2) }}|
{{ 'abc' | truncate(2) }}
{{ 'a b' | urlencode }}
{{ 'a b' | wordcount }}
{{ [1] | random }}
{{ 5 | filesizeformat }}
{{ 'x' | upper(1) }}
{{ 'x' | replace('a') }}
{{ 'x' | default(1, 2, 3) }}
{{ 'x' | trim(5) }}
{{ name | upper | lower | title | trim | length }}
''')

add("tojson", r'''
{{ map | tojson }} {{ mixed | tojson }} {{ uni | tojson }} {{ html | tojson }} {{ lines | tojson }} {{ 'a\x00\x1f\x7f\u2028"\\/' | tojson }} {{ none | tojson }} {{ true | tojson }} {{ 1.0 | tojson }} {{ big | tojson }} {{ (1, 2) | tojson }}
{{ map | tojson(indent=2) }}
{{ mixed | tojson(indent=4) }} {{ [] | tojson(indent=2) }} {{ {} | tojson(indent=2) }} {{ [[]] | tojson(indent=1) }}
{{ map | tojson(indent=0) }} {{ list | tojson(indent='--') }} {{ list | tojson(indent=-1) }} {{ list | tojson(indent=true) }}
{{ map | tojson(separators=(',', ':')) }} {{ map | tojson(separators=[', ', ' = ']) }} {{ map | tojson(sort_keys=true) }} {{ map | tojson(true) }} {{ uni | tojson(ensure_ascii=true) }} {{ map | tojson(indent=2, separators=(', ', ': ')) }} {{ '\x7f' | tojson(ensure_ascii=true) }}
{{ {1: 'a', true: 'b', none: 'c', 2.5: 'd'} | tojson }} {{ {'b': 1, 'a': 2} | tojson(sort_keys=true) }} {{ {2: 1, 1: 2} | tojson(sort_keys=true) }}
{{ 1e400 | tojson }} {{ -1e400 | tojson }} {{ ('nan' | float) | tojson }} {{ 1e16 | tojson }} {{ 1e-7 | tojson }} {{ 123456.789 | tojson }}
{{ missing | tojson }}
{{ [missing] | tojson }}
{{ range(3) | tojson }}
{{ {(1, 2): 3} | tojson }}
{{ list | map('string') | tojson }}
{{ list | map('string') | list | tojson }} {{ messages | tojson }} {{ people[0] | tojson | length }} {{ map | tojson | safe }} {{ namespace(a=1).a | tojson }}
{{ map.items() | tojson }}
{{ list | tojson(separators=('a',)) }}
{{ list | tojson(nope=1) }}
{{ {'b': 1, 2: 2} | tojson(sort_keys=true) }}
{{ namespace() | tojson }}
{{ people | tojson(indent=2) }}
{{ 'a' | tojson + 'b' }} {{ ('<' | safe) | tojson }}
''')

add("sequence filters", r'''
{{ list | length }} {{ name | length }} {{ map | length }} {{ missing | length }} {{ uni | count }} {{ (1, 2) | length }} {{ range(5) | length }} {{ map.items() | length }} {{ '' | length }}
{{ 5 | length }}
{{ none | length }}
{{ list | map('string') | length }}
{{ list | first }} {{ list | last }} {{ name | first }} {{ name | last }} {{ map | first }} {{ map | last }} {{ [] | first }}| {{ [] | last }}| {{ [] | first is defined }} {{ missing | first }}| {{ range(5) | last }} {{ (list | map('string')) | first }} {{ map.items() | first }} {{ map.values() | last is mapping }}
{{ 5 | first }}
{{ list | map('string') | last }}
{{ none | last }}
{{ name | list }} {{ map | list }} {{ range(3) | list }} {{ uni | list }} {{ missing | list }} {{ map.items() | list }} {{ (1, 2) | list }}
{{ none | list }}
{{ list | reverse | list }} {{ name | reverse }} {{ uni | reverse }} {{ range(3) | reverse | list }} {{ list | map('string') | reverse }} {{ missing | reverse | list }} {{ map | reverse | list }} {{ (1, 2) | reverse | list }}
{{ 5 | reverse }}
{{ list | sort }} {{ words | sort }} {{ words | sort(case_sensitive=true) }} {{ list | sort(reverse=true) }} {{ people | sort(attribute='name') | map(attribute='name') | list }} {{ people | sort(attribute='age,name') | map(attribute='name') | list }} {{ people | sort(attribute='age', reverse=true) | map(attribute='name') | list }} {{ name | sort }} {{ [[2, 1], [1, 2]] | sort }} {{ [1.5, 1, true] | sort }} {{ missing | sort }} {{ map | sort }} {{ ['é', 'z', 'É', 'e'] | sort }}
{{ mixed | sort }}
{{ [1, 'a'] | sort }}
{{ [none, none] | sort }}
{{ people | sort(attribute='boss.name') }}
{{ words | unique | list }} {{ words | unique(case_sensitive=true) | list }} {{ [1, 1.0, true, 2, '1'] | unique | list }} {{ people | unique(attribute='age') | map(attribute='name') | list }} {{ 'aAbB' | unique | join }}
{{ [[1], [1]] | unique | list }}
{{ list | min }} {{ list | max }} {{ words | min }} {{ words | max }} {{ words | max(case_sensitive=true) }} {{ people | max(attribute='age') }} {{ [] | min }}| {{ [2, 2.0] | max }} {{ 'hello' | max }}
{{ [1, 'a'] | max }}
{{ list | sum }} {{ [] | sum }} {{ people | sum(attribute='age') }} {{ list | sum(start=10) }} {{ [true, true] | sum }} {{ [[1], [2]] | sum(start=[]) }}
{{ ['a'] | sum }}
{{ [1.5, 2.5] | sum }}
{{ people | map(attribute='name') | list }} {{ people | map(attribute='boss.name', default='?') | list }} {{ people | map(attribute='tags.0') | list }} {{ people | map(attribute='zip', default=0) | list }} {{ words | map('upper') | join(',') }} {{ list | map('string') | map('length') | list }} {{ words | map('replace', 'a', 'b') | list }} {{ [[1, 2], [3]] | map('join', '-') | list }} {{ missing | map('upper') | list }} {{ [[5, 6]] | map(attribute=1) | list }} {{ words | map('default', 'x') | list }} {{ none | map('upper') | list }}
{{ people | map(attribute='boss.name') | list }}
{{ words | map('nosuch') | list }}
{{ words | map | list }}
{{ words | map(attribute='x', nope=1) | list }}
{{ list | select | list }} {{ [0, 1, '', 'a', none] | select | list }} {{ list | select('odd') | list }} {{ list | select('gt', 1) | list }} {{ list | reject('odd') | list }} {{ list | reject('equalto', 3) | list }} {{ mixed | select('string') | list }} {{ mixed | reject('none') | list }} {{ list | select('in', [1, 2]) | list }} {{ [0, 1] | reject | list }} {{ list | select('divisibleby', 3) | list }} {{ list | select('<', 3) | list }}
{{ people | selectattr('tags') | map(attribute='name') | list }} {{ people | selectattr('age', 'eq', 30) | list | length }} {{ people | rejectattr('tags') | map(attribute='name') | list }} {{ people | selectattr('boss', 'defined') | list | length }} {{ people | selectattr('boss.name', 'defined') | list | length }}
{{ people | selectattr('boss', 'none') | list | length }} {{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | list }} {{ messages | rejectattr('role', 'in', ['system', 'user']) | list | length }} {{ people | selectattr('name', '==', 'Bob') | first }} {{ (messages | selectattr('role', 'equalto', 'user') | list)[-1].content }}
{{ list | select('nosuch') | list }}
{{ people | selectattr | list }}
{{ [1, 'a'] | select('gt', 0) | list }}
{{ map | dictsort }} {{ map | dictsort(true) }} {{ {'b': 1, 'a': 2} | dictsort(by='value') }} {{ {'b': 1, 'a': 2} | dictsort(reverse=true) }} {{ {'b': 1, 'a': 2} | dictsort(false, 'value', true) }}
{{ list | dictsort }}
{{ map | dictsort(by='nope') }}
{{ missing | dictsort }}
{{ map | items | list }} {{ missing | items | list }} {% for k, v in {'x': 1} | items %}{{ k }}{{ v }}{{ loop.last }}{% endfor %}
{{ list | items | list }}
{{ range(7) | batch(3) | list }} {{ range(7) | batch(3, 'x') | list }} {{ [] | batch(2) | list }} {{ range(7) | slice(3) | list }} {{ range(7) | slice(3, 'x') | list }} {{ [1] | slice(3) | list }}
{{ list | map('string') }}
{% set g = list | map('string') %}{{ g | list }}{{ g | list }}{% if g %}t{% endif %}
{% set g = words | select('string') %}{% for x in g %}{{ x }}{{ loop.index }}{{ loop.last }}{{ loop.length }};{% endfor %}
{% set ns = namespace(n=2) %}{% for x in list if x >= ns.n %}{{ x }}{% set ns.n = 3 %}{% endfor %} {% for x in [1, 2, 3, 4] if x != ns.n %}{{ x }}{{ loop.nextitem }}{% set ns.n = x + 2 %};{% endfor %}
{{ list | map('string') | first }} {{ people | map(attribute='name') | map('upper') | sort | join('/') }}
{{ people | groupby('age') }}
{{ [3, 1] | sort | first }} {{ 'x' in (words | map('lower')) }} {{ 'beta' in (words | map('lower')) }} {{ (words | map('lower')) is string }} {{ [1, 2] | map('float') | list }}
''')

add("string methods", r'''
[{{ spaces.strip() }}] [{{ spaces.lstrip() }}] [{{ spaces.rstrip() }}] [{{ 'xxaxx'.strip('x') }}] [{{ 'xxaxx'.lstrip('x') }}] [{{ 'abcba'.rstrip('ab') }}] [{{ '\u00a0a\u2003'.strip() }}] [{{ 'a'.strip(none) }}] [{{ '\n\nx\n'.lstrip('\n') }}]
{{ 'a,b,,c'.split(',') }} {{ ' a  b '.split() }} {{ 'a,b,c'.split(',', 1) }} {{ 'a b c'.split(maxsplit=1) }} {{ 'a,b,c'.rsplit(',', 1) }} {{ ' a b  c '.rsplit(none, 1) }} {{ ''.split() }} {{ ''.split(',') }} {{ 'abc'.split('') if no }} {{ 'aXXbXXc'.split('XX')[-1] }} {{ 'aaa'.split('aa') }} {{ 'aaa'.rsplit('aa') }} {{ 'a b'.split(' ', 0) }} {{ ' a b '.split(none, 0) }} {{ 'x</think>y'.split('</think>')[-1].lstrip('\n') }} {{ 'a b c d'.rsplit(maxsplit=2) }} {{ ' a '.rsplit(none, 0) }}
{{ 'a'.split('') }}
{{ messages[2].content.split('</think>')[0].rstrip('\n').split('<think>')[-1].lstrip('\n') }}|{{ messages[2]['content'].split('</think>')[-1].lstrip('\n') }}
{{ lines.splitlines() }} {{ lines.splitlines(true) }} {{ 'a\x0bb\x1cc\u2028d\x85e'.splitlines() }} {{ ''.splitlines() }} {{ 'a\n\n'.splitlines() }} {{ 'a\r\nb\rc'.splitlines(keepends=true) }}
{{ 'abc'.startswith('a') }} {{ 'abc'.endswith('bc') }} {{ 'abc'.startswith(('x', 'a')) }} {{ 'abc'.startswith('') }} {{ ''.startswith('a') }} {{ 'abc'.endswith(()) }} {{ '<tool_response>x</tool_response>'.startswith('<tool_response>') }}
{{ 'abc'.startswith(5) }}
{{ 'abc'.startswith(['a']) }}
{{ 'aXbX'.replace('X', '--') }} {{ 'aXbX'.replace('X', '--', 1) }} {{ 'abc'.replace('', '.') }} {{ 'abc'.replace('b', '') }}
{{ 'abc'.replace('a') }}
{{ 'abc'.replace('a', 1) }}
{{ 'aBc'.upper() }} {{ 'aBc'.lower() }} {{ "they're bill's 3a" .title() }} {{ 'aBC dEF'.capitalize() }} {{ 'aBc'.swapcase() }} {{ 'ABC'.casefold() }} {{ 'straße'.upper() }}
{{ 'abcabc'.find('c') }} {{ 'abcabc'.rfind('c') }} {{ 'abc'.find('x') }} {{ 'abcabc'.index('b') }} {{ 'abcabc'.count('a') }} {{ 'aaa'.count('aa') }} {{ 'abc'.count('') }} {{ uni.find('€') }} {{ uni.find('e\u0301') }} {{ 'aaa'.rfind('aa') }} {{ 'abc'.find('') }} {{ 'abc'.rfind('') }}
{{ 'abc'.index('x') }}
{{ ', '.join(['a', 'b']) }} {{ ''.join('abc') }} {{ '-'.join(words | map('upper')) }} {{ ','.join(map) }} {{ ','.join([]) }}|
{{ ','.join([1, 2]) }}
{{ ','.join(5) }}
{{ '{} {}'.format(1, 'a') }} {{ '{0}{1}{0}'.format('a', 'b') }} {{ '{x}'.format(x=[1]) }} {{ '{{}}'.format() }} {{ '{!r}'.format('a') }} {{ '{}'.format(none) }} {{ '{}|{}'.format(missing, true) }}
{{ '{}'.format() }}
{{ '{x}'.format() }}
{{ '{'.format() }}
{{ '}'.format() }}
{{ '{} {0}'.format(1) }}
{{ '{:>5}'.format('a') }}
{{ '{0.x}'.format('a') }}
{{ 'abc'.removeprefix('a') }} {{ 'abc'.removesuffix('c') }} {{ 'abc'.removeprefix('x') }} {{ 'abc'.removesuffix('') }} {{ 'a=b=c'.partition('=') }} {{ 'a=b=c'.rpartition('=') }} {{ 'abc'.partition('x') }} {{ 'abc'.rpartition('x') }}
{{ '5'.zfill(3) }} {{ '-5'.zfill(4) }} {{ 'abc'.center(8) }}| {{ 'abc'.center(8, '*') }} {{ 'abcd'.center(7, '*') }} {{ 'a'.ljust(3) }}| {{ 'a'.rjust(3, '.') }} {{ '+1'.zfill(1) }} {{ ''.zfill(2) }}
{{ '12'.isdigit() }} {{ 'a1'.isdigit() }} {{ ''.isdigit() }} {{ 'ab'.isalpha() }} {{ 'a1'.isalnum() }} {{ 'a_'.isalnum() }} {{ ' \n'.isspace() }} {{ ''.isspace() }} {{ 'AB'.isupper() }} {{ 'ab1'.islower() }} {{ '1'.islower() }} {{ 'é'.isascii() }} {{ '5'.isnumeric() }} {{ '5'.isdecimal() }}
{{ 'abc'.upper(1) }}
{{ 'abc'.strip(1) }}
{{ 'abc'.nope() }}
{{ 'abc'.encode() }}
{{ 'abc'.format_map({}) }}
{{ 'abc'.__class__ }}
{{ 'abc'.__len__() }}
{{ ''.__class__.__mro__ }}
{{ 'é'.isalpha() }}
{{ [1, 2, 1].count(1) }} {{ [1, 2].index(2) }} {{ (1, 2, 1).count(1) }}
{{ [1].index(5) }}
{{ {'a': 1}.get('a') }} {{ {'a': 1}.keys() | list }} {{ {'a': 1}.values() | list }} {{ {'a': 1}.items() | list }} {{ 'a' in {'a': 1}.keys() }} {{ {'a': {'b': 2}}.get('a').get('b') }} {{ {'a': 1}.get('b', {}).get('c') }}
{{ {'a': 1}.get() }}
{{ {'a': 1}.get([]) }}
{{ {'a': 1}.get('a', 1, 2) }}
''')

add("printing", r'''
{{ mixed }} {{ map }} {{ people[0] }} {{ [name, html] }} {{ ["it's", 'say "x"', 'both \' and "'] }} {{ ['\n\t\r\\ \x00 \x7f é \u200b \u2028 \ud7ff 😀 \ue000 \U000e0001'] }} {{ [1.0, -0.0, 1e100] }} {{ (none,) }} {{ [()] }} {{ {'a': {'b': ()}} }}
{{ [missing] }} {{ {'a': missing} }} {{ [true, none] }} {{ [range(2)] }} {{ [big] }} {{ [map.keys()] }} {{ namespace(a='x', b=[1]) }}
{{ [uni, spaces] }} {{ {uni: 1} }} {{ ['\u0378\u00ad\u0600\u3000\u00a0'] }}
{{ yes }}{{ no }}{{ nothing }}{{ n }}{{ pi }}{{ list }}{{ (1, 'a') }}
{{ [[[[[1]]]]] }} {{ '' ~ [] ~ {} ~ () }}
''')

add("found by fuzzing", r'''
{{ 1 if no else {[]: 2} }}
{{ no and {{}: 1} }}
{{ 0 is lt(big) }} {{ big > 1e10 }} {{ big == big }} {{ big in [big] }} {{ 1e30 > big }} {{ 2.5 < big }}
{{ 1 is defined if no }}
{{ big + 1 }}
{% for a, b in missing %}{{ a }}{% else %}none{% endfor %}
{{ 'a' | batch(0) | list }} {{ ',' if not yes }}
{% set filtered = [] %}{% for m in messages %}{% if m.role not in ['tool'] and not m.get('tool_calls') %}{% set filtered = filtered + [m] %}{% endif %}{% endfor %}{{ filtered }}
{% for x in [1, 2] -%} a {{- ',' if not loop.last -}} b {%- endfor %}
{%- macro m(a, s) -%}{%- set s.i = s.i + 1 -%}{{- a[0] + '="' -}}{{- m(a[1:], s) if a[1:] -}}{%- endmacro -%}{%- set s = namespace(i=0) -%}{{- m(['x', 'y', 'z'], s) -}}{{ s.i }}
''')

add_raw(
    "white space",
    "a\n{% if yes %}\nb\n{% endif %}\nc\n",
    "a\n  {% if yes %}  \n  b\n  {% endif %}  \n c \n",
    "a\n  {%- if yes -%}\n  b\n  {%- endif -%}\n c \n\n",
    "a\n  {%+ if yes +%}\n  b\n  {%+ endif +%}\n c ",
    "  {{ name }}  \n  {{- name -}}  \n  x",
    "  {# c #}  \n  {#- c -#}  \n  x {# c #} y\n{# c #}\nz",
    "{% if yes %} {% endif %}|{% if yes %}\t\n{% endif %}|\n  {% set x = 1 %}\n|",
    "x {% if yes %}\n  y\n  {% endif %} z",
    "\n\n{% if yes %}\n\n{% endif %}\n\n",
    "\n", "", " ", "\n\n", "a\r\nb\rc\n", "a\r\n{% if yes %}\r\nb{% endif %}\r\n",
    "{% for x in list %}\n  {{ x }}\n{% endfor %}\nend",
    "{%- for x in list %}\n  {{ x }}\n{%- endfor %}\nend",
    "{% for x in list -%}\n  {{ x }}\n{%- endfor %}\nend",
    "  {%- set x = 1 -%}  a  {%- set y = 2 %}  \n b",
    "{{ name }}\n{{ name }}\n",
    "{{ '  a  ' }}\n  {{- '  b  ' -}}\n  c",
    "\u00a0\u2003{%- if yes -%}\u00a0\u3000a{% endif %}",
    "\u2003{% if yes %}a{% endif %}",
    "{% raw %}\n x {{ }} \n{% endraw %}\ny",
    "{%- raw %}\n x \n  {% endraw %}\ny",
    " {% raw -%}\n x \n {%- endraw -%} \ny",
    "a {#- -#} b", "a{##}b", "a{#-#}b", "{#- x +#}\nb", "{# x +#}\nb", "a {#+ x #}\n b", " {#+ x #}\n b",
    "{{-1}}", "{{+1}}", "{{- 1 -}} x", "{{ 1 -}}  \n x", "{{- -1 }}", "a\n {{ 1 }}\n {{- 2 }}",
    "{% set x %}\n  a\n{% endset %}[{{ x }}]", "{%- macro m() -%}\n a \n{%- endmacro -%}\n[{{ m() }}]",
    "{% if yes %}a{% endif %}\n", "{% if yes %}a\n{% endif %}\n\n",
    "line\n\t {% if yes %}tab{% endif %}", "a\x0b{% if yes %}b{% endif %}", "\x0c{% if yes %}b{% endif %}",
    "{{ {'a': {'b': 1}}.a.b }} {{ {'a': {'b': {}}} }}", "{% set d = {'a': {}} %}{{ d }}",
    "{{ 'a' }}{% if yes %}\n{% endif %}{{ 'b' }}", "{ { }} {% raw %}{%{% endraw %}", "{", "{{ '{' }}", "a{b}c{ {", "{%- if yes %}\n   x{% endif -%}\n\n\n y",
    "{% if yes\n  and n == 7 %}\nx{% endif\n%}y", "{{\n name\n}}", "{{ 'a\nb' }}", "{{ 'a\r\nb' | tojson }}", "{%if yes%}x{%endif%}", "{{name}}{{n}}",
    "\ufeff{{ name }}", "é{{ name }}😀", "{% for x in list %}{{ x }}{% if not loop.last %}, {% endif %}{% endfor %}.\n",
)

add_raw(
    "dates",
    "{{ strftime_now('%d %b %Y') }}", "{{ strftime_now('%Y-%m-%d') }}", "{{ strftime_now('%B %d, %Y %A %a %H:%M:%S %I %p %j %y %e %F %T %R %D %% %n%t.') }}",
    "{{ strftime_now('%-d %-m %-H %-I %-M %-j') }}", "{{ strftime_now is defined }}", "{%- set today = strftime_now('%Y-%m-%d') %}{{ today.split('-')[0] | int + 1 }}",
    "{{ strftime_now(format='%Y') }}", "{{ strftime_now('no codes é') }}", "{{ strftime_now() }}", "{{ strftime_now(5) }}",
)
