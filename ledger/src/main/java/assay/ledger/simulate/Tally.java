package assay.ledger.simulate;

import assay.ledger.state.Receipt;
import java.util.List;
import java.util.Map;

/** Counts what happens in one run. */
final class Tally {
    private int cheats;
    private int punished;
    private long firstAt;
    private long caughtAt;
    private long requests;
    private long paidMicro;
    private long drawn;
    private long unaudited;

    /** The party did something that was not as it said. */
    void cheated(long height) {
        cheats++;
        firstAt = firstAt == 0 ? height : firstAt;
    }

    /** Somebody lost money for a fault. */
    void lost(boolean party, long height) {
        if (party) {
            punished++;
            caughtAt = caughtAt == 0 ? height : caughtAt;
        }
    }

    void posted(List<Answer> batch) {
        requests += batch.size();
        batch.forEach(a -> paidMicro += a.request().amount().micro());
    }

    void drawn() {
        drawn++;
    }

    void ended(Receipt.Status status) {
        unaudited += status == Receipt.Status.UNAUDITED ? 1 : 0;
    }

    Result.Fraud fraud(Luck luck) {
        return new Result.Fraud(cheats, punished, firstAt, caughtAt, luck.seen(), luck.expectedPpm());
    }

    Result.Network network(Books books, Map<Purpose, Long> feesMicro, long capitalNano) {
        return new Result.Network(
                requests, paidMicro, books.inference(), books.checks(), feesMicro, capitalNano, drawn, unaudited);
    }
}
