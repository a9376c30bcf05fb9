package assay.core.text.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement; {@code line} is the template's line, from 1. */
sealed interface Stmt {
    int line();

    /** Something that can be assigned to. */
    sealed interface Target {
        /** A variable. */
        record Variable(String name) implements Target {}

        /** namespace.attribute. */
        record Member(String namespace, String attribute) implements Target {}

        /** a, (b, c). */
        record Unpack(List<Target> targets) implements Target {}
    }

    /** The template's own text. */
    record Text(Str text, int line) implements Stmt {}

    /** {{ value }}. */
    record Print(Expr value, int line) implements Stmt {}

    /** A test and what is done when it is the first that holds. */
    record Branch(Expr test, List<Stmt> body) {}

    /** if, elif, else. */
    record If(List<Branch> branches, List<Stmt> otherwise, int line) implements Stmt {}

    /** for target in items if test: body; else: otherwise. */
    record For(Target target, Expr items, @Nullable Expr test, List<Stmt> body, List<Stmt> otherwise, int line)
            implements Stmt {}

    /** set target = value. */
    record Set(Target target, Expr value, int line) implements Stmt {}

    /** set target, with a filter or not: body. */
    record SetBlock(Target target, Expr.@Nullable Filter filter, List<Stmt> body, int line) implements Stmt {}

    /** filter: body. */
    record FilterBlock(Expr.Filter filter, List<Stmt> body, int line) implements Stmt {}

    /** A parameter of a macro. */
    record Parameter(String name, @Nullable Expr fallback) {}

    /** What macros and call blocks share; the flags say which special names the body reads. */
    record Routine(
            String name,
            List<Parameter> parameters,
            List<Stmt> body,
            boolean usesCaller,
            boolean usesVarargs,
            boolean usesKwargs) {}

    /** macro. */
    record Macro(Routine routine, int line) implements Stmt {}

    /** call(parameters) call: body. */
    record CallBlock(Routine caller, Expr.Call call, int line) implements Stmt {}

    /** One name = value of a with statement. */
    record Binding(Target target, Expr value) {}

    /** with: body; also the generation tag, which has no bindings. */
    record With(List<Binding> bindings, List<Stmt> body, int line) implements Stmt {}

    /** break. */
    record Break(int line) implements Stmt {}

    /** continue. */
    record Continue(int line) implements Stmt {}
}
