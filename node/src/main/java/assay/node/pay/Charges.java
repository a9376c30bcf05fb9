package assay.node.pay;

import assay.core.base.Amount;
import assay.core.base.Hash;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Batch-settlement channels as this node knows them: what their payers were told that they were charged, what
 * they owe, and the highest voucher of each.
 *
 * <p>Told is at least owed: a stream's payer is told the most that it may cost, since its head is sent before
 * its length is known; the ledger pays what the receipts say, and the rest stays in the channel. Thread-safe.
 */
public final class Charges {
    private static final class Account {
        private Amount told = Amount.ZERO;
        private Amount owed = Amount.ZERO;
        private Optional<Cover.Channel> highest = Optional.empty();
        private Optional<Hash> holder = Optional.empty();

        /** Whether nothing is known of it: as of every id that a stranger makes up. */
        private boolean isBlank() {
            return told.isZero() && owed.isZero() && highest.isEmpty() && holder.isEmpty();
        }
    }

    private final Map<Hash, Account> accounts = new LinkedHashMap<>();

    /** Takes up what the journal says. */
    public synchronized void restore(Hash channel, Amount told, Amount owed, Optional<Cover.Channel> highest) {
        Account a = account(channel);
        a.told = told.isBelow(owed) ? owed : told;
        a.owed = owed;
        highest.ifPresent(v -> keep(a, v));
    }

    /** Takes the channel for the request with this authorisation; false if another has it. */
    synchronized boolean begin(Hash channel, Hash authorisation) {
        Account a = account(channel);
        if (a.holder.isPresent()) {
            return false;
        }
        a.holder = Optional.of(authorisation);
        return true;
    }

    /** Gives the channel back, if this authorisation's request has it; the next one's is not its to give. */
    synchronized void end(Hash channel, Hash authorisation) {
        Account a = account(channel);
        if (a.holder.equals(Optional.of(authorisation))) {
            a.holder = Optional.empty();
        }
        if (a.isBlank()) {
            accounts.remove(channel);
        }
    }

    /** The channel closed; a request that has it ends as it would. */
    synchronized void forget(Hash channel) {
        Account a = accounts.get(channel);
        if (a != null && a.holder.isEmpty()) {
            accounts.remove(channel);
        }
    }

    /** All that the payer was told it was charged. */
    synchronized Amount told(Hash channel) {
        return find(channel).map(a -> a.told).orElse(Amount.ZERO);
    }

    /** A voucher that covers a request. */
    synchronized void hold(Cover.Channel voucher) {
        keep(account(voucher.voucher().channel()), voucher);
    }

    /** The payer is told that it is charged this much more; returns all that it was told. */
    synchronized Amount tell(Hash channel, Amount more) {
        Account a = account(channel);
        a.told = a.told.plus(more);
        return a.told;
    }

    /** An answer cost this much; returns all that is owed on the channel. */
    public synchronized Amount owe(Hash channel, Amount amount) {
        Account a = account(channel);
        a.owed = a.owed.plus(amount);
        return a.owed;
    }

    /** The highest voucher of each channel. */
    public synchronized List<Cover.Channel> vouchers() {
        return accounts.values().stream().flatMap(a -> a.highest.stream()).toList();
    }

    /** The highest voucher of a channel. */
    synchronized Optional<Cover.Channel> voucher(Hash channel) {
        return find(channel).flatMap(a -> a.highest);
    }

    /** How many channels are known. */
    synchronized int count() {
        return accounts.size();
    }

    private Optional<Account> find(Hash channel) {
        return Optional.ofNullable(accounts.get(channel));
    }

    private Account account(Hash channel) {
        return Objects.requireNonNull(accounts.computeIfAbsent(channel, id -> new Account()));
    }

    private static void keep(Account a, Cover.Channel voucher) {
        Amount before = a.highest.map(v -> v.voucher().cumulative()).orElse(Amount.ZERO);
        if (!voucher.voucher().cumulative().isBelow(before)) {
            a.highest = Optional.of(voucher);
        }
    }
}
