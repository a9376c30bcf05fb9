package assay.ledger.light;

import assay.core.base.Hash;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The trust rules of CometBFT's light client (spec/light-client/verification; light/verifier.go of v0.38): a header
 * follows from one that is trusted. Pure and total.
 *
 * <p>The next header must be signed by the set that the trusted one names. A later one is trusted if validators with
 * more than a third of the trusted set's power signed it, at least one of which is honest, and more than two thirds
 * of its own set did.
 */
public final class HeaderCheck {
    private HeaderCheck() {}

    /**
     * What a checker goes by.
     *
     * @param chain name of the network
     * @param trusting how long validators can be held to what they signed: less than it takes a bond to leave
     * @param drift how far a header's time may be ahead of ours
     */
    public record Rules(String chain, Duration trusting, Duration drift) {}

    /** Why a header is not to be trusted. */
    public enum Fault {
        /** It is of another network. */
        WRONG_CHAIN,
        /** It is not later than the trusted one, or its time is not. */
        NOT_NEWER,
        /** The trusted header is so old that its validators have nothing to lose any more. */
        EXPIRED,
        /** Its time is still to come. */
        FROM_THE_FUTURE,
        /** The set that was shown is not the one that must sign. */
        WRONG_VALIDATORS,
        /** The signatures are under another block. */
        WRONG_COMMIT,
        /** A signature is none. */
        WRONG_SIGNATURE,
        /** Two thirds of the power, or less, signed. */
        TOO_FEW_SIGNATURES,
        /** It is not the header that was pinned. */
        WRONG_PIN,
        /** It is too old to say what is the case now. */
        STALE,
        /** Two headers of one height are both signed: more than a third of the validators lie. */
        FORK,
        /** What was shown does not lead to a digest in the header. */
        WRONG_PROOF,
        /** The endpoint's bytes are not understood. */
        MALFORMED
    }

    /** What a check says. */
    public sealed interface Result {
        /** It may be trusted. */
        record Trusted() implements Result {}

        /** It may be true, but too few of the trusted validators signed it: look at one in between. */
        record TooFar() implements Result {}

        /** It is not to be trusted. */
        record Refused(Fault fault, String why) implements Result {}
    }

    /** Checks the first block against the validators of the genesis. */
    public static Result first(ValidatorSet founders, LightBlock first, Rules rules, Instant now) {
        Header h = first.header();
        if (h.height() != 1) {
            return refused(Fault.NOT_NEWER, "expected block 1, got " + h.height());
        }
        if (!first.validators().hash().equals(founders.hash())) {
            return refused(Fault.WRONG_VALIDATORS, "the first validators are not those of the genesis");
        }
        if (isExpired(h, rules, now)) {
            return expired(h, rules);
        }
        return alone(first, rules, now).orElseGet(Result.Trusted::new);
    }

    /** Checks a pinned block: nothing but that it is the one. */
    public static Result pinned(long height, Hash hash, LightBlock found, Rules rules, Instant now) {
        Header h = found.header();
        if (h.height() != height || !h.hash().equals(hash)) {
            return refused(Fault.WRONG_PIN, "block " + height + " is not " + hash.hex());
        }
        if (isExpired(h, rules, now)) {
            return expired(h, rules);
        }
        return alone(found, rules, now).orElseGet(Result.Trusted::new);
    }

    /** Checks a block against an earlier one that is trusted. */
    public static Result later(LightBlock trusted, LightBlock next, Rules rules, Instant now) {
        Header old = trusted.header();
        Header h = next.header();
        if (isExpired(old, rules, now)) {
            return expired(old, rules);
        }
        if (h.height() <= old.height() || !h.time().isAfter(old.time())) {
            return refused(
                    Fault.NOT_NEWER,
                    "block " + h.height() + " of " + h.time() + " is not after block " + old.height() + " of "
                            + old.time());
        }
        if (h.height() == old.height() + 1) {
            if (!h.validators().equals(old.nextValidators())) {
                return refused(Fault.WRONG_VALIDATORS, "the block before names other validators for " + h.height());
            }
        } else {
            Optional<Result> far = trusting(trusted.validators(), next, rules);
            if (far.isPresent()) {
                return far.get();
            }
        }
        return alone(next, rules, now).orElseGet(Result.Trusted::new);
    }

