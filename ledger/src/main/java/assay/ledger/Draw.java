package assay.ledger;

import assay.core.base.Hash;
import assay.core.codec.Writer;
import assay.ledger.crypto.Address;
import assay.ledger.state.AuditorBond;
import assay.ledger.state.Key;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Draws auditors by stake among those bonded for a model, from the block's beacon.
 *
 * <p>The point of slot i is H("assay/draw/1" ‖ beacon ‖ operator ‖ receipt ‖ round ‖ i) modulo the stake
 * of those who can still be drawn, laid end to end in the order of their addresses.
 */
final class Draw {
    private Draw() {}

    /** Up to {@code count} auditors, none linked to the operator and none of {@code excluded}. */
    static List<Address> auditors(
            Draft d, Address operator, Hash receipt, Hash model, int round, int count, Set<Address> excluded) {
        Map<Address, Long> stakes = new LinkedHashMap<>();
        Address own = Rates.head(d.links, operator);
        d.auditors.forEach(Key.of(model), (key, bond) -> {
            Address auditor = Key.auditorOf(key);
            if (!Rates.head(d.links, auditor).equals(own) && !excluded.contains(auditor) && bonded(bond) > 0) {
                stakes.put(auditor, bonded(bond));
            }
        });
        List<Address> drawn = new ArrayList<>();
        while (drawn.size() < count && !stakes.isEmpty()) {
            long total = stakes.values().stream().mapToLong(Long::longValue).sum();
            Address next = at(stakes, point(d.beacon(), operator, receipt, round, drawn.size(), total));
            stakes.remove(next);
            drawn.add(next);
        }
        return drawn;
    }

    private static long point(Hash beacon, Address operator, Hash receipt, int round, int slot, long total) {
        Writer seed = new Writer().hash(beacon).bytes(operator.bytes()).hash(receipt);
        Hash digest = Hash.tagged("assay/draw/1", seed.i32(round).i32(slot).toBytes());
        return new BigInteger(1, digest.bytes()).mod(BigInteger.valueOf(total)).longValueExact();
    }

    private static Address at(Map<Address, Long> stakes, long point) {
        long left = point;
        for (Map.Entry<Address, Long> e : stakes.entrySet()) {
            if (left < e.getValue()) {
                return e.getKey();
            }
            left -= e.getValue();
        }
        throw new AssertionError("the point lies past the stakes: " + point);
    }

    private static long bonded(AuditorBond bond) {
        return bond.stake().bonded().micro();
    }
}
