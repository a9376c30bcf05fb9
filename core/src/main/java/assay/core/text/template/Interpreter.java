package assay.core.text.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** Runs statements; what they print goes to the innermost of the texts being written. */
final class Interpreter {
    /** How a statement ended. */
    private enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    private final Runtime runtime;
    private final Meter meter;
    private final Evaluator evaluator;
    private Str.Builder out = new Str.Builder();

    Interpreter(Runtime runtime) {
        this.runtime = runtime;
        this.meter = runtime.meter();
        this.evaluator = new Evaluator(runtime);
    }

    /** Runs a template; its text is in {@code output()} afterwards. */
    Str.Builder run(List<Stmt> template, Scope scope) {
        all(template, scope);
        return out;
    }

    private Flow all(List<Stmt> body, Scope scope) {
        for (Stmt statement : body) {
            Flow flow = one(statement, scope);
            if (flow != Flow.NEXT) {
                return flow;
            }
        }
        return Flow.NEXT;
    }

    private Flow one(Stmt statement, Scope scope) {
        meter.enter();
        meter.at(statement.line());
        Flow flow =
                switch (statement) {
                    case Stmt.Text text -> print(text.text());
                    case Stmt.Print print -> print(runtime.printing().str(evaluator.evaluate(print.value(), scope)));
                    case Stmt.If choice -> branch(choice, scope);
                    case Stmt.For loop -> loop(loop, scope);
                    case Stmt.Set set -> {
                        checkNamespaces(set.target(), scope);
                        assign(set.target(), evaluator.evaluate(set.value(), scope), scope);
                        yield Flow.NEXT;
                    }
                    case Stmt.SetBlock block -> setBlock(block, scope);
                    case Stmt.FilterBlock block -> filterBlock(block, scope);
                    case Stmt.Macro macro -> {
                        scope.set(macro.routine().name(), routine(macro.routine(), scope));
                        yield Flow.NEXT;
                    }
                    case Stmt.CallBlock block ->
                        print(runtime.printing()
                                .str(evaluator.call(block.call(), routine(block.caller(), scope), scope)));
                    case Stmt.With with -> with(with, scope);
                    case Stmt.Break b -> Flow.BREAK;
                    case Stmt.Continue c -> Flow.CONTINUE;
                };
        meter.leave();
        return flow;
    }

    private Flow print(Str text) {
        meter.chars(text.chars());
        meter.output((long) out.chars() + text.chars());
        out.add(text);
        return Flow.NEXT;
    }

    private Flow branch(Stmt.If choice, Scope scope) {
        for (Stmt.Branch branch : choice.branches()) {
            if (Comparisons.truth(evaluator.evaluate(branch.test(), scope))) {
                return all(branch.body(), scope);
            }
        }
        return all(choice.otherwise(), scope);
    }

    /** As in jinja2, else runs unless some iteration came to the end of the body. */
    private Flow loop(Stmt.For loop, Scope scope) {
        Value items = evaluator.evaluate(loop.items(), scope);
        Iterator<Value> iterator = runtime.iteration().of(items);
        long length = runtime.iteration().length(items);
        Expr test = loop.test();
        if (test != null) {
            length = -1;
            iterator = tested(iterator, loop.target(), test, scope);
        }
        LoopState state = new LoopState(iterator, length, meter, runtime.comparisons());
        boolean completed = false;
        for (Value item = state.advance(); item != null; item = state.advance()) {
            meter.step();
            Scope inner = scope.inner();
            inner.set("loop", state);
            assign(loop.target(), item, inner);
            Flow flow = all(loop.body(), inner);
            if (flow == Flow.BREAK) {
                break;
            }
            completed |= flow == Flow.NEXT;
        }
        return completed ? Flow.NEXT : all(loop.otherwise(), scope.inner());
    }

    private Iterator<Value> tested(Iterator<Value> items, Stmt.Target target, Expr test, Scope scope) {
        return Sequences.kept(
                items,
                item -> {
                    Scope inner = scope.inner();
                    assign(target, item, inner);
                    return Comparisons.truth(evaluator.evaluate(test, inner));
                },
                meter);
    }

    private void checkNamespaces(Stmt.Target target, Scope scope) {
        switch (target) {
            case Stmt.Target.Variable v -> {}
            case Stmt.Target.Member m -> namespace(m, scope);
            case Stmt.Target.Unpack u -> u.targets().forEach(t -> checkNamespaces(t, scope));
        }
    }

    private static Value.Namespace namespace(Stmt.Target.Member member, Scope scope) {
        if (scope.get(member.namespace()) instanceof Value.Namespace namespace) {
            return namespace;
        }
        throw new Fault("cannot assign attribute on non-namespace object");
    }

    private void assign(Stmt.Target target, Value value, Scope scope) {
        switch (target) {
            case Stmt.Target.Variable v -> scope.set(v.name(), value);
            case Stmt.Target.Member m -> {
                if (value instanceof Value.Callable) {
                    throw Fault.unsupported("a function in a namespace");
                }
                meter.memory(Meter.MEMBER_BYTES);
                namespace(m, scope).attributes.put(m.attribute(), value);
            }
            case Stmt.Target.Unpack u -> unpack(u.targets(), value, scope);
        }
    }

