package assay.core.text.template;

import java.util.List;

/** Counts what a rendering uses and stops it at the limits. */
final class Meter {
    static final int VALUE_BYTES = 64;
    static final int ITEM_BYTES = 32;
    static final int MEMBER_BYTES = 128;

    private final Limits limits;
    private long steps;
    private long memory;
    private int depth;
    private int line;

    Meter(Limits limits) {
        this.limits = limits;
    }

    void step() {
        steps(1);
    }

    void steps(long count) {
        steps += count;
        if (steps > limits.steps()) {
            throw Fault.limit("the template needs more than " + limits.steps() + " steps");
        }
    }

    /** Handling {@code chars} characters in one go. */
    void chars(long chars) {
        steps(1 + chars / 64);
    }

    /** Handling {@code items} items in one go. */
    void items(long items) {
        steps(1 + items / 8);
    }

    void memory(long bytes) {
        memory += bytes;
        if (memory > limits.memoryBytes() || memory < 0) {
            throw Fault.limit("the template makes values of more than " + limits.memoryBytes() + " bytes");
        }
    }

    /** To be called before a string of this length is made. */
    void string(long chars) {
        if (chars > limits.outputChars()) {
            throw Fault.limit("the template makes a text longer than " + limits.outputChars() + " chars");
        }
        chars(chars);
        memory(VALUE_BYTES + 2 * chars);
    }

    /** To be called before a list of this length is made. */
    void list(long items) {
        items(items);
        memory(VALUE_BYTES + ITEM_BYTES * items);
    }

    /** A list of values, paid for. */
    Value.Items listOf(List<Value> items) {
        list(items.size());
        return new Value.Items(items);
    }

    void output(long chars) {
        if (chars > limits.outputChars()) {
            throw Fault.limit("the template writes more than " + limits.outputChars() + " chars");
        }
    }

    void enter() {
        step();
        if (++depth > limits.depth()) {
            throw Fault.limit("the template nests deeper than " + limits.depth() + " levels");
        }
    }

    void leave() {
        depth--;
    }

    void at(int newLine) {
        line = newLine;
    }

    int line() {
        return line;
    }
}
