package assay.ledger.simulate;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * What checking and settling costs a network, in parts per million of what its inference costs; averages of runs.
 *
 * @param checksPpm p × the cost of a check
 * @param feesPpm fees of transactions, by what they are for
 * @param capitalPpm cost of the stakes
 * @param drawnPpm receipts that were audited, of all
 * @param unauditedPpm receipts that should have been and were not, of all
 * @param priceMicro average price of a request, micro-units
 * @param costNano average cost of its inference, nano-units
 */
public record Overhead(
        long checksPpm,
        Map<Purpose, Long> feesPpm,
        long capitalPpm,
        long drawnPpm,
        long unauditedPpm,
        long priceMicro,
        long costNano) {
    /** Copies the map. */
    public Overhead {
        feesPpm = Map.copyOf(feesPpm);
    }

    static Overhead of(List<Result> runs) {
        long inference = sum(runs, Result.Network::inferenceNano);
        long requests = sum(runs, Result.Network::requests);
        Map<Purpose, Long> fees = new TreeMap<>();
        for (Purpose purpose : Purpose.values()) {
            long micro = sum(runs, n -> n.feesMicro().getOrDefault(purpose, 0L));
            fees.put(purpose, ppm(micro * 1_000, inference));
        }
        return new Overhead(
                ppm(sum(runs, Result.Network::checkNano), inference),
                fees,
                ppm(sum(runs, Result.Network::capitalNano), inference),
                ppm(sum(runs, Result.Network::drawn), requests),
                ppm(sum(runs, Result.Network::unaudited), requests),
                sum(runs, Result.Network::paidMicro) / Math.max(1, requests),
                inference / Math.max(1, requests));
    }

    /** Fees of transactions for this. */
    public long feesPpm(Purpose purpose) {
        return feesPpm.getOrDefault(purpose, 0L);
    }

    /** Fees of all transactions. */
    public long transactionsPpm() {
        return feesPpm.values().stream().mapToLong(Long::longValue).sum();
    }

    /** All three together. */
    public long totalPpm() {
        return checksPpm + transactionsPpm() + capitalPpm;
    }

    private static long sum(List<Result> runs, ToLongFunction<Result.Network> what) {
        return runs.stream().map(Result::network).mapToLong(what).sum();
    }

    private static long ppm(long part, long whole) {
        return part == 0
                ? 0
                : new BigDecimal(part)
                        .movePointRight(6)
                        .divide(new BigDecimal(Math.max(1, whole)), 0, RoundingMode.HALF_UP)
                        .longValueExact();
    }
}