    private void unpack(List<Stmt.Target> targets, Value value, Scope scope) {
        List<Value> values = new ArrayList<>();
        Iterator<Value> items = runtime.iteration().of(value);
        while (items.hasNext() && values.size() <= targets.size()) {
            values.add(items.next());
        }
        if (values.size() != targets.size()) {
            throw new Fault(
                    values.size() > targets.size()
                            ? "too many values to unpack (expected " + targets.size() + ")"
                            : "not enough values to unpack (expected " + targets.size() + ", got " + values.size()
                                    + ")");
        }
        for (int i = 0; i < targets.size(); i++) {
            assign(targets.get(i), values.get(i), scope);
        }
    }

    private Flow setBlock(Stmt.SetBlock block, Scope scope) {
        Scope inner = scope.inner();
        Str.Builder outer = out;
        out = new Str.Builder();
        Flow flow = all(block.body(), inner);
        Str text = captured(outer);
        if (flow == Flow.NEXT) {
            Expr.Filter filter = block.filter();
            Value value = filter == null ? text : evaluator.filter(filter, text, inner);
            checkNamespaces(block.target(), scope);
            assign(block.target(), value, scope);
        }
        return flow;
    }

    private Flow filterBlock(Stmt.FilterBlock block, Scope scope) {
        Scope inner = scope.inner();
        Str.Builder outer = out;
        out = new Str.Builder();
        Flow flow = all(block.body(), inner);
        Str text = captured(outer);
        return flow == Flow.NEXT ? print(runtime.printing().str(evaluator.filter(block.filter(), text, inner))) : flow;
    }

    /** What was written since {@code outer} was put aside, which now goes on. */
    private Str captured(Str.Builder outer) {
        meter.string(out.chars());
        Str text = out.build();
        out = outer;
        return text;
    }

    private Flow with(Stmt.With with, Scope scope) {
        List<Value> values = new ArrayList<>();
        for (Stmt.Binding binding : with.bindings()) {
            values.add(evaluator.evaluate(binding.value(), scope));
        }
        Scope inner = scope.inner();
        for (int i = 0; i < values.size(); i++) {
            assign(with.bindings().get(i).target(), values.get(i), inner);
        }
        return all(with.body(), inner);
    }

    private Value.Callable routine(Stmt.Routine routine, Scope scope) {
        return new Value.Callable(routine.name(), arguments -> call(routine, arguments, scope));
    }

    private Value call(Stmt.Routine routine, Arguments arguments, Scope scope) {
        meter.enter();
        Scope inner = bind(routine, arguments, scope);
        Str.Builder outer = out;
        out = new Str.Builder();
        all(routine.body(), inner);
        Str text = captured(outer);
        meter.leave();
        return text;
    }

    private Scope bind(Stmt.Routine routine, Arguments arguments, Scope scope) {
        Scope inner = scope.inner();
        SequencedMap<String, Value> named = new LinkedHashMap<>(arguments.named());
        List<Value> positional = arguments.positional();
        List<Stmt.Parameter> parameters = routine.parameters();
        List<Stmt.Parameter> open = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) {
            Stmt.Parameter parameter = parameters.get(i);
            @Nullable Value value = i < positional.size() ? positional.get(i) : named.remove(parameter.name());
            if (value == null) {
                open.add(parameter);
                value = new Value.Undefined("parameter '" + parameter.name() + "' was not provided");
            }
            inner.set(parameter.name(), value);
        }
        special(routine, positional, named, inner);
        for (Stmt.Parameter parameter : open) {
            Expr fallback = parameter.fallback();
            if (fallback != null) {
                inner.set(parameter.name(), evaluator.evaluate(fallback, inner));
            }
        }
        return inner;
    }

    /** caller, kwargs and varargs, for a body that reads them; else what is left over is an error. */
    private void special(Stmt.Routine routine, List<Value> positional, SequencedMap<String, Value> named, Scope inner) {
        if (routine.usesCaller()) {
            Value caller = named.remove("caller");
            inner.set("caller", caller == null ? new Value.Undefined("No caller defined") : caller);
        }
        if (routine.usesKwargs()) {
            inner.set("kwargs", Sequences.dict(named, meter));
        } else if (!named.isEmpty()) {
            throw new Fault("macro '" + routine.name() + "' takes no keyword argument "
                    + Printing.quoted(named.firstEntry().getKey()));
        }
        int count = routine.parameters().size();
        if (routine.usesVarargs()) {
            List<Value> rest = positional.subList(Math.min(count, positional.size()), positional.size());
            inner.set("varargs", new Value.Tuple(rest));
        } else if (positional.size() > count) {
            throw new Fault("macro '" + routine.name() + "' takes not more than " + count + " argument(s)");
        }
    }
}
