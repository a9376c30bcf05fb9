package assay.bench;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.BlockContext;
import assay.ledger.CheckedTransaction;
import assay.ledger.Ledger;
import assay.ledger.crypto.Secp256k1;
import assay.ledger.crypto.Secp256k1.Library;
import assay.ledger.crypto.Secp256k1.Recovery;
import assay.ledger.state.State;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.Transaction.OpenChannel;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * The ledger's speed by JMH: transactions applied without signatures at a million accounts and a hundred thousand open
 * channels, signers recovered, and state roots by how much changed. Every benchmark runs in a JVM of its own.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx3g", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class LedgerJmh {
    private static final int PER_BLOCK = 1_000;

    /** JMH makes one. */
    public LedgerJmh() {}

    /**
     * The processor time of the thread that measures, which a busy machine leaves alone: operations and microseconds
     * of all iterations that count.
     */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @org.openjdk.jmh.annotations.State(Scope.Thread)
    public static class Cpu {
        /** Operations. */
        public long operations;

        /** Processor time. */
        public long cpuMicros;

        private long started;
        private long ownNanos;

        /** JMH makes one. */
        public Cpu() {}

        /** An iteration begins. */
        @Setup(Level.Iteration)
        public void start() {
            operations = 0;
            cpuMicros = 0;
            ownNanos = 0;
            started = THREAD.getCurrentThreadCpuTime();
        }

        /** An iteration is over. */
        @TearDown(Level.Iteration)
        public void stop() {
            cpuMicros = (ownNanos > 0 ? ownNanos : THREAD.getCurrentThreadCpuTime() - started) / 1_000;
        }

        /** One operation among things that do not count. */
        Hash root(State state) {
            long from = THREAD.getCurrentThreadCpuTime();
            Hash root = state.root();
            ownNanos += THREAD.getCurrentThreadCpuTime() - from;
            operations++;
            return root;
        }
    }

    private static final ThreadMXBean THREAD = ManagementFactory.getThreadMXBean();

    /** A ledger in memory, and the transactions that come: when all were applied, they begin anew. */
    @org.openjdk.jmh.annotations.State(Scope.Thread)
    public static class Full {
        static final int ACCOUNTS = 1_000_000;
        static final int CHANNELS = 100_000;

        private State start = State.of(LedgerBench.genesis());
        private State now = start;
        private List<CheckedTransaction> transfers = List.of();
        private List<CheckedTransaction> opens = List.of();
        private int at;

        /** JMH makes one. */
        public Full() {}

        /** The state of so many accounts and channels. */
        @Setup(Level.Trial)
        public void fill() {
            start = LedgerBench.withChannels(LedgerBench.grown(ACCOUNTS), CHANNELS);
            transfers = LedgerBench.transfers(start, ACCOUNTS, 500_000);
            List<CheckedTransaction> out = new ArrayList<>();
            SplittableRandom random = new SplittableRandom(2);
            OpenChannel open = new OpenChannel(LedgerBench.address(CHANNELS + 1), Amount.ofMicro(1));
            for (int i = 0; i < 100_000; i++) {
                int from = CHANNELS + 2 + i * 8 + random.nextInt(8);
                out.add(LedgerBench.unsigned(start.genesis().chainId(), LedgerBench.address(from), 0, open));
            }
            opens = out;
        }

        /** Every iteration begins at the same state. */
        @Setup(Level.Iteration)
        public void again() {
            now = start;
            at = 0;
        }

        State next(List<CheckedTransaction> all) {
            if (at == all.size()) {
                again();
            }
            BlockContext block = new BlockContext(now.height() + 1, 0, now.genesisDigest());
            now = LedgerBench.applied(now, all.get(at++), block);
            if (at % PER_BLOCK == 0) {
                now = Ledger.settle(now, block).next();
            }
            return now;
        }
    }

    /** A transfer between two of a million accounts, drawn at random; a block ends every 1,000. */
    @Benchmark
    public State transfer(Full full, Cpu cpu) {
        cpu.operations++;
        return full.next(full.transfers);
    }

    /** A channel is opened: two maps change. */
    @Benchmark
    public State openChannel(Full full, Cpu cpu) {
        cpu.operations++;
        return full.next(full.opens);
    }

    /** Signed transfers. */
    @org.openjdk.jmh.annotations.State(Scope.Thread)
    public static class Signed {
        private List<SignedTransaction> all = List.of();
        private int at;

        /** JMH makes one. */
        public Signed() {}

        /** Signs. */
        @Setup(Level.Trial)
        public void sign() throws Exception {
            all = LedgerBench.sign(LedgerBench.key(0), 1_000);
        }

        boolean recover(Library library) {
            SignedTransaction t = all.get(at++ % all.size());
            if (!(Secp256k1.recover(library, t.id(), t.signature()) instanceof Recovery.Signer)) {
                throw new AssertionError("a valid signature was refused");
            }
            return true;
        }
    }

    /** A signer by libsecp256k1, on one thread; its digest included. */
    @Benchmark
    public boolean recoverNative(Signed signed, Cpu cpu) {
        cpu.operations++;
        return signed.recover(Library.NATIVE);
    }

    /** The same on two threads. */
    @Benchmark
    @Threads(2)
    public boolean recoverNativeTwoThreads(Signed signed, Cpu cpu) {
        cpu.operations++;
        return signed.recover(Library.NATIVE);
    }

    /** A signer by BouncyCastle, on one thread. */
    @Benchmark
    public boolean recoverJava(Signed signed, Cpu cpu) {
        cpu.operations++;
        return signed.recover(Library.JAVA);
    }

    /** A state of so many accounts, of which so many changed since its last root. */
    @org.openjdk.jmh.annotations.State(Scope.Thread)
    public static class Changed {
        /** n. */
        @Param({"10000", "1000000"})
        public int accounts;

        /** How many transfers are between two roots: about twice as many accounts change. */
        @Param({"1", "100", "10000"})
        public int transfers;

        private State base = State.of(LedgerBench.genesis());
        private State changed = base;
        private List<CheckedTransaction> all = List.of();

        /** JMH makes one. */
        public Changed() {}

        /** The state, whose root is known. */
        @Setup(Level.Trial)
        public void fill() {
            base = LedgerBench.grown(accounts);
            base.root();
            all = LedgerBench.transfers(base, accounts, transfers);
        }

        /** The changes, of which no digest is known yet. */
        @Setup(Level.Invocation)
        public void change() {
            changed = base;
            BlockContext block = new BlockContext(base.height() + 1, 0, base.genesisDigest());
            for (CheckedTransaction t : all) {
                changed = LedgerBench.applied(changed, t, block);
            }
        }
    }

    /** The state root after changes: new digests on the paths to what changed, and no others. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    @Warmup(iterations = 2, time = 1)
    @Measurement(iterations = 3, time = 1)
    public Hash root(Changed changed, Cpu cpu) {
        return cpu.root(changed.changed);
    }

    /**
     * Runs all and prints a line for each: the mean by the clock, half of its 99.9 % interval, and the same by the
     * processor time of the thread that measures.
     */
    static void run(PrintStream out) throws RunnerException {
        for (RunResult r : new Runner(new OptionsBuilder()
                        .include("assay\\.bench\\.LedgerJmh\\..*")
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .build())
                .run()) {
            String params = r.getParams().getParamsKeys().isEmpty()
                    ? ""
                    : ", " + r.getParams().getParam("accounts") + " accounts, "
                            + r.getParams().getParam("transfers") + " transfers";
            String name = r.getParams().getBenchmark();
            out.println(String.format(
                    Locale.ROOT,
                    "%-62s %,14.1f ± %,.1f %s%s",
                    name.substring(name.lastIndexOf('.') + 1) + params,
                    r.getPrimaryResult().getScore(),
                    r.getPrimaryResult().getScoreError(),
                    r.getPrimaryResult().getScoreUnit(),
                    perCpuSecond(r)));
        }
    }

    private static String perCpuSecond(RunResult r) {
        Result<?> counted = r.getSecondaryResults().get("operations");
        Result<?> timed = r.getSecondaryResults().get("cpuMicros");
        if (counted == null || timed == null) {
            return "";
        }
        double operations = counted.getScore();
        double micros = timed.getScore();
        return r.getPrimaryResult().getScoreUnit().startsWith("us")
                ? String.format(Locale.ROOT, ", %,.1f by processor time", micros / operations)
                : String.format(Locale.ROOT, ", %,.0f by processor time", operations / micros * 1e6);
    }
}
