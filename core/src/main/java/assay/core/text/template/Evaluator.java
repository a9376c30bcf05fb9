package assay.core.text.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** Values of expressions. */
final class Evaluator {
    private final Runtime runtime;
    private final Meter meter;
    private final Predicates predicates;
    private final Filters filters;

    Evaluator(Runtime runtime) {
        this.runtime = runtime;
        this.meter = runtime.meter();
        this.predicates = new Predicates(runtime);
        this.filters = new Filters(runtime, predicates);
    }

    Value evaluate(Expr expr, Scope scope) {
        meter.enter();
        meter.at(expr.line());
        Value value =
                switch (expr) {
                    case Expr.Const c -> c.value();
                    case Expr.Name n -> scope.get(n.name());
                    case Expr.ListOf l -> new Value.Items(all(l.items(), scope));
                    case Expr.TupleOf t -> new Value.Tuple(all(t.items(), scope));
                    case Expr.DictOf d -> dict(d, scope);
                    case Expr.Attribute a -> runtime.members().attribute(evaluate(a.object(), scope), a.name());
                    case Expr.Item i -> runtime.members().item(evaluate(i.object(), scope), evaluate(i.key(), scope));
                    case Expr.Slice s ->
                        runtime.members()
                                .slice(
                                        evaluate(s.object(), scope),
                                        bound(s.start(), scope),
                                        bound(s.stop(), scope),
                                        bound(s.step(), scope));
                    case Expr.Call c -> call(c, null, scope);
                    case Expr.Filter f -> filter(f, Str.EMPTY, scope);
                    case Expr.Test t ->
                        Value.Bool.of(
                                predicates.test(t.name(), evaluate(t.subject(), scope), arguments(t.args(), scope)));
                    case Expr.Sign s -> Arithmetic.sign(s.minus(), evaluate(s.operand(), scope));
                    case Expr.Not n -> Value.Bool.of(!Comparisons.truth(evaluate(n.operand(), scope)));
                    case Expr.Logic l -> logic(l, scope);
                    case Expr.Arithmetic a ->
                        runtime.arithmetic().apply(a.operator(), evaluate(a.left(), scope), evaluate(a.right(), scope));
                    case Expr.Concat c -> concat(c, scope);
                    case Expr.Comparison c -> Value.Bool.of(comparison(c, scope));
                    case Expr.Conditional c -> conditional(c, scope);
                };
        meter.leave();
        return value;
    }

    private List<Value> all(List<Expr> items, Scope scope) {
        meter.list(items.size());
        List<Value> values = new ArrayList<>(items.size());
        for (Expr item : items) {
            values.add(evaluate(item, scope));
        }
        return values;
    }

    private Value dict(Expr.DictOf dict, Scope scope) {
        meter.memory(
                Meter.VALUE_BYTES + (long) Meter.MEMBER_BYTES * dict.pairs().size());
        SequencedMap<Object, Value.Member> members = new LinkedHashMap<>();
        for (Expr.Pair pair : dict.pairs()) {
            Value key = evaluate(pair.key(), scope);
            Value value = evaluate(pair.value(), scope);
            put(members, key, value, meter);
        }
        return new Value.Dict(members);
    }

    /** A later value for a key keeps the key that was there first. */
    static void put(SequencedMap<Object, Value.Member> members, Value key, Value value, Meter meter) {
        members.merge(
                Value.Keys.of(key, meter),
                new Value.Member(key, value),
                (old, now) -> new Value.Member(old.key(), now.value()));
    }

    private Value bound(@Nullable Expr expr, Scope scope) {
        return expr == null ? Value.None.NONE : evaluate(expr, scope);
    }

    /** The value of a filter; without a subject it filters {@code block}. */
    Value filter(Expr.Filter filter, Str block, Scope scope) {
        meter.enter();
        Expr subject = filter.subject();
        Value value =
                switch (subject) {
                    case null -> block;
                    case Expr.Filter inner -> filter(inner, block, scope);
                    case Expr other -> evaluate(other, scope);
                };
        Value result = filters.apply(filter.name(), value, arguments(filter.args(), scope));
        meter.leave();
        return result;
    }

