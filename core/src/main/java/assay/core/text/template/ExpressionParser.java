package assay.core.text.template;

import assay.core.base.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Expressions, with the precedence that jinja2 gives them: one method a level, weakest first. */
final class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final Set<String> PRODUCTS = Set.of("*", "/", "//", "%");
    private static final Set<Token.Kind> STARTS_OPERAND =
            Set.of(Token.Kind.NAME, Token.Kind.STRING, Token.Kind.INTEGER, Token.Kind.FLOAT);

    /** Names that mean something in the body of a macro that reads them. */
    static final Set<String> SPECIAL = Set.of("caller", "varargs", "kwargs");

    private static final int ARGUMENTS_MAX = 255;

    /** A filter or test that jinja2 does not know; allowed only where an if decides whether it runs. */
    record Unknown(String what, Token token) {}

    private final Tokens tokens;

    /** Which of {@link #SPECIAL} were read so far. */
    final Set<String> specialRead = new TreeSet<>();

    /** Unknown filters and tests so far that no if guards. */
    final List<Unknown> unknown = new ArrayList<>();

    ExpressionParser(Tokens tokens) {
        this.tokens = tokens;
    }

    Expr expression(boolean withConditional) throws MalformedException {
        tokens.enter();
        Expr result = withConditional ? conditional() : or();
        tokens.leave();
        return result;
    }

    private Expr conditional() throws MalformedException {
        int line = tokens.current().line();
        int guarded = unknown.size();
        Expr then = or();
        while (tokens.skipName("if")) {
            Expr test = or();
            Expr otherwise = null;
            if (tokens.skipName("else")) {
                otherwise = expression(true);
            }
            then = new Expr.Conditional(test, then, otherwise, line);
            unknown.subList(guarded, unknown.size()).clear();
        }
        return then;
    }

    private Expr or() throws MalformedException {
        Expr left = and();
        while (tokens.isName("or")) {
            int line = tokens.next().line();
            left = new Expr.Logic(false, left, and(), line);
        }
        return left;
    }

    private Expr and() throws MalformedException {
        Expr left = not();
        while (tokens.isName("and")) {
            int line = tokens.next().line();
            left = new Expr.Logic(true, left, not(), line);
        }
        return left;
    }

    private Expr not() throws MalformedException {
        if (!tokens.isName("not")) {
            return comparison();
        }
        int line = tokens.next().line();
        tokens.enter();
        Expr operand = not();
        tokens.leave();
        return new Expr.Not(operand, line);
    }

    private Expr comparison() throws MalformedException {
        int line = tokens.current().line();
        Expr first = sum();
        List<Expr.Link> links = new ArrayList<>();
        while (true) {
            Token token = tokens.current();
            if (token.kind() == Token.Kind.OPERATOR && COMPARISONS.contains(token.text())) {
                tokens.next();
                links.add(new Expr.Link(token.text(), sum()));
            } else if (tokens.skipName("in")) {
                links.add(new Expr.Link("in", sum()));
            } else if (token.isName("not") && tokens.look().isName("in")) {
                tokens.next();
                tokens.next();
                links.add(new Expr.Link("notin", sum()));
            } else {
                return links.isEmpty() ? first : new Expr.Comparison(first, List.copyOf(links), line);
            }
        }
    }

    private Expr sum() throws MalformedException {
        Expr left = concat();
        while (tokens.isOperator("+") || tokens.isOperator("-")) {
            Token operator = tokens.next();
            left = new Expr.Arithmetic(operator.text(), left, concat(), operator.line());
        }
        return left;
    }

    private Expr concat() throws MalformedException {
        int line = tokens.current().line();
        Expr first = product();
        if (!tokens.isOperator("~")) {
            return first;
        }
        List<Expr> parts = new ArrayList<>(List.of(first));
        while (tokens.skipOperator("~")) {
            parts.add(product());
        }
        return new Expr.Concat(List.copyOf(parts), line);
    }

    private Expr product() throws MalformedException {
        Expr left = power();
        while (tokens.is(Token.Kind.OPERATOR)
                && PRODUCTS.contains(tokens.current().text())) {
            Token operator = tokens.next();
            left = new Expr.Arithmetic(operator.text(), left, power(), operator.line());
        }
        return left;
    }

    private Expr power() throws MalformedException {
        Expr left = unary(true);
        while (tokens.isOperator("**")) {
            int line = tokens.next().line();
            left = new Expr.Arithmetic("**", left, unary(true), line);
        }
        return left;
    }

    private Expr unary(boolean withFilter) throws MalformedException {
        Expr node;
        if (tokens.isOperator("-") || tokens.isOperator("+")) {
            Token sign = tokens.next();
            tokens.enter();
            node = new Expr.Sign(sign.text().equals("-"), unary(false), sign.line());
            tokens.leave();
        } else {
            node = primary();
        }
        node = postfix(node);
        return withFilter ? filters(node) : node;
    }

    Expr primary() throws MalformedException {
        Token token = tokens.current();
        switch (token.kind()) {
            case NAME -> {
                tokens.next();
                return name(token);
            }
            case STRING -> {
                StringBuilder text = new StringBuilder();
                while (tokens.is(Token.Kind.STRING)) {
                    text.append(tokens.next().text());
                }
                return new Expr.Const(Str.trusted(text.toString()), token.line());
            }
            case INTEGER, FLOAT -> {
                tokens.next();
                return new Expr.Const(number(token), token.line());
            }
            case OPERATOR -> {
                return bracketed(token);
            }
            default -> throw tokens.malformed("unexpected " + token.describe(), token);
        }
    }

    private Expr name(Token token) throws MalformedException {
        return switch (token.text()) {
            case "true", "True" -> new Expr.Const(Value.Bool.TRUE, token.line());
            case "false", "False" -> new Expr.Const(Value.Bool.FALSE, token.line());
            case "none", "None" -> new Expr.Const(Value.None.NONE, token.line());
            case "self" -> throw tokens.malformed("self is not supported", token);
            default -> {
                if (SPECIAL.contains(token.text())) {
                    specialRead.add(token.text());
                }
                yield new Expr.Name(token.text(), token.line());
            }
        };
    }

    private Value number(Token token) throws MalformedException {
        if (token.kind() == Token.Kind.FLOAT) {
            return new Value.Real(Double.parseDouble(token.text()));
        }
        try {
            return new Value.Int(Numbers.literal(token.text()));
        } catch (NumberFormatException e) {
            throw tokens.malformed("the number does not fit 64 bits", token);
        }
    }

    private Expr bracketed(Token token) throws MalformedException {
        switch (token.text()) {
            case "(" -> {
                tokens.next();
                Expr inner = tuple(true, true);
                tokens.expectOperator(")");
                return inner;
            }
            case "[" -> {
                tokens.next();
                return new Expr.ListOf(listItems(), token.line());
            }
            case "{" -> {
                tokens.next();
                return new Expr.DictOf(dictPairs(), token.line());
            }
            default -> throw tokens.malformed("unexpected " + token.describe(), token);
        }
    }

    /**
     * An expression, or a tuple if a comma follows.
     *
     * @param parenthesized whether an empty tuple may stand here
     */
    Expr tuple(boolean withConditional, boolean parenthesized) throws MalformedException {
        int line = tokens.current().line();
        List<Expr> items = new ArrayList<>();
        boolean isTuple = false;
        while (true) {
            if (!items.isEmpty()) {
                tokens.expectOperator(",");
            }
            if (atTupleEnd()) {
                break;
            }
            items.add(expression(withConditional));
            if (!tokens.isOperator(",")) {
                break;
            }
            isTuple = true;
        }
        if (isTuple || (items.isEmpty() && parenthesized)) {
            return new Expr.TupleOf(List.copyOf(items), line);
        }
        if (items.isEmpty()) {
            throw tokens.expected("an expression");
        }
        return items.getFirst();
    }

    boolean atTupleEnd() {
        return tokens.is(Token.Kind.VARIABLE_END) || tokens.is(Token.Kind.BLOCK_END) || tokens.isOperator(")");
    }

    private List<Expr> listItems() throws MalformedException {
        List<Expr> items = new ArrayList<>();
        while (!tokens.isOperator("]")) {
            if (!items.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.isOperator("]")) {
                    break;
                }
            }
            items.add(expression(true));
        }
        tokens.expectOperator("]");
        return List.copyOf(items);
    }

    private List<Expr.Pair> dictPairs() throws MalformedException {
        List<Expr.Pair> pairs = new ArrayList<>();
        while (!tokens.isOperator("}")) {
            if (!pairs.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.isOperator("}")) {
                    break;
                }
            }
            Token start = tokens.current();
            Expr key = expression(true);
            if (key instanceof Expr.ListOf || key instanceof Expr.DictOf) {
                throw tokens.malformed("unhashable: a list or mapping as a key", start);
            }
            tokens.expectOperator(":");
            pairs.add(new Expr.Pair(key, expression(true)));
        }
        tokens.expectOperator("}");
        return List.copyOf(pairs);
    }

    Expr postfix(Expr start) throws MalformedException {
        Expr node = start;
        while (true) {
            if (tokens.isOperator(".")) {
                node = attribute(node);
            } else if (tokens.isOperator("[")) {
                node = subscript(node);
            } else if (tokens.isOperator("(")) {
                int line = tokens.current().line();
                node = new Expr.Call(node, args(), line);
            } else {
                return node;
            }
        }
    }

    private Expr attribute(Expr object) throws MalformedException {
        tokens.next();
        Token name = tokens.next();
        if (name.kind() == Token.Kind.NAME) {
            return new Expr.Attribute(object, name.text(), name.line());
        }
        if (name.kind() != Token.Kind.INTEGER) {
            throw tokens.malformed("expected a name or a number after the dot", name);
        }
        return new Expr.Item(object, new Expr.Const(number(name), name.line()), name.line());
    }

    private Expr subscript(Expr object) throws MalformedException {
        int line = tokens.next().line();
        Expr start = tokens.isOperator(":") ? null : expression(true);
        if (start != null && tokens.isOperator(",")) {
            throw tokens.malformed("several subscripts are not supported", tokens.current());
        }
        if (start != null && !tokens.isOperator(":")) {
            tokens.expectOperator("]");
            return new Expr.Item(object, start, line);
        }
        tokens.expectOperator(":");
        Expr stop = sliceEnd();
        Expr step = tokens.skipOperator(":") ? sliceEnd() : null;
        tokens.expectOperator("]");
        return new Expr.Slice(object, start, stop, step, line);
    }

    private @Nullable Expr sliceEnd() throws MalformedException {
        return tokens.isOperator(":") || tokens.isOperator("]") ? null : expression(true);
    }

    private Expr filters(Expr start) throws MalformedException {
        Expr node = start;
        while (true) {
            if (tokens.isOperator("|")) {
                tokens.next();
                node = filter(node);
            } else if (tokens.isName("is")) {
                node = test(node);
            } else if (tokens.isOperator("(")) {
                int line = tokens.current().line();
                node = new Expr.Call(node, args(), line);
            } else {
                return node;
            }
        }
    }

    /** A filter, from its name on. */
    Expr.Filter filter(@Nullable Expr subject) throws MalformedException {
        Token token = tokens.current();
        String name = dottedName();
        if (!Filters.isKnown(name)) {
            unknown.add(new Unknown("No filter named '" + name + "'.", token));
        }
        Expr.Args args = tokens.isOperator("(") ? args() : Expr.Args.NONE;
        return new Expr.Filter(subject, name, args, token.line());
    }

    private String dottedName() throws MalformedException {
        StringBuilder name = new StringBuilder(tokens.expectName().text());
        while (tokens.skipOperator(".")) {
            name.append('.').append(tokens.expectName().text());
        }
        return name.toString();
    }

    private Expr test(Expr subject) throws MalformedException {
        int line = tokens.next().line();
        boolean negated = tokens.skipName("not");
        Token token = tokens.current();
        String name = dottedName();
        if (!Predicates.isKnown(name)) {
            unknown.add(new Unknown("No test named '" + name + "'.", token));
        }
        Expr test = new Expr.Test(subject, name, testArgs(), line);
        return negated ? new Expr.Not(test, line) : test;
    }

    private Expr.Args testArgs() throws MalformedException {
        if (tokens.isOperator("(")) {
            return args();
        }
        boolean operand =
                STARTS_OPERAND.contains(tokens.current().kind()) || tokens.isOperator("[") || tokens.isOperator("{");
        if (!operand || tokens.isName("else") || tokens.isName("or") || tokens.isName("and")) {
            return Expr.Args.NONE;
        }
        if (tokens.isName("is")) {
            throw tokens.malformed("You cannot chain multiple tests with is", tokens.current());
        }
        tokens.enter();
        Expr operandNode = postfix(primary());
        tokens.leave();
        return new Expr.Args(List.of(operandNode), List.of(), null, null);
    }

    private Expr.Args args() throws MalformedException {
        Token open = tokens.current();
        tokens.expectOperator("(");
        List<Expr> positional = new ArrayList<>();
        List<Expr.Keyword> named = new ArrayList<>();
        Expr star = null;
        Expr starStar = null;
        boolean first = true;
        while (!tokens.isOperator(")")) {
            if (!first) {
                tokens.expectOperator(",");
                if (tokens.isOperator(")")) {
                    break;
                }
            }
            first = false;
            boolean valid;
            if (tokens.skipOperator("*")) {
                valid = star == null && starStar == null;
                star = expression(true);
            } else if (tokens.skipOperator("**")) {
                valid = starStar == null;
                starStar = expression(true);
            } else if (tokens.is(Token.Kind.NAME) && tokens.look().isOperator("=")) {
                valid = starStar == null;
                String name = tokens.next().text();
                tokens.next();
                Expr value = expression(true);
                valid &= named.stream().noneMatch(k -> k.name().equals(name));
                named.add(new Expr.Keyword(name, value));
            } else {
                valid = star == null && starStar == null && named.isEmpty();
                positional.add(expression(true));
            }
            if (positional.size() + named.size() > ARGUMENTS_MAX) {
                throw tokens.malformed("more than " + ARGUMENTS_MAX + " arguments", open);
            }
            if (!valid) {
                throw tokens.malformed("invalid syntax for function call expression", open);
            }
        }
        tokens.expectOperator(")");
        return new Expr.Args(List.copyOf(positional), List.copyOf(named), star, starStar);
    }
}
