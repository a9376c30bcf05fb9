package assay.core.text.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An expression; {@code line} is the template's line, from 1. */
sealed interface Expr {
    int line();

    /** A literal. */
    record Const(Value value, int line) implements Expr {}

    /** A variable. */
    record Name(String name, int line) implements Expr {}

    /** [a, b]. */
    record ListOf(List<Expr> items, int line) implements Expr {}

    /** (a, b). */
    record TupleOf(List<Expr> items, int line) implements Expr {}

    /** key: value. */
    record Pair(Expr key, Expr value) {}

    /** {a: b}. */
    record DictOf(List<Pair> pairs, int line) implements Expr {}

    /** object.name. */
    record Attribute(Expr object, String name, int line) implements Expr {}

    /** object[key]. */
    record Item(Expr object, Expr key, int line) implements Expr {}

    /** object[start:stop:step]. */
    record Slice(Expr object, @Nullable Expr start, @Nullable Expr stop, @Nullable Expr step, int line)
            implements Expr {}

    /** name=value in a call. */
    record Keyword(String name, Expr value) {}

    /** (a, b=c, *d, **e). */
    record Args(List<Expr> positional, List<Keyword> named, @Nullable Expr star, @Nullable Expr starStar) {
        static final Args NONE = new Args(List.of(), List.of(), null, null);
    }

    /** function(args). */
    record Call(Expr function, Args args, int line) implements Expr {}

    /** subject|name(args); without a subject it filters the text of a block. */
    record Filter(@Nullable Expr subject, String name, Args args, int line) implements Expr {}

    /** subject is name(args). */
    record Test(Expr subject, String name, Args args, int line) implements Expr {}

    /** + or - before an operand. */
    record Sign(boolean minus, Expr operand, int line) implements Expr {}

    /** not operand. */
    record Not(Expr operand, int line) implements Expr {}

    /** left and right, or left or right. */
    record Logic(boolean and, Expr left, Expr right, int line) implements Expr {}

    /** left op right, for + - * / // % **. */
    record Arithmetic(String operator, Expr left, Expr right, int line) implements Expr {}

    /** first ~ second ~ ... */
    record Concat(List<Expr> parts, int line) implements Expr {}

    /** One link of a comparison: == != &lt; &lt;= &gt; &gt;= in notin. */
    record Link(String operator, Expr right) {}

    /** a &lt; b &lt;= c. */
    record Comparison(Expr first, List<Link> links, int line) implements Expr {}

    /** then if test else otherwise. */
    record Conditional(Expr test, Expr then, @Nullable Expr otherwise, int line) implements Expr {}
}
