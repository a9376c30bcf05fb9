package assay.bench;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.ledger.BlockContext;
import assay.ledger.CheckedTransaction;
import assay.ledger.Ledger;
import assay.ledger.Outcome;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.crypto.Secp256k1;
import assay.ledger.crypto.Secp256k1.Library;
import assay.ledger.crypto.Secp256k1.Recovery;
import assay.ledger.crypto.Signature;
import assay.ledger.state.Genesis;
import assay.ledger.state.State;
import assay.ledger.state.StateMap;
import assay.ledger.store.CheckPool;
import assay.ledger.store.EmbeddedLedger;
import assay.ledger.store.Snapshot;
import assay.ledger.tx.Bytes;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Transaction.OpenChannel;
import assay.ledger.tx.Transaction.RegisterOperator;
import assay.ledger.tx.Transaction.Transfer;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Transactions a second on the ledger: the pure state machine with and without block roots, signature
 * checks, and the embedded ledger with its flushes. Each line is the median of five runs:
 * by the clock, and by the processor time of the calling thread, which a busy machine leaves alone (and
 * which is no measure of the embedded ledger, whose work another thread does).
 */
public final class LedgerBench {
    private static final int RUNS = 5;
    private static final int PER_BLOCK = 1_000;
    private static final int TRANSFERS = 200_000;
    private static final ThreadMXBean THREAD = ManagementFactory.getThreadMXBean();
    private static final Signature NONE = Signature.ofBytes(new byte[Signature.SIZE_BYTES]);

    private LedgerBench() {}

    private interface Run {
        /** Does its work and says how many transactions that were. */
        int run() throws Exception;
    }

    /** Measures everything and prints a table. */
    public static void run(PrintStream out) throws Exception {
        out.println("By JMH, each in a JVM of its own");
        LedgerJmh.run(out);
        out.println();
        out.println("Medians of five runs in this one: by the clock, by processor time");
        for (int accounts : new int[] {1_000, 1_000_000}) {
            State start = grown(accounts);
            List<CheckedTransaction> transfers = transfers(start, accounts, TRANSFERS);
            start.root();
            line(out, "apply, " + accounts + " accounts", () -> apply(start, transfers, false));
            line(out, "apply and a root every 1,000, " + accounts + " accounts", () -> apply(start, transfers, true));
        }
        snapshot(out, withChannels(grown(1_000_000), 100_000));
        PrivateKey key = key(0);
        line(out, "sign", () -> sign(key, 500).size());
        signatures(out, sign(key, 4_000));
        List<CheckedTransaction> payments = payments(100_000);
        line(out, "embedded, on disk, signatures trusted", () -> embedded(payments, 10_000));
        line(out, "embedded, on disk, one at a time", () -> embedded(payments.subList(0, 500), 1));
    }

    /** The same state with channels to one operator, each opened by another account. */
    static State withChannels(State start, int channels) {
        long chainId = start.genesis().chainId();
        BlockContext block = new BlockContext(start.height() + 1, 0, start.genesisDigest());
        Address operator = address(channels + 1);
        State s = applied(
                start,
                unsigned(chainId, operator, 0, new RegisterOperator(Hash.sha256(), Bytes.of(new byte[0]), "")),
                block);
        for (int i = 1; i <= channels; i++) {
            OpenChannel open = new OpenChannel(operator, Amount.ofMicro(50));
            s = applied(s, unsigned(chainId, address(i), 0, open), block);
        }
        return Ledger.settle(s, block).next();
    }

    /** Writes a state as a snapshot and reads it again, its root included: entries a second. */
    private static void snapshot(PrintStream out, State s) throws Exception {
        int entries = (int) s.maps().stream().mapToLong(StateMap::count).sum();
        s.root();
        List<byte[]> chunks = new ArrayList<>();
        Snapshot.Tip tip = new Snapshot.Tip(s, new BlockContext(s.height(), 0, s.genesisDigest()));
        line(out, "write a snapshot of " + entries + " entries", () -> {
            chunks.clear();
            Snapshot.write(tip, chunks::add);
            return entries;
        });
        line(out, "read it, " + (chunks.stream().mapToLong(c -> c.length).sum() >> 20) + " MiB, and its root", () -> {
            Snapshot.Restoring restoring = new Snapshot.Restoring(s.genesis(), chunks.getFirst());
            for (byte[] chunk : chunks.subList(1, chunks.size())) {
                restoring.accept(chunk);
            }
            restoring.finish();
            return entries;
        });
    }

    private static void signatures(PrintStream out, List<SignedTransaction> signed) throws Exception {
        for (Library library : Library.here()) {
            line(out, "recover a signer, " + library.name().toLowerCase(Locale.ROOT), () -> {
                for (SignedTransaction t : signed) {
                    if (!(Secp256k1.recover(library, t.id(), t.signature()) instanceof Recovery.Signer)) {
                        throw new AssertionError("a valid signature was refused");
                    }
                }
                return signed.size();
            });
        }
        try (CheckPool pool = new CheckPool(2)) {
            line(out, "check a block's signatures, two threads", () -> {
                for (Ledger.Check check : pool.check(signed, signed.getFirst().chainId())) {
                    if (!(check instanceof Ledger.Check.Accepted)) {
                        throw new AssertionError("a valid signature was refused");
                    }
                }
                return signed.size();
            });
        }
    }

