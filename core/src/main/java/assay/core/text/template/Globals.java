package assay.core.text.template;

import assay.core.codec.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/** The variables that a template starts with: jinja2's and transformers' functions, and the context. */
final class Globals {
    private static final long RANGE_MAX = 100_000; // jinja2's sandbox has the same

    private final Runtime runtime;

    private Globals(Runtime runtime) {
        this.runtime = runtime;
    }

    static Scope scope(Json.Obj context, Set<String> trusted, Runtime runtime) {
        Globals globals = new Globals(runtime);
        Map<String, Value> variables = new LinkedHashMap<>();
        globals.put(variables, "range", globals::range);
        globals.put(variables, "dict", globals::dict);
        globals.put(variables, "namespace", globals::namespace);
        globals.put(variables, "raise_exception", globals::raise);
        for (String name : List.of("cycler", "joiner", "lipsum")) {
            globals.put(variables, name, a -> {
                throw Fault.unsupported("the function " + name);
            });
        }
        for (Map.Entry<String, Json> member : context.members().entrySet()) {
            String name = member.getKey();
            boolean isTrusted = trusted.contains(name) && member.getValue() instanceof Json.Str;
            Value value = globals.value(member.getValue());
            variables.put(name, isTrusted ? Str.trusted(((Str) value).text()) : value);
        }
        Json date = context.members().get(ChatTemplate.DATE_KEY);
        globals.put(variables, "strftime_now", a -> {
            Str format = a.bind("strftime_now", "format").str("format");
            if (!(date instanceof Json.Str text)) {
                throw new Fault("strftime_now: the request has no date (" + ChatTemplate.DATE_KEY
                        + ", as in 2026-01-31T23:59:59)");
            }
            return Dates.format(text.value(), format.text(), runtime.meter());
        });
        return Scope.root(variables);
    }

    private void put(Map<String, Value> variables, String name, Value.Callable.Body body) {
        variables.put(name, new Value.Callable(name, body));
    }

    private Value value(Json json) {
        runtime.meter().enter();
        Value value =
                switch (json) {
                    case Json.Str s -> string(s.value());
                    case Json.Num n -> Numbers.ofJson(n.literal());
                    case Json.Bool b -> Value.Bool.of(b.value());
                    case Json.Null n -> Value.None.NONE;
                    case Json.Arr a -> {
                        List<Value> items = new ArrayList<>(a.items().size());
                        a.items().forEach(item -> items.add(value(item)));
                        yield new Value.Items(items);
                    }
                    case Json.Obj o -> {
                        SequencedMap<Object, Value.Member> members = new LinkedHashMap<>();
                        o.members().forEach((k, v) -> members.put(k, new Value.Member(string(k), value(v))));
                        yield new Value.Dict(members);
                    }
                };
        runtime.meter().leave();
        return value;
    }

    private static Str string(String text) {
        if (Characters.loneSurrogate(text) >= 0) {
            throw new Fault("a text of the context holds half of a surrogate pair");
        }
        return Str.untrusted(text);
    }

    private Value range(Arguments arguments) {
        Arguments.Bound bound = arguments.byPosition("range", "start", "stop", "step");
        long start = bound.has("stop") ? Arithmetic.integer(bound.get("start")) : 0;
        long stop = Arithmetic.integer(bound.get(bound.has("stop") ? "stop" : "start"));
        long step = bound.integer("step", 1);
        if (step == 0) {
            throw new Fault("range() arg 3 must not be zero");
        }
        long far = 1L << 40;
        if (Math.abs(start) > far || Math.abs(stop) > far || Math.abs(step) > far) {
            throw Fault.unsupported("a range of such large numbers");
        }
        Value.Range range = new Value.Range(start, stop, step);
        if (range.size() > RANGE_MAX) {
            throw new Fault("Range too big: more than " + RANGE_MAX + " items");
        }
        return range;
    }

    private SequencedMap<Object, Value.Member> members(String function, Arguments arguments) {
        SequencedMap<Object, Value.Member> members = new LinkedHashMap<>();
        if (arguments.positional().size() > 1) {
            throw new Fault(function + " expected at most 1 argument, got "
                    + arguments.positional().size());
        }
        for (Value argument : arguments.positional()) {
            if (!(argument instanceof Value.Dict dict)) {
                throw Fault.unsupported(function + " of anything but a mapping");
            }
            members.putAll(dict.members());
        }
        Sequences.dict(arguments.named(), runtime.meter())
                .members()
                .forEach((k, m) -> Evaluator.put(members, m.key(), m.value(), runtime.meter()));
        runtime.meter().memory(Meter.VALUE_BYTES + (long) Meter.MEMBER_BYTES * members.size());
        return members;
    }

    private Value dict(Arguments arguments) {
        return new Value.Dict(members("dict", arguments));
    }

    private Value namespace(Arguments arguments) {
        Value.Namespace namespace = new Value.Namespace();
        for (Value.Member member : members("namespace", arguments).values()) {
            if (!(member.key() instanceof Str name)) {
                throw Fault.unsupported("a namespace with names that are not texts");
            }
            namespace.attributes.put(name.text(), member.value());
        }
        return namespace;
    }

    private Value raise(Arguments arguments) {
        Value message = arguments.bind("raise_exception", "message").get("message");
        throw Fault.raised(runtime.printing().str(message).text());
    }
}
