package assay.core.text.template;

import assay.core.base.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Statements, as jinja2 3.1 reads them with the loop controls and the generation tag switched on. */
final class Parser {
    private static final Set<String> REFUSED = Set.of("block", "extends", "include", "from", "import", "autoescape");

    private static final int PARAMETERS_MAX = 255;

    private final Tokens tokens;
    private final ExpressionParser expressions;

    /** Loops around this place, counted inside the innermost macro; break needs one. */
    private int loops;

    /** Loops around this place, macros or not; in them the name loop cannot be set. */
    private int loopsOutside;

    private Parser(Tokens tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
    }

    static List<Stmt> parse(List<Token> tokens) throws MalformedException {
        Parser parser = new Parser(new Tokens(tokens));
        List<Stmt> body = parser.body(Set.of());
        parser.refuseUnknown(0);
        return body;
    }

    /** Statements up to a tag of one of these names, which stays; no names: up to the end. */
    private List<Stmt> body(Set<String> ends) throws MalformedException {
        tokens.enter();
        List<Stmt> body = new ArrayList<>();
        while (!tokens.is(Token.Kind.END)) {
            Token token = tokens.next();
            switch (token.kind()) {
                case DATA -> body.add(new Stmt.Text(Str.trusted(token.text()), token.line()));
                case VARIABLE_BEGIN -> {
                    body.add(new Stmt.Print(expressions.tuple(true, false), token.line()));
                    tokens.expect(Token.Kind.VARIABLE_END, "end of print statement");
                }
                default -> {
                    if (tokens.is(Token.Kind.NAME)
                            && ends.contains(tokens.current().text())) {
                        tokens.leave();
                        return List.copyOf(body);
                    }
                    body.addAll(statement());
                    tokens.expect(Token.Kind.BLOCK_END, "end of statement block");
                }
            }
        }
        if (!ends.isEmpty()) {
            throw tokens.malformed(
                    "Unexpected end of template. Looking for the following tags: "
                            + String.join(" or ", new TreeSet<>(ends)),
                    tokens.current());
        }
        tokens.leave();
        return List.copyOf(body);
    }

    /** The rest of the opening tag and the body; the closing tag's name is the current token. */
    private List<Stmt> block(String... ends) throws MalformedException {
        tokens.skipOperator(":");
        tokens.expect(Token.Kind.BLOCK_END, "end of statement block");
        return body(Set.of(ends));
    }

    private List<Stmt> closedBlock(String end) throws MalformedException {
        List<Stmt> body = block(end);
        tokens.next();
        return body;
    }

    private List<Stmt> statement() throws MalformedException {
        Token tag = tokens.expect(Token.Kind.NAME, "a tag name");
        int line = tag.line();
        return switch (tag.text()) {
            case "print" -> prints(line);
            case "if" -> List.of(ifStatement(line));
            case "for" -> List.of(forStatement(line));
            case "set" -> List.of(setStatement(line));
            case "macro" -> List.of(macro(tag));
            case "call" -> List.of(callBlock(tag));
            case "filter" -> List.of(filterBlock(line));
            case "with" -> List.of(with(line));
            case "generation" -> List.of(generation(line));
            case "break", "continue" -> {
                if (loops == 0) {
                    throw tokens.malformed("'" + tag.text() + "' outside loop", tag);
                }
                yield List.of(tag.text().equals("break") ? new Stmt.Break(line) : new Stmt.Continue(line));
            }
            default -> {
                String what = REFUSED.contains(tag.text())
                        ? "the tag '" + tag.text() + "' is not supported"
                        : "Encountered unknown tag '" + tag.text() + "'.";
                throw tokens.malformed(what, tag);
            }
        };
    }

    private List<Stmt> prints(int line) throws MalformedException {
        List<Stmt> prints = new ArrayList<>();
        while (!tokens.is(Token.Kind.BLOCK_END)) {
            if (!prints.isEmpty()) {
                tokens.expectOperator(",");
            }
            prints.add(new Stmt.Print(expressions.expression(true), line));
        }
        return prints;
    }

