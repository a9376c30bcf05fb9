package assay.node.serve;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.Outcome;
import assay.ledger.state.Channel;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Voucher;
import assay.node.pay.SignedVoucher;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * The local wallet: signs a voucher that covers each request before any work is done for it.
 *
 * <p>A voucher promises what is owed, what other running requests may cost, and this request's worst case;
 * the ledger pays from it no more than posted receipts say. Every voucher is larger than all before it, so
 * that none covers two requests. Thread-safe.
 */
public final class LocalPayer {
    private final LiveLedger ledger;
    private final Sender wallet;
    private final Hash channel;
    private final Amount topUp;
    private final Optional<Allowance> allowance;
    private Amount owed = Amount.ZERO;
    private Amount reserved = Amount.ZERO;
    private SignedVoucher latest;

    /**
     * @param channel open, from the wallet to the node
     * @param topUp what is added to the channel when it runs low, while the wallet has it
     */
    public LocalPayer(LiveLedger ledger, Sender wallet, Hash channel, Amount topUp) {
        this(ledger, wallet, channel, topUp, Optional.empty());
    }

    /** @param allowance what may be spent in a day */
    public LocalPayer(LiveLedger ledger, Sender wallet, Hash channel, Amount topUp, Optional<Allowance> allowance) {
        this.allowance = allowance;
        this.ledger = ledger;
        this.wallet = wallet;
        this.channel = channel;
        this.topUp = topUp;
        this.latest = sign(Amount.ZERO);
    }

    /** The channel that pays. */
    public Hash channel() {
        return channel;
    }

    /** The payer's account. */
    public String address() {
        return wallet.signer().address().toString();
    }

    /** Why the ledger takes nothing any more; empty while all is well. */
    public String refusing() {
        return ledger.refusing();
    }

    /** Takes up what the book says after a restart. */
    public synchronized void restore(Amount alreadyOwed, Optional<SignedVoucher> newest) {
        owed = alreadyOwed;
        newest.ifPresent(v -> latest = v.cumulative().compareTo(latest.cumulative()) > 0 ? v : latest);
        if (latest.cumulative().isBelow(owed)) {
            latest = sign(owed);
        }
    }

    /** A voucher that covers a request's worst case; empty if wallet and channel do not have it. */
    public synchronized Optional<SignedVoucher> reserve(Amount worstCase) {
        Amount needed = owed.plus(reserved).plus(worstCase);
        Amount fresh = latest.cumulative().plus(Amount.ofMicro(1));
        Amount promised = needed.isBelow(fresh) ? fresh : needed;
        if (allowance.filter(a -> !a.allows(reserved, worstCase)).isPresent() || !covered(promised)) {
            return Optional.empty();
        }
        reserved = reserved.plus(worstCase);
        latest = sign(promised);
        return Optional.of(latest);
    }

    /** Gives a reservation back and owes the real amount instead; returns all that is owed by now. */
    public synchronized Amount settle(Amount worstCase, Amount amount) {
        reserved = reserved.minus(worstCase);
        owed = owed.plus(amount);
        allowance.ifPresent(a -> a.spent(amount));
        return owed;
    }

    /** The largest promise so far, which the node redeems. */
    public synchronized SignedVoucher latest() {
        return latest;
    }

    private SignedVoucher sign(Amount cumulative) {
        Voucher voucher = new Voucher(channel, cumulative);
        return new SignedVoucher(voucher, wallet.signer().sign(voucher));
    }

    private boolean covered(Amount promised) {
        Optional<Channel> found = ledger.state().channel(channel);
        if (found.isEmpty() || found.get().closesAt() != 0) {
            return false; // a voucher on it may be worth nothing by the time that its receipt is posted
        }
        Channel open = found.get();
        if (!open.deposit().isBelow(promised)) {
            return true;
        }
        Amount missing = promised.minus(open.deposit());
        Amount more = missing.isBelow(topUp) ? topUp : missing;
        try {
            return wallet.send(new Transaction.TopUp(channel, more)).join() instanceof Outcome.Applied;
        } catch (CompletionException e) {
            return false; // the ledger cannot write: refusing() says so
        }
    }
}
