package assay.node.serve;

import assay.core.base.Amount;
import assay.node.http.ApiError;
import assay.node.pay.Cover;
import assay.node.pay.Desk;
import assay.node.pay.SignedVoucher;

/** The money of requests, whosesoever it is: the local wallet's, or a stranger's at the desk. Thread-safe. */
final class Till {
    private final LocalPayer payer;
    private final Desk desk;
    private final Object order = new Object();

    Till(LocalPayer payer, Desk desk) {
        this.payer = payer;
        this.desk = desk;
    }

    Desk desk() {
        return desk;
    }

    /** Held while an amount is owed and the receipt that says so gets its place in the log. */
    Object order() {
        return order;
    }

    /** A voucher of the wallet's that covers a request. */
    Cover fromWallet(Work work) throws ApiError {
        SignedVoucher voucher = payer.reserve(work.most())
                .orElseThrow(() -> ApiError.insufficientQuota(
                        "The wallet, or what it may spend today, does not cover this request's worst case of "
                                + work.most() + "; lower max_tokens, fund the wallet, or see 'assay wallet limit'."));
        return new Cover.Wallet(voucher, payer.address(), work.most());
    }

    /** Gives back what covers a request that came to nothing; false if that is to be tried again. */
    boolean giveBack(Cover cover) {
        if (cover instanceof Cover.Wallet w) {
            payer.settle(w.most(), Amount.ZERO);
            return true;
        }
        return desk.giveBack(cover);
    }

    /** The same after a restart, where nothing is reserved, and no channel is busy. */
    boolean giveBackAgain(Cover cover) {
        return switch (cover) {
            case Cover.Wallet w -> true;
            case Cover.Channel c -> true;
            case Cover.Escrow e -> desk.giveBack(e);
            case Cover.Outside o -> desk.giveBack(o);
        };
    }

    /** An answer cost this much: returns all that is owed on its account by now. */
    Amount owe(Cover cover, Amount amount) {
        return switch (cover) {
            case Cover.Wallet w -> payer.settle(w.most(), amount);
            case Cover.Channel c -> desk.charges().owe(c.voucher().channel(), amount);
            case Cover.Escrow e -> amount;
            case Cover.Outside o -> amount;
        };
    }

    /** The same after a restart, where nothing is reserved. */
    Amount oweAgain(Cover cover, Amount amount) {
        return cover instanceof Cover.Wallet ? payer.settle(Amount.ZERO, amount) : owe(cover, amount);
    }

    /** Why no money moves now; empty while all is well. */
    String refusing() {
        return payer.refusing();
    }
}
