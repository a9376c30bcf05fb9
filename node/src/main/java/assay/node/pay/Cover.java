package assay.node.pay;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.core.receipt.Receipt.Payment.Binding;
import assay.ledger.crypto.Signature;
import assay.ledger.tx.Voucher;

/** What covers a request: whose money, how much of it at most, and where it waits. */
public sealed interface Cover {
    /** Names the payer's authorisation; it seeds the sampler where the client gives no seed. */
    Hash authorisation();

    /** The payer's account, as receipts name it. */
    String payer();

    /** Channel or escrow, as receipts name it. */
    String account();

    /** The most that the answer may cost. */
    Amount most();

    /** Who says that this payment is for this request. */
    Binding binding();

    /**
     * A voucher of the local wallet.
     *
     * @param voucher covers what is owed, what is reserved, and this request
     */
    record Wallet(SignedVoucher voucher, String payer, Amount most) implements Cover {
        @Override
        public Hash authorisation() {
            return voucher.digest();
        }

        @Override
        public String account() {
            return voucher.voucher().channel().hex();
        }

        @Override
        public Binding binding() {
            return Binding.NODE_ASSERTED;
        }
    }

    /**
     * Money of the payer that the ledger holds for this one receipt.
     *
     * @param scheme {@code exact} or {@code upto}
     * @param escrow its id
     */
    record Escrow(String scheme, Hash escrow, String payer, Amount most, Hash authorisation, Binding binding)
            implements Cover {
        @Override
        public String account() {
            return escrow.hex();
        }
    }

    /**
     * A voucher on a batch-settlement channel.
     *
     * @param voucher channel and sum
     * @param signature the payer's, in x402's words
     * @param deposited what came into the channel with it
     */
    record Channel(Voucher voucher, Signature signature, String payer, Amount most, Amount deposited) implements Cover {
        @Override
        public Hash authorisation() {
            return new SignedVoucher(voucher, signature).digest();
        }

        @Override
        public String account() {
            return voucher.channel().hex();
        }

        @Override
        public Binding binding() {
            return Binding.NODE_ASSERTED;
        }
    }

    /**
     * Money on another network, through its facilitator.
     *
     * @param network CAIP-2
     * @param scheme {@code exact}, taken before the answer, or {@code upto}, taken after it
     * @param transaction that took it, or empty if that is not known
     * @param payment x402's PaymentPayload, as it came
     */
    record Outside(
            String network,
            String scheme,
            String payer,
            Amount most,
            Hash authorisation,
            Binding binding,
            String transaction,
            String payment)
            implements Cover {
        @Override
        public String account() {
            return "none";
        }

        /** The same, taken by this transaction; a facilitator that does not name it has taken it too. */
        Outside taken(String by) {
            String known = by.isEmpty() ? "unnamed" : by;
            return new Outside(network, scheme, payer, most, authorisation, binding, known, payment);
        }
    }

    /** The longest payment that is kept. */
    int PAYMENT_MAX_BYTES = 16 << 10;

    /** The longest name that a facilitator may give a transaction: what is written down has to be read again. */
    int TRANSACTION_MAX_BYTES = 4 << 10;

    /** As bytes, for the journal. */
    default void write(Writer out) {
        switch (this) {
            case Wallet w ->
                out.u8(1)
                        .hash(w.voucher.voucher().channel())
                        .i64(w.voucher.cumulative().micro())
                        .bytes(w.voucher.signature().bytes())
                        .utf8(w.payer)
                        .i64(w.most.micro());
            case Escrow e ->
                out.u8(2)
                        .utf8(e.scheme)
                        .hash(e.escrow)
                        .utf8(e.payer)
                        .i64(e.most.micro())
                        .hash(e.authorisation)
                        .bool(e.binding == Binding.PAYER_SIGNED);
            case Channel c ->
                out.u8(3)
                        .hash(c.voucher.channel())
                        .i64(c.voucher.cumulative().micro())
                        .bytes(c.signature.bytes())
                        .utf8(c.payer)
                        .i64(c.most.micro())
                        .i64(c.deposited.micro());
            case Outside o ->
                out.u8(4)
                        .utf8(o.network)
                        .utf8(o.scheme)
                        .utf8(o.payer)
                        .i64(o.most.micro())
                        .hash(o.authorisation)
                        .bool(o.binding == Binding.PAYER_SIGNED)
                        .utf8(o.transaction)
                        .utf8(o.payment);
        }
    }

    /** Reads what {@link #write} wrote. */
    static Cover read(Reader in) throws MalformedException {
        int kind = in.u8();
        return switch (kind) {
            case 1 -> {
                Voucher voucher = new Voucher(in.hash(), amount(in));
                Signature signature = Signature.ofBytes(in.bytes(Signature.SIZE_BYTES));
                yield new Wallet(new SignedVoucher(voucher, signature), in.utf8(64), amount(in));
            }
            case 2 -> new Escrow(in.utf8(32), in.hash(), in.utf8(64), amount(in), in.hash(), binding(in));
            case 3 ->
                new Channel(
                        new Voucher(in.hash(), amount(in)),
                        Signature.ofBytes(in.bytes(Signature.SIZE_BYTES)),
                        in.utf8(64),
                        amount(in),
                        amount(in));
            case 4 ->
                new Outside(
                        in.utf8(128),
                        in.utf8(32),
                        in.utf8(64),
                        amount(in),
                        in.hash(),
                        binding(in),
                        in.utf8(TRANSACTION_MAX_BYTES),
                        in.utf8(PAYMENT_MAX_BYTES));
            default -> throw new MalformedException("cover of kind " + kind, in.offset() - 1);
        };
    }

    private static Amount amount(Reader in) throws MalformedException {
        long micro = in.i64();
        if (micro < 0 || micro > Amount.MAX_MICRO) {
            throw new MalformedException("amount of " + micro + " micro-units", in.offset() - 8);
        }
        return Amount.ofMicro(micro);
    }

    private static Binding binding(Reader in) throws MalformedException {
        return in.bool() ? Binding.PAYER_SIGNED : Binding.NODE_ASSERTED;
    }
}
