"""jinja2 set up as Hugging Face transformers sets it up for chat templates."""
import datetime
import json

import jinja2
import jinja2.ext
from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.sandbox import ImmutableSandboxedEnvironment

DATE_KEY = "strftime_now"


class Generation(Extension):
    """The generation tag, without its record of where the assistant speaks."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller):
        return caller()


class Raised(jinja2.TemplateError):
    pass


def raise_exception(message):
    raise Raised(message)


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def environment(date):
    env = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception

    def strftime_now(format):
        if date is None:
            raise jinja2.TemplateRuntimeError("no date")
        return datetime.datetime.fromisoformat(date).strftime(format)

    env.globals["strftime_now"] = strftime_now
    return env


def expect(template, context):
    """{"text"}, {"raises": message} or {"fails": why}; context is JSON text, as it goes to the other side."""
    values = json.loads(context)
    date = values.pop(DATE_KEY, None)
    try:
        compiled = environment(date).from_string(template)
    except Exception as e:
        return {"fails": "parse: %s" % str(e).split("\n")[0]}
    try:
        text = compiled.render(**values)
        text.encode("utf-8")
        return {"text": text}
    except Raised as e:
        return {"raises": str(e)}
    except Exception as e:
        return {"fails": "%s: %s" % (type(e).__name__, str(e).split("\n")[0])}
