package assay.node.serve;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.node.pay.Cover;
import assay.node.pay.SignedVoucher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What was promised, told and owed on each channel: some hundred bytes for a channel, nothing for a receipt.
 * Thread-safe.
 */
public final class Promises {
    private static final class Account {
        private Amount told = Amount.ZERO;
        private Amount owed = Amount.ZERO;
        private Optional<SignedVoucher> promised = Optional.empty();
        private Optional<Cover.Channel> highest = Optional.empty();
    }

    /**
     * A stranger's channel as it stands.
     *
     * @param channel its id
     * @param told all that its payer was told that it was charged
     * @param owed what its receipts come to
     * @param highest its largest voucher
     */
    public record Standing(Hash channel, Amount told, Amount owed, Cover.Channel highest) {}

    private final Map<Hash, Account> accounts = new LinkedHashMap<>();

    /** A request is covered so. */
    synchronized void cover(Cover cover) {
        if (cover instanceof Cover.Wallet w) {
            promise(w.voucher());
        } else if (cover instanceof Cover.Channel c) {
            promise(new SignedVoucher(c.voucher(), c.signature()));
            Account a = account(c.voucher().channel());
            if (a.highest
                    .filter(h -> c.voucher().cumulative().isBelow(h.voucher().cumulative()))
                    .isEmpty()) {
                a.highest = Optional.of(c);
            }
        }
    }

    private void promise(SignedVoucher voucher) {
        Account a = account(voucher.voucher().channel());
        if (a.promised.filter(p -> voucher.cumulative().isBelow(p.cumulative())).isEmpty()) {
            a.promised = Optional.of(voucher);
        }
    }

    /** The payer of a channel is told this sum. */
    synchronized void tell(Hash channel, Amount total) {
        Account a = account(channel);
        a.told = a.told.isBelow(total) ? total : a.told;
    }

    /** A receipt costs so much. */
    synchronized void owe(Cover cover, Amount amount) {
        Optional<Hash> channel =
                switch (cover) {
                    case Cover.Wallet w -> Optional.of(w.voucher().voucher().channel());
                    case Cover.Channel c -> Optional.of(c.voucher().channel());
                    case Cover.Escrow e -> Optional.empty();
                    case Cover.Outside o -> Optional.empty();
                };
        channel.map(this::account).ifPresent(a -> a.owed = a.owed.plus(amount));
    }

    /** What all receipts on this channel come to. */
    public synchronized Amount owed(Hash channel) {
        return account(channel).owed;
    }

    /** The largest promise on this channel that ever covered a request. */
    public synchronized Optional<SignedVoucher> promised(Hash channel) {
        return account(channel).promised;
    }

    /** The channels of strangers. */
    public synchronized List<Standing> standings() {
        List<Standing> all = new ArrayList<>();
        accounts.forEach((channel, a) ->
                a.highest.ifPresent(highest -> all.add(new Standing(channel, a.told, a.owed, highest))));
        return all;
    }

    private Account account(Hash channel) {
        return Objects.requireNonNull(accounts.computeIfAbsent(channel, id -> new Account()));
    }
}
