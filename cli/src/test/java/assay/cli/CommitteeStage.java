package assay.cli;

import assay.core.base.Amount;
import assay.engine.gguf.GgmlType;
import assay.engine.gguf.RandomModel;
import assay.ledger.state.Params;
import assay.ledger.store.LiveLedger;
import assay.node.Home;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/** Where a committee plays: how its members are started, and what they write to. */
interface CommitteeStage extends AutoCloseable {
    /** Weights that somebody runs: those of the model that everybody speaks of, or of another. */
    enum Weights {
        SAID(7),
        OTHERS(8),
        ANOTHERS(9);

        private final int seed;

        Weights(int seed) {
            this.seed = seed;
        }

        /** A model's file. */
        Path write(Path folder) throws IOException {
            return RandomModel.tiny("llama", GgmlType.Q8_0, seed)
                    .write(folder.resolve(this == SAID ? "tiny.gguf" : "other" + seed + ".gguf"));
        }
    }

    /**
     * Rules by which every receipt is drawn, by at most five auditors, and a transaction costs a micro-unit.
     *
     * @param commit blocks for the auditors to commit, and for other things that are done long before
     * @param reveal blocks for them to reveal
     * @param move blocks for a move in a dispute
     */
    static Params rules(long commit, long reveal, long move) {
        Params local = Params.local();
        return new Params(
                new Params.Windows(1_000_000, 2 * commit, 4 * commit, 2, 20, commit, reveal, commit),
                local.shares(),
                new Params.Audits(true, 5, 2, 200_000, 100_000, 2, 0, 3),
                new Params.Costs(Amount.ZERO, Amount.ZERO, Amount.ofMicro(1), 1),
                new Params.Disputes(2 * commit, move, 10 * commit, 10, Amount.ofMicro(1_000)),
                local.governance(),
                local.hosting());
    }

    /** In words. */
    String name();

    /** The ledger as the test sees it. */
    LiveLedger ledger();

    /** Whose account {@code faucet} has the money. */
    Home faucet();

    /** The folder of somebody. */
    Home home(String who);

    /** Starts a node and waits until it answers. */
    URI node(String who, Weights weights) throws Exception;

    /** Starts an auditor that replays with these weights, and waits until it is bonded. */
    void auditor(String who, Weights weights) throws Exception;

    /** Starts an auditor with rules of its own, and waits until it is bonded. */
    void bad(String who, Class<?> conduct) throws Exception;

    /** What its members said last. */
    String said();

    @Override
    void close() throws IOException;
}
