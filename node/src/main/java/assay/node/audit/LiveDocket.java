package assay.node.audit;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.codec.Json;
import assay.ledger.Outcome;
import assay.ledger.crypto.Address;
import assay.ledger.state.Key;
import assay.ledger.state.State;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction;
import assay.node.LedgerView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** A receipt before a ledger that this process has or follows. */
public final class LiveDocket implements Docket {
    private static final long TOLD_NANOS = 10_000_000_000L;

    private final LiveLedger ledger;
    private final Sender account;
    private final Address operator;
    private final Hash receipt;
    private final List<Json.Obj> heard = new ArrayList<>();

    /** Height of the last block whose events are in {@code heard}. */
    private long heardTo;

    /** @param ledger is closed with it */
    public LiveDocket(LiveLedger ledger, Sender account, Address operator, Hash receipt) {
        this.ledger = ledger;
        this.account = account;
        this.operator = operator;
        this.receipt = receipt;
        ledger.onBlock(block -> {
            synchronized (heard) {
                heard.addAll(about(List.of(block), receipt));
                heardTo = Math.max(heardTo, block.height());
                heard.notifyAll();
            }
        });
        synchronized (heard) {
            heardTo = Math.max(heardTo, ledger.state().height());
        }
    }

    /** The events about a receipt. */
    public static List<Json.Obj> about(List<LiveLedger.BlockEvents> blocks, Hash receipt) {
        List<Json.Obj> out = new ArrayList<>();
        for (LiveLedger.BlockEvents block : blocks) {
            for (Json.Obj event : LedgerView.events(block)) {
                if (Json.of(receipt.hex()).equals(event.members().get("receipt"))) {
                    out.add(event);
                }
            }
        }
        return out;
    }

    /** How a receipt stands for an account, without what happened. */
    public static Look look(LiveLedger ledger, Address operator, Hash receipt, Address account) {
        State s = ledger.state();
        Optional<Posted> posted = s.receipt(operator, receipt)
                .map(r -> new Posted(
                        r.status(),
                        r.statusAt(),
                        r.model(),
                        s.model(r.model()).map(m -> m.words().programRoot()).orElse(Ids.NONE),
                        r.payer()));
        Amount bonded = posted.flatMap(p -> s.auditor(p.model(), account))
                .map(b -> b.stake().bonded())
                .orElse(Amount.ZERO);
        long move =
                s.params().disputes().levels() == 0 ? 0 : s.params().disputes().move();
        return new Look(
                s.height(),
                ledger.chainId(),
                ledger.nonce(account),
                s.balance(account),
                bonded,
                move,
                posted,
                s.disputes().get(Key.of(operator, receipt)),
                List.of());
    }

    /** A block is in the state a little before its events are told: who sees the one is told of the other too. */
    @Override
    public Look look() throws InterruptedException {
        Look now = look(ledger, operator, receipt, account.signer().address());
        List<Json.Obj> events;
        synchronized (heard) {
            long until = System.nanoTime() + TOLD_NANOS;
            while (heardTo < now.height() && System.nanoTime() < until) {
                heard.wait(100);
            }
            events = List.copyOf(heard);
            heard.clear();
        }
        return now.with(events);
    }

    @Override
    public Optional<String> send(Transaction body) throws IOException {
        try {
            return account.send(body).join() instanceof Outcome.Rejected(var reason)
                    ? Optional.of(reason.name())
                    : Optional.empty();
        } catch (CompletionException e) {
            throw new IOException("the ledger did not take it: " + e.getCause(), e);
        }
    }

    @Override
    public void close() throws IOException {
        ledger.close();
    }
}
