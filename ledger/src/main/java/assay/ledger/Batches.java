package assay.ledger;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.codec.Writer;
import assay.ledger.crypto.Address;
import assay.ledger.state.Batch;
import assay.ledger.state.Due;
import assay.ledger.state.Key;
import assay.ledger.state.Receipt;
import java.math.BigInteger;
import java.util.Map;
import java.util.TreeMap;

/**
 * Rules of checkpoints after they were posted: which of their receipts are audited, and when the others are
 * final.
 *
 * <p>The points of a checkpoint's draw are o, o + step, o + 2·step, … from the log's weight before it, with
 * o = H("assay/points/1" ‖ beacon ‖ operator ‖ root) modulo step. A receipt is drawn if a point lies in its
 * stretch of weight space, so with probability min(1, weight / step), whatever else is in the log.
 */
final class Batches {
    private Batches() {}

    static void add(Draft d, Address operator, Hash root, Batch batch) {
        d.batches = d.batches.put(Key.of(operator, root), batch);
        d.schedule(d.block.height() + d.params().windows().draw(), new Due(Due.Kind.DRAW, root, operator));
    }

    /** Draws from a checkpoint with this block's beacon. */
    static void draw(Draft d, Address operator, Hash root) {
        Batch batch = batch(d, operator, root);
        Map<Hash, Long> steps = new TreeMap<>();
        long before = batch.weightBefore();
        int audited = 0;
        for (Batch.Weighed leaf : batch.leaves()) {
            Receipt r = d.knownReceipt(operator, leaf.receipt());
            if (r.status() == Receipt.Status.POSTED) {
                long step = steps.computeIfAbsent(r.model(), model -> step(d, operator, model));
                long offset = offset(d.beacon(), operator, root, step);
                boolean hit = isHit(before - batch.weightBefore(), leaf.weight() - batch.weightBefore(), offset, step);
                if (hit || d.params().audits().everyReceipt()) {
                    audited++;
                    Audits.begin(d, operator, leaf.receipt(), Rates.fee(r, Rates.macs(d, r.model()), step, d.params()));
                } else {
                    d.put(operator, leaf.receipt(), r.with(Receipt.Status.PASSED, d.block.height()));
                }
            }
            before = leaf.weight();
        }
        d.tell(new Event.BatchDrawn(operator, root, audited));
        long end = d.block.height() + d.params().windows().challenge();
        if (end == d.block.height()) {
            end(d, operator, root);
        } else {
            d.schedule(end, new Due(Due.Kind.END_BATCH, root, operator));
        }
    }

    /** Nobody can buy the audit of its receipts any more. */
    static void end(Draft d, Address operator, Hash root) {
        for (Batch.Weighed leaf : batch(d, operator, root).leaves()) {
            Receipt r = d.knownReceipt(operator, leaf.receipt());
            if (r.status() == Receipt.Status.PASSED && !r.isRootKnown()) {
                Verdicts.end(d, operator, leaf.receipt(), Receipt.Status.UNDRAWN);
            }
        }
        d.batches = d.batches.remove(Key.of(operator, root));
    }

    /**
     * An opening was answered: the receipt is where it would be without the question, but for its root, which the opening
     * told its payer: nobody is drawn for it any more, who could copy it, or call the opening an early reveal. For what it
     * waited until the answer's clock began, it stays open longer, up to the longest wait in all.
     */
    static void resume(Draft d, Address operator, Hash receipt, long answerBy) {
        Receipt r = d.knownReceipt(operator, receipt);
        if (r.status() != Receipt.Status.DEMANDED) {
            return;
        }
        long began = Math.min(answerBy - d.params().disputes().answer(), d.block.height());
        long waited = Math.max(0, began - r.statusAt());
        long open = d.params().windows().openUntil(r.postedAt()) + 1;
        long before = r.isRootKnown() ? r.passedUntil() : open;
        // However often it is asked for: else a payer keeps its receipts, and what is at stake for them, from their
        // end.
        long until = Math.max(before, Math.min(before + waited, open + Regenerations.waitMax(d.params())));
        if (d.block.height() < until) {
            Contests.keepOpen(d, operator, receipt, until);
        } else {
            Verdicts.end(d, operator, receipt, Receipt.Status.UNDRAWN);
        }
    }

    /** Whether one of offset, offset + step, … is at least {@code from} and below {@code to}. */
    static boolean isHit(long from, long to, long offset, long step) {
        // The first point that is not below from.
        long point = from <= offset ? offset : offset + (from - offset + step - 1) / step * step;
        return point < to;
    }

    /** The distance of the points for receipts of this model. */
    static long step(Draft d, Address operator, Hash model) {
        Amount bonded = d.knownOperator(operator).stake().bonded();
        int linked = Rates.auditors(d, operator, model).linkedPpm();
        return Rates.step(bonded, linked, d.params().audits());
    }

    private static long offset(Hash beacon, Address operator, Hash root, long step) {
        byte[] seed =
                new Writer().hash(beacon).bytes(operator.bytes()).hash(root).toBytes();
        byte[] digest = Hash.tagged("assay/points/1", seed).bytes();
        return new BigInteger(1, digest).mod(BigInteger.valueOf(step)).longValueExact();
    }

    private static Batch batch(Draft d, Address operator, Hash root) {
        return d.batches.get(Key.of(operator, root)).orElseThrow(() -> new AssertionError("no checkpoint " + root));
    }
}