    /** Applies transfers that were made before the clock started. */
    private static int apply(State start, List<CheckedTransaction> transfers, boolean roots) {
        State s = start;
        int inBlock = 0;
        for (CheckedTransaction t : transfers) {
            BlockContext block = new BlockContext(s.height() + 1, 0, s.genesisDigest());
            s = applied(s, t, block);
            if (++inBlock == PER_BLOCK) {
                s = Ledger.settle(s, block).next();
                inBlock = 0;
                if (roots) {
                    s.root();
                }
            }
        }
        return transfers.size();
    }

    static State applied(State s, CheckedTransaction t, BlockContext block) {
        if (!(Ledger.apply(s, t, block) instanceof Outcome.Applied applied)) {
            throw new AssertionError("a transfer was refused");
        }
        return applied.next();
    }

    /** A state of so many accounts, each paid by the first. */
    static State grown(int accounts) {
        Genesis genesis = genesis();
        State s = State.of(genesis);
        BlockContext block = new BlockContext(1, 0, s.genesisDigest());
        for (int i = 1; i < accounts; i++) {
            s = applied(s, transfer(genesis.chainId(), address(0), i - 1, address(i), 100), block);
        }
        return Ledger.settle(s, block).next();
    }

    /** Transfers of one micro-unit between accounts drawn at random. */
    static List<CheckedTransaction> transfers(State start, int accounts, int count) {
        SplittableRandom random = new SplittableRandom(1);
        Address[] all = new Address[accounts];
        long[] nonces = new long[accounts];
        for (int i = 0; i < accounts; i++) {
            all[i] = address(i);
            nonces[i] = start.account(all[i]).nonce();
        }
        List<CheckedTransaction> out = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int from = random.nextInt(accounts);
            int to = (from + 1 + random.nextInt(accounts - 1)) % accounts;
            out.add(transfer(start.genesis().chainId(), all[from], nonces[from]++, all[to], 1));
        }
        return out;
    }

    /** So many payments of the faucet through an embedded ledger, a batch acknowledged before the next is sent. */
    private static int embedded(List<CheckedTransaction> payments, int inFlight) throws Exception {
        Path dir = Files.createTempDirectory("assay-ledger-bench");
        Genesis genesis = genesis();
        try (EmbeddedLedger ledger = EmbeddedLedger.open(dir, genesis)) {
            for (int sent = 0; sent < payments.size(); sent += inFlight) {
                List<CompletableFuture<Outcome>> all = new ArrayList<>();
                for (CheckedTransaction payment : payments.subList(sent, sent + inFlight)) {
                    all.add(ledger.submit(payment));
                }
                for (CompletableFuture<Outcome> one : all) {
                    one.get();
                }
            }
        } finally {
            delete(dir);
        }
        return payments.size();
    }

    private static void delete(Path dir) throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(dir);
    }

    private static List<CheckedTransaction> payments(int count) {
        List<CheckedTransaction> out = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            out.add(transfer(genesis().chainId(), address(0), i, address(i + 1), 1));
        }
        return out;
    }

    static List<SignedTransaction> sign(PrivateKey key, int count) {
        List<SignedTransaction> out = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Transfer body = new Transfer(address(i + 1), Amount.ofMicro(1));
            out.add(SignedTransaction.sign(Genesis.CHAIN_ID_FIRST, key, i, body));
        }
        return out;
    }

    private static CheckedTransaction transfer(long chainId, Address from, long nonce, Address to, long micro) {
        return unsigned(chainId, from, nonce, new Transfer(to, Amount.ofMicro(micro)));
    }

    static CheckedTransaction unsigned(long chainId, Address from, long nonce, Transaction body) {
        return CheckedTransaction.withoutCheckingSignatures(new SignedTransaction(chainId, from, nonce, body, NONE));
    }

    static Genesis genesis() {
        return Genesis.embedded(1, address(0), Amount.ofUnits(1_000_000_000));
    }

    static Address address(int i) {
        Hash hash = Hash.sha256(ByteBuffer.allocate(4).putInt(i).array());
        return Address.ofBytes(Arrays.copyOf(hash.bytes(), Address.SIZE_BYTES));
    }

    static PrivateKey key(int i) throws MalformedException {
        return PrivateKey.ofBytes(
                Hash.sha256(ByteBuffer.allocate(4).putInt(i).array()).bytes());
    }

    private static void line(PrintStream out, String name, Run run) throws Exception {
        long[] perSecond = new long[RUNS];
        long[] perCpuSecond = new long[RUNS];
        run.run();
        for (int i = 0; i < RUNS; i++) {
            long start = System.nanoTime();
            long cpuStart = THREAD.getCurrentThreadCpuTime();
            int count = run.run();
            perCpuSecond[i] = count * 1_000_000_000L / Math.max(1, THREAD.getCurrentThreadCpuTime() - cpuStart);
            perSecond[i] = count * 1_000_000_000L / Math.max(1, System.nanoTime() - start);
        }
        Arrays.sort(perSecond);
        Arrays.sort(perCpuSecond);
        out.println(String.format(
                Locale.ROOT, "%-50s %,12d /s %,12d /s", name, perSecond[RUNS / 2], perCpuSecond[RUNS / 2]));
    }
}