    /** What a block must be whatever is trusted: of the chain, whole, and signed by two thirds of its own set. */
    private static Optional<Result> alone(LightBlock block, Rules rules, Instant now) {
        Header h = block.header();
        Commit c = block.commit();
        if (!h.chain().equals(rules.chain)) {
            return fault(Fault.WRONG_CHAIN, "expected chain " + rules.chain + ", got " + h.chain());
        }
        if (!h.time().isBefore(now.plus(rules.drift))) {
            return fault(Fault.FROM_THE_FUTURE, "block " + h.height() + " says that it is of " + h.time());
        }
        if (!h.validators().equals(block.validators().hash())) {
            return fault(Fault.WRONG_VALIDATORS, "the validators shown are not those of header " + h.height());
        }
        if (c.height() != h.height() || !c.block().hash().equals(h.hash())) {
            return fault(Fault.WRONG_COMMIT, "the signatures are not under header " + h.height());
        }
        return twoThirds(block.validators(), c, h.chain());
    }

    private static Optional<Result> twoThirds(ValidatorSet set, Commit c, String chain) {
        if (c.votes().size() != set.members().size()) {
            return fault(
                    Fault.WRONG_COMMIT,
                    set.members().size() + " votes expected, got " + c.votes().size());
        }
        long needed = 2 * set.power() / 3;
        long power = 0;
        for (int i = 0; i < c.votes().size() && power <= needed; i++) {
            Commit.Vote vote = c.votes().get(i);
            ValidatorSet.Member member = set.members().get(i);
            if (!vote.forBlock()) {
                continue;
            }
            if (!vote.validator().equals(member.address()) || !member.signed(c.signed(chain, vote), vote.signature())) {
                return fault(Fault.WRONG_SIGNATURE, "vote " + i + " under block " + c.height() + " is none");
            }
            power += member.power();
        }
        return power > needed
                ? Optional.empty()
                : fault(
                        Fault.TOO_FEW_SIGNATURES,
                        "block " + c.height() + " is signed by " + power + " of " + set.power());
    }

    /** More than a third of the trusted set's power is under the new block. */
    private static Optional<Result> trusting(ValidatorSet trusted, LightBlock next, Rules rules) {
        long needed = trusted.power() / 3;
        long power = 0;
        Set<String> counted = new TreeSet<>();
        for (Commit.Vote vote : next.commit().votes()) {
            Optional<ValidatorSet.Member> member =
                    vote.forBlock() ? trusted.member(vote.validator()) : Optional.empty();
            if (member.isEmpty()) {
                continue;
            }
            if (!counted.add(vote.validator())) {
                return fault(Fault.WRONG_COMMIT, vote.validator() + " voted twice");
            }
            if (!member.get().signed(next.commit().signed(rules.chain, vote), vote.signature())) {
                return fault(Fault.WRONG_SIGNATURE, "the vote of " + vote.validator() + " is none");
            }
            power += member.get().power();
            if (power > needed) {
                return Optional.empty();
            }
        }
        return Optional.of(new Result.TooFar());
    }

    private static boolean isExpired(Header trusted, Rules rules, Instant now) {
        return !trusted.time().plus(rules.trusting).isAfter(now);
    }

    private static Result expired(Header trusted, Rules rules) {
        return refused(
                Fault.EXPIRED,
                "block " + trusted.height() + " of " + trusted.time() + " was to be trusted for "
                        + rules.trusting.toDays() + " days: pin a newer one");
    }

    private static Optional<Result> fault(Fault fault, String why) {
        return Optional.of(refused(fault, why));
    }

    private static Result refused(Fault fault, String why) {
        return new Result.Refused(fault, why);
    }
}
