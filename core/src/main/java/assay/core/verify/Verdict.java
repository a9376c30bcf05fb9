package assay.core.verify;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What a verifier says: one of four things that are never folded into one another. */
public sealed interface Verdict {
    /**
     * Everything claimed holds.
     *
     * @param claims what is now known, at least one, the first of the receipt itself
     * @param leavesOpen what it does not prove, in words, one sentence each
     */
    record Valid(List<Claim> claims, List<String> leavesOpen) implements Verdict {
        /** Copies the lists. */
        public Valid {
            claims = List.copyOf(claims);
            leavesOpen = List.copyOf(leavesOpen);
            if (claims.isEmpty()) {
                throw new IllegalArgumentException("a valid verdict claims something");
            }
        }

        /** One claim. */
        public Valid(Claim claim, List<String> leavesOpen) {
            this(List.of(claim), leavesOpen);
        }

        /** The strongest kind of check among the claims. */
        public Tier tier() {
            return claims.stream()
                    .map(Claim::tier)
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }

        /** What is now known, in words. */
        public String claim() {
            return String.join(" ", claims.stream().map(Claim::says).toList());
        }

        /** The same with one more claim, and this left open. */
        public Valid with(Claim claim, List<String> open) {
            List<Claim> more = new ArrayList<>(claims);
            more.add(claim);
            return new Valid(more, open);
        }
    }

    /**
     * The bytes are well-formed and what they claim is false.
     *
     * @param reason what is false
     */
    record Invalid(String reason) implements Verdict {}

    /**
     * The bytes are not what they are said to be.
     *
     * @param offset where in the input, or -1
     * @param reason what is wrong
     */
    record Malformed(long offset, String reason) implements Verdict {}

    /**
     * Nothing is wrong, and something is missing.
     *
     * @param need what would decide it
     */
    record Undecided(String need) implements Verdict {}

    /** Exit code of a tool that ends in {@link Valid}. */
    int EXIT_VALID = 0;

    /** Exit code of a tool that ends in {@link Invalid}. */
    int EXIT_INVALID = 1;

    /** Exit code of a tool that ends in {@link Malformed}, or was used wrongly. */
    int EXIT_MALFORMED = 2;

    /** Exit code of a tool that ends in {@link Undecided}. */
    int EXIT_UNDECIDED = 3;

    /** The exit code of a tool that ends in this verdict. */
    default int exitCode() {
        return switch (this) {
            case Valid v -> EXIT_VALID;
            case Invalid v -> EXIT_INVALID;
            case Malformed v -> EXIT_MALFORMED;
            case Undecided v -> EXIT_UNDECIDED;
        };
    }
}
