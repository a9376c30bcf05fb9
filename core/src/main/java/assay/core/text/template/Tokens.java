package assay.core.text.template;

import assay.core.base.MalformedException;
import java.util.List;

/** The tokens of a template and where the parser is in them. */
final class Tokens {
    /** Tags, brackets and operators inside one another. */
    static final int NESTING_MAX = 100;

    private final List<Token> tokens;
    private int at;
    private int nesting;

    Tokens(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(at);
    }

    Token look() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = tokens.get(at);
        if (at < tokens.size() - 1) {
            at++;
        }
        return token;
    }

    boolean is(Token.Kind kind) {
        return current().kind() == kind;
    }

    boolean isName(String name) {
        return current().isName(name);
    }

    boolean isOperator(String operator) {
        return current().isOperator(operator);
    }

    boolean skipName(String name) {
        if (isName(name)) {
            next();
            return true;
        }
        return false;
    }

    boolean skipOperator(String operator) {
        if (isOperator(operator)) {
            next();
            return true;
        }
        return false;
    }

    Token expect(Token.Kind kind, String description) throws MalformedException {
        if (!is(kind)) {
            throw expected(description);
        }
        return next();
    }

    Token expectName() throws MalformedException {
        return expect(Token.Kind.NAME, "a name");
    }

    void expectName(String name) throws MalformedException {
        if (!skipName(name)) {
            throw expected("'" + name + "'");
        }
    }

    void expectOperator(String operator) throws MalformedException {
        if (!skipOperator(operator)) {
            throw expected("'" + operator + "'");
        }
    }

    MalformedException expected(String description) {
        return malformed("expected " + description + ", got " + current().describe(), current());
    }

    MalformedException malformed(String what, Token token) {
        return new MalformedException("template line " + token.line() + ": " + what, token.offset());
    }

    void enter() throws MalformedException {
        if (++nesting > NESTING_MAX) {
            throw malformed("nested deeper than " + NESTING_MAX + " levels", current());
        }
    }

    void leave() {
        nesting--;
    }
}