    private Stmt ifStatement(int line) throws MalformedException {
        int guarded = expressions.unknown.size();
        List<Stmt.Branch> branches = new ArrayList<>();
        List<Stmt> otherwise = List.of();
        while (true) {
            Expr test = expressions.tuple(false, false);
            branches.add(new Stmt.Branch(test, block("elif", "else", "endif")));
            String end = tokens.next().text();
            if (end.equals("else")) {
                otherwise = closedBlock("endif");
            }
            if (!end.equals("elif")) {
                break;
            }
        }
        expressions.unknown.subList(guarded, expressions.unknown.size()).clear();
        return new Stmt.If(List.copyOf(branches), otherwise, line);
    }

    private Stmt forStatement(int line) throws MalformedException {
        loopsOutside++;
        Stmt.Target target = target(false);
        tokens.expectName("in");
        Expr items = expressions.tuple(false, false);
        int inner = expressions.unknown.size();
        Expr test = tokens.skipName("if") ? expressions.expression(true) : null;
        if (tokens.isName("recursive")) {
            throw tokens.malformed("recursive loops are not supported", tokens.current());
        }
        loops++;
        List<Stmt> body = block("endfor", "else");
        loops--;
        List<Stmt> otherwise = tokens.next().text().equals("else") ? closedBlock("endfor") : List.of();
        loopsOutside--;
        refuseUnknown(inner);
        return new Stmt.For(target, items, test, body, otherwise, line);
    }

    private Stmt setStatement(int line) throws MalformedException {
        Stmt.Target target = target(true);
        if (tokens.skipOperator("=")) {
            return new Stmt.Set(target, expressions.tuple(true, false), line);
        }
        int inner = expressions.unknown.size();
        Expr.Filter filter = null;
        while (tokens.skipOperator("|")) {
            filter = expressions.filter(filter);
        }
        List<Stmt> body = closedBlock("endset");
        refuseUnknown(inner);
        return new Stmt.SetBlock(target, filter, body, line);
    }

    private Stmt filterBlock(int line) throws MalformedException {
        int inner = expressions.unknown.size();
        Expr.Filter filter = expressions.filter(null);
        while (tokens.skipOperator("|")) {
            filter = expressions.filter(filter);
        }
        List<Stmt> body = closedBlock("endfilter");
        refuseUnknown(inner);
        return new Stmt.FilterBlock(filter, body, line);
    }

    private Stmt with(int line) throws MalformedException {
        List<Stmt.Binding> bindings = new ArrayList<>();
        while (!tokens.is(Token.Kind.BLOCK_END)) {
            if (!bindings.isEmpty()) {
                tokens.expectOperator(",");
            }
            Stmt.Target target = target(false);
            tokens.expectOperator("=");
            bindings.add(new Stmt.Binding(target, expressions.expression(true)));
        }
        int inner = expressions.unknown.size();
        List<Stmt> body = closedBlock("endwith");
        refuseUnknown(inner);
        return new Stmt.With(List.copyOf(bindings), body, line);
    }

    private Stmt macro(Token tag) throws MalformedException {
        if (loopsOutside > 0) {
            throw tokens.malformed("a macro inside a loop is not supported", tag);
        }
        String name = tokens.current().text();
        variable(tokens.expectName());
        return new Stmt.Macro(routine(name, parameters(), "endmacro"), tag.line());
    }

    private Stmt callBlock(Token tag) throws MalformedException {
        List<Stmt.Parameter> parameters = tokens.isOperator("(") ? parameters() : List.of();
        if (!(expressions.expression(true) instanceof Expr.Call call)) {
            throw tokens.malformed("expected call", tag);
        }
        return new Stmt.CallBlock(routine("caller", parameters, "endcall"), call, tag.line());
    }

    /** The generation tag of transformers marks the assistant's text; it prints its body. */
    private Stmt generation(int line) throws MalformedException {
        Stmt.Routine body = routine("caller", List.of(), "endgeneration");
        return new Stmt.With(List.of(), body.body(), line);
    }