    private Value logic(Expr.Logic logic, Scope scope) {
        Value left = evaluate(logic.left(), scope);
        return Comparisons.truth(left) == logic.and() ? evaluate(logic.right(), scope) : left;
    }

    private Value concat(Expr.Concat concat, Scope scope) {
        List<Value> parts = new ArrayList<>();
        for (Expr part : concat.parts()) {
            parts.add(evaluate(part, scope));
        }
        return runtime.strings().join(Str.EMPTY, parts.iterator(), false);
    }

    private boolean comparison(Expr.Comparison comparison, Scope scope) {
        Value left = evaluate(comparison.first(), scope);
        for (Expr.Link link : comparison.links()) {
            Value right = evaluate(link.right(), scope);
            if (!holds(link.operator(), left, right)) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private boolean holds(String operator, Value left, Value right) {
        Comparisons comparisons = runtime.comparisons();
        return switch (operator) {
            case "==" -> comparisons.equal(left, right);
            case "!=" -> !comparisons.equal(left, right);
            case "<" -> comparisons.order(left, right) < 0;
            case "<=" -> comparisons.order(left, right) <= 0;
            case ">" -> comparisons.order(left, right) > 0;
            case ">=" -> comparisons.order(left, right) >= 0;
            case "in" -> comparisons.contains(right, left);
            default -> !comparisons.contains(right, left);
        };
    }

    private Value conditional(Expr.Conditional conditional, Scope scope) {
        if (Comparisons.truth(evaluate(conditional.test(), scope))) {
            return evaluate(conditional.then(), scope);
        }
        Expr otherwise = conditional.otherwise();
        return otherwise == null
                ? new Value.Undefined("the inline if-expression on line " + conditional.line()
                        + " evaluated to false and no else section was defined.")
                : evaluate(otherwise, scope);
    }

    /** A call; {@code caller}, if there is one, goes along as the argument of that name. */
    Value call(Expr.Call call, @Nullable Value caller, Scope scope) {
        Value function = evaluate(call.function(), scope);
        Arguments arguments = arguments(call.args(), scope);
        if (caller != null && arguments.named().put("caller", caller) != null) {
            throw new Fault("got multiple values for keyword argument 'caller'");
        }
        return switch (function) {
            case Value.Callable callable -> callable.body().call(arguments);
            case Value.Undefined u -> throw new Fault(u.message());
            case LoopState loop ->
                throw new Fault("The loop must have the 'recursive' marker to be called recursively.");
            default -> throw new Fault("'" + Value.typeName(function) + "' object is not callable");
        };
    }

    private Arguments arguments(Expr.Args args, Scope scope) {
        List<Value> positional = new ArrayList<>();
        for (Expr item : args.positional()) {
            positional.add(evaluate(item, scope));
        }
        if (args.star() != null) {
            Iterator<Value> items = runtime.iteration().of(evaluate(args.star(), scope));
            while (items.hasNext()) {
                meter.list(1);
                positional.add(items.next());
            }
        }
        SequencedMap<String, Value> named = new LinkedHashMap<>();
        for (Expr.Keyword keyword : args.named()) {
            named.put(keyword.name(), evaluate(keyword.value(), scope));
        }
        if (args.starStar() != null) {
            spread(evaluate(args.starStar(), scope), named);
        }
        return new Arguments(positional, named);
    }

    private void spread(Value value, SequencedMap<String, Value> named) {
        if (!(value instanceof Value.Dict dict)) {
            throw new Fault("argument after ** must be a mapping, not " + Value.typeName(value));
        }
        for (Value.Member member : dict.members().values()) {
            meter.memory(Meter.MEMBER_BYTES);
            if (!(member.key() instanceof Str name)) {
                throw new Fault("keywords must be strings");
            }
            if (named.put(name.text(), member.value()) != null) {
                throw new Fault("got multiple values for keyword argument " + Printing.quoted(name.text()));
            }
        }
    }
}
