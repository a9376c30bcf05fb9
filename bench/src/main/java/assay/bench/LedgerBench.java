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
import assay.ledger.crypto.Signature;
import assay.ledger.state.Genesis;
import assay.ledger.state.Params;
import assay.ledger.state.State;
import assay.ledger.store.EmbeddedLedger;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.Transaction.Transfer;
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
    private static final ThreadMXBean THREAD = ManagementFactory.getThreadMXBean();
    private static final Signature NONE = Signature.ofBytes(new byte[Signature.SIZE_BYTES]);

    private LedgerBench() {}

    private interface Run {
        /** Does its work and says how many transactions that were. */
        int run() throws Exception;
    }

    public static void main(String[] args) throws Exception {
        run(System.out);
    }

    /** Measures everything and prints a table. */
    public static void run(PrintStream out) throws Exception {
        for (int accounts : new int[] {1_000, 100_000}) {
            State start = State.of(genesis(accounts));
            start.root();
            line(out, "apply, " + accounts + " accounts", () -> apply(start, 200_000, false));
            line(out, "apply and a root every 1,000, " + accounts + " accounts", () -> apply(start, 100_000, true));
        }
        PrivateKey key = key(0);
        line(out, "sign", () -> sign(key, 500).size());
        List<SignedTransaction> signed = sign(key, 2_000);
        line(out, "check a signature", () -> {
            for (SignedTransaction t : signed) {
                if (!(Ledger.check(t, t.chainId()) instanceof Ledger.Check.Accepted)) {
                    throw new AssertionError("a valid signature was refused");
                }
            }
            return signed.size();
        });
        line(out, "embedded, on disk, signatures trusted", () -> embedded(100_000, 10_000));
        line(out, "embedded, on disk, one at a time", () -> embedded(500, 1));
    }

    private static int apply(State start, int count, boolean roots) {
        State s = start;
        SplittableRandom random = new SplittableRandom(1);
        List<Genesis.Allocation> all = start.genesis().allocations();
        long[] nonces = new long[all.size()];
        for (int i = 0; i < count; i++) {
            BlockContext block = new BlockContext(s.height() + 1, 0, s.genesisDigest());
            int from = random.nextInt(nonces.length);
            Address to = all.get((from + 1 + random.nextInt(nonces.length - 1)) % nonces.length)
                    .address();
            CheckedTransaction t = transfer(s.genesis().chainId(), all.get(from).address(), nonces[from]++, to);
            if (!(Ledger.apply(s, t, block) instanceof Outcome.Applied applied)) {
                throw new AssertionError("a transfer was refused");
            }
            s = applied.next();
            if (i % PER_BLOCK == PER_BLOCK - 1) {
                s = Ledger.settle(s, block).next();
                if (roots) {
                    s.root();
                }
            }
        }
        return count;
    }

    private static int embedded(int count, int inFlight) throws Exception {
        Path dir = Files.createTempDirectory("assay-ledger-bench");
        Genesis genesis = Genesis.embedded(1, key(0).address(), Amount.ofUnits(1_000_000));
        try (EmbeddedLedger ledger = EmbeddedLedger.open(dir, genesis)) {
            for (int sent = 0; sent < count; sent += inFlight) {
                List<CompletableFuture<Outcome>> all = new ArrayList<>();
                for (int i = 0; i < inFlight; i++) {
                    all.add(ledger.submit(
                            transfer(genesis.chainId(), key(0).address(), sent + i, address(sent + i + 1))));
                }
                for (CompletableFuture<Outcome> one : all) {
                    one.get();
                }
            }
        } finally {
            try (Stream<Path> files = Files.list(dir)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(dir);
        }
        return count;
    }

    private static List<SignedTransaction> sign(PrivateKey key, int count) {
        List<SignedTransaction> out = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Transfer body = new Transfer(address(i + 1), Amount.ofMicro(1));
            out.add(SignedTransaction.sign(Genesis.CHAIN_ID_FIRST, key, i, body));
        }
        return out;
    }

    private static CheckedTransaction transfer(long chainId, Address from, long nonce, Address to) {
        return CheckedTransaction.withoutCheckingSignatures(
                new SignedTransaction(chainId, from, nonce, new Transfer(to, Amount.ofMicro(1)), NONE));
    }

    private static Genesis genesis(int accounts) {
        List<Genesis.Allocation> allocations = new ArrayList<>();
        for (int i = 0; i < accounts; i++) {
            allocations.add(new Genesis.Allocation(address(i), Amount.ofUnits(1_000)));
        }
        allocations.sort((a, b) -> a.address().compareTo(b.address()));
        return new Genesis(Genesis.CHAIN_ID_FIRST, Params.embedded(), allocations);
    }

    private static Address address(int i) {
        Hash hash = Hash.sha256(ByteBuffer.allocate(4).putInt(i).array());
        return Address.ofBytes(Arrays.copyOf(hash.bytes(), Address.SIZE_BYTES));
    }

    private static PrivateKey key(int i) throws MalformedException {
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
