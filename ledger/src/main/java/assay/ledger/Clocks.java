package assay.ledger;

import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.state.Audit;
import assay.ledger.state.Claim;
import assay.ledger.state.Due;
import assay.ledger.state.Key;
import assay.ledger.tx.Ids;

/**
 * Clocks against somebody who has to move. A full block does not count on any of them: who has to move may have found no
 * room in it, and to fill blocks would be a way to have others punished for silence.
 */
final class Clocks {
    /** So many blocks long the ledger remembers that a block was full: a day and a half at a block a second. */
    static final long FULL_KEPT = 1 << 17;

    private static final Due FULL = new Due(Due.Kind.FULL_BLOCK, Ids.NONE, Address.NONE);

    private Clocks() {}

    /** This block is full. */
    static void full(Draft d) {
        d.totals = d.totals.plusFullBlock();
        d.schedule(d.block.height() + FULL_KEPT, FULL);
    }

    /**
     * The last height for something that has so many blocks from a height on, as far as is known now.
     *
     * @param from a height; one that is longer ago than {@link #FULL_KEPT} counts all blocks before that
     */
    static long until(Draft d, long from, long blocks) {
        long last = from + blocks;
        if (d.totals.fullBlocks() > 0) {
            for (long at = Math.max(from, d.block.height() - FULL_KEPT) + 1;
                    at <= last && at < d.block.height();
                    at++) {
                if (d.dues.has(Key.due(at + FULL_KEPT, FULL))) {
                    last++;
                }
            }
        }
        return last;
    }

    /** Whether it is too long ago to say which blocks after this height were full. */
    static boolean isForgotten(Draft d, long height) {
        return d.totals.fullBlocks() > 0 && d.block.height() > height + FULL_KEPT;
    }

    /** Whether blocks were full since this was scheduled, and it is due so many blocks later instead. */
    static boolean stood(Draft d, Due due) {
        long stood = d.totals.fullBlocks() - due.fullBefore();
        if (stood == 0 || !postpone(d, due, d.block.height() + stood, stood)) {
            return false;
        }
        d.schedule(d.block.height() + stood, due);
        return true;
    }

    /** Gives who has to move until this height; false if nobody has to. */
    private static boolean postpone(Draft d, Due due, long until, long stood) {
        Hash subject = due.subject();
        byte[] receipt = Key.of(due.operator(), subject);
        return switch (due.kind()) {
            case AUDIT_PHASE -> {
                Audit audit = d.audits.get(receipt).orElseThrow();
                if (!audit.slots().isEmpty()) {
                    d.audits = d.audits.put(receipt, audit.later(stood));
                }
                yield !audit.slots().isEmpty();
            }
            case DISPUTE -> {
                d.disputes = d.disputes.put(
                        receipt, d.disputes.get(receipt).orElseThrow().until(until));
                yield true;
            }
            case DEMAND -> {
                byte[] key = Key.of(subject);
                d.demands = d.demands.put(key, d.demands.get(key).orElseThrow().until(until));
                yield true;
            }
            case STORAGE -> {
                byte[] key = Key.host(subject, due.operator());
                d.hosts = d.hosts.put(key, d.hosts.get(key).orElseThrow().until(until));
                yield true;
            }
            case CLAIM -> {
                Claim c = d.claims.get(Key.of(subject)).orElseThrow();
                d.claims = d.claims.put(Key.of(subject), new Claim(c.by(), c.bond(), c.holds(), c.fails(), until));
                yield true;
            }
            case CLOSE_CHANNEL -> {
                d.put(subject, d.channel(subject).orElseThrow().closing(until));
                yield true;
            }
            case RELEASE_BOND,
                    RELEASE_AUDITOR_BOND,
                    RELEASE_HOST_BOND,
                    RELEASE_MODEL_BOND,
                    DRAW,
                    END_BATCH,
                    END_RECEIPT,
                    PROPOSAL,
                    FULL_BLOCK,
                    FORGET_AUTHORIZATION -> false;
        };
    }
}
