package assay.node;

import assay.core.base.Amount;
import assay.core.codec.Json;
import assay.ledger.Outcome;
import assay.ledger.crypto.Address;
import assay.ledger.state.Key;
import assay.ledger.store.EmbeddedLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Signer;
import assay.ledger.tx.Transaction;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** The wallet of a home on which no node runs: reads and moves play money on the ledger's own files. */
public final class Wallet implements AutoCloseable {
    private final Home home;
    private final EmbeddedLedger ledger;

    private Wallet(Home home, EmbeddedLedger ledger) {
        this.home = home;
        this.ledger = ledger;
    }

    /**
     * Opens the home's ledger, made with its faucet at first use.
     *
     * @throws IOException also if another process has the ledger
     */
    public static Wallet open(Home home) throws IOException {
        return new Wallet(home, Bootstrap.open(home));
    }

    /** The account. */
    public Address address() throws IOException {
        return home.account("wallet").address();
    }

    /** Chain id of the ledger. */
    public long chain() {
        return ledger.chainId();
    }

    /** What the account holds, channels left out. */
    public Amount balance() throws IOException {
        return ledger.state().balance(address());
    }

    /** What the account has left in its channels. */
    public Amount inChannels() throws IOException {
        Address me = address();
        AtomicLong micro = new AtomicLong();
        ledger.state().channels().forEach(Key.ANY, (key, channel) -> {
            if (channel.payer().equals(me)) {
                micro.addAndGet(channel.deposit().minus(channel.posted()).micro());
            }
        });
        return Amount.ofMicro(micro.get());
    }

    /** Sends to another account. */
    public Outcome send(Address to, Amount amount) throws IOException {
        return transfer("wallet", to, amount);
    }

    /** Takes a grant of play money from the faucet. */
    public Outcome faucet() throws IOException {
        return transfer("faucet", address(), Bootstrap.GRANT);
    }

    /** What {@link LedgerView} shows of the ledger. */
    public Optional<Json.Obj> view(String what, long since) {
        return LedgerView.of(ledger, what, since);
    }

    private Outcome transfer(String from, Address to, Amount amount) throws IOException {
        return new Sender(ledger, new Signer(home.account(from), ledger.chainId()))
                .send(new Transaction.Transfer(to, amount))
                .join();
    }

    @Override
    public void close() throws IOException {
        ledger.close();
    }
}