    private Stmt.Routine routine(String name, List<Stmt.Parameter> parameters, String end) throws MalformedException {
        int inner = expressions.unknown.size();
        int outerLoops = loops;
        Set<String> outer = new TreeSet<>(expressions.specialRead);
        expressions.specialRead.clear();
        loops = 0;
        List<Stmt> body = closedBlock(end);
        loops = outerLoops;
        refuseUnknown(inner);
        Set<String> read = new TreeSet<>(expressions.specialRead);
        expressions.specialRead.addAll(outer);
        for (Stmt.Parameter parameter : parameters) {
            if (ExpressionParser.SPECIAL.contains(parameter.name())) {
                throw tokens.malformed("a parameter named " + parameter.name() + " is not supported", tokens.current());
            }
        }
        return new Stmt.Routine(
                name, parameters, body, read.contains("caller"), read.contains("varargs"), read.contains("kwargs"));
    }

    private List<Stmt.Parameter> parameters() throws MalformedException {
        tokens.expectOperator("(");
        List<Stmt.Parameter> parameters = new ArrayList<>();
        while (!tokens.isOperator(")")) {
            if (!parameters.isEmpty()) {
                tokens.expectOperator(",");
            }
            Token name = tokens.expectName();
            variable(name);
            if (parameters.stream().anyMatch(p -> p.name().equals(name.text()))) {
                throw tokens.malformed("duplicate parameter '" + name.text() + "'", name);
            }
            if (parameters.size() > PARAMETERS_MAX) {
                throw tokens.malformed("more than " + PARAMETERS_MAX + " parameters", name);
            }
            Expr fallback = tokens.skipOperator("=") ? expressions.expression(true) : null;
            if (fallback == null
                    && !parameters.isEmpty()
                    && parameters.getLast().fallback() != null) {
                throw tokens.malformed("non-default argument follows default argument", name);
            }
            parameters.add(new Stmt.Parameter(name.text(), fallback));
        }
        tokens.expectOperator(")");
        return List.copyOf(parameters);
    }

    /** An assignment target: a name or, with commas, several. */
    private Stmt.Target target(boolean withMembers) throws MalformedException {
        List<Stmt.Target> targets = new ArrayList<>();
        boolean isTuple = false;
        while (true) {
            if (!targets.isEmpty()) {
                tokens.expectOperator(",");
            }
            if (expressions.atTupleEnd()) {
                break;
            }
            targets.add(oneTarget(withMembers));
            if (!tokens.isOperator(",")) {
                break;
            }
            isTuple = true;
        }
        if (targets.isEmpty()) {
            throw tokens.expected("a name to assign to");
        }
        return isTuple ? new Stmt.Target.Unpack(List.copyOf(targets)) : targets.getFirst();
    }

    private Stmt.Target oneTarget(boolean withMembers) throws MalformedException {
        Token token = tokens.current();
        if (withMembers && token.kind() == Token.Kind.NAME && tokens.look().isOperator(".")) {
            tokens.next();
            tokens.next();
            return new Stmt.Target.Member(token.text(), tokens.expectName().text());
        }
        if (token.kind() == Token.Kind.NAME) {
            return variable(tokens.next());
        }
        return assignable(expressions.primary(), token);
    }

    private Stmt.Target variable(Token token) throws MalformedException {
        return assignable(new Expr.Name(token.text(), token.line()), token);
    }

    private Stmt.Target assignable(Expr expr, Token token) throws MalformedException {
        switch (expr) {
            case Expr.Name name -> {
                if (Set.of("true", "false", "none", "True", "False", "None").contains(name.name())) {
                    throw tokens.malformed("can't assign to '" + name.name() + "'", token);
                }
                if (loopsOutside > 0 && name.name().equals("loop")) {
                    throw tokens.malformed("Can't assign to special loop variable in for-loop target", token);
                }
                return new Stmt.Target.Variable(name.name());
            }
            case Expr.TupleOf tuple -> {
                List<Stmt.Target> targets = new ArrayList<>();
                for (Expr item : tuple.items()) {
                    targets.add(assignable(item, token));
                }
                return new Stmt.Target.Unpack(List.copyOf(targets));
            }
            default -> throw tokens.malformed("can't assign to this expression", token);
        }
    }

    private void refuseUnknown(int from) throws MalformedException {
        if (expressions.unknown.size() > from) {
            ExpressionParser.Unknown first = expressions.unknown.get(from);
            throw tokens.malformed(first.what(), first.token());
        }
    }
}
