package assay.ledger.simulate;

import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.state.Key;
import assay.ledger.state.State;
import java.util.Collection;
import java.util.TreeSet;

/** Whose money is where, in micro-units. */
final class Wealth {
    private Wealth() {}

    /** All that these accounts own: balances, stakes, bonds and what is left in their channels. */
    static long of(State s, Collection<Address> accounts) {
        long balances = accounts.stream().mapToLong(a -> s.balance(a).micro()).sum();
        TreeSet<Address> owners = new TreeSet<>(accounts);
        long[] channels = {0};
        s.channels().forEach(Key.ANY, (key, c) -> {
            if (owners.contains(c.payer())) {
                channels[0] += c.deposit().minus(c.redeemed()).micro();
            }
        });
        return balances + staked(s, owners) + channels[0];
    }

    /** What these accounts have at risk. */
    static long staked(State s, Collection<Address> accounts) {
        TreeSet<Address> owners = new TreeSet<>(accounts);
        long[] sum = {0};
        s.models().forEach(Key.ANY, (key, model) -> {
            Hash id = Hash.ofBytes(key);
            for (Address a : owners) {
                sum[0] += s.auditor(id, a).map(bond -> bond.heldMicro()).orElse(0L);
                sum[0] += s.hosts()
                        .get(Key.host(id, a))
                        .map(host -> host.heldMicro())
                        .orElse(0L);
            }
            sum[0] += owners.contains(model.publisher()) ? model.heldMicro() : 0;
        });
        for (Address a : owners) {
            sum[0] += s.operator(a).map(o -> o.heldMicro()).orElse(0L);
            sum[0] += s.validators().get(Key.of(a)).map(v -> v.heldMicro()).orElse(0L);
        }
        return sum[0];
    }

    /** What everybody together has at risk. */
    static long staked(State s) {
        return s.operators().heldMicro()
                + s.auditors().heldMicro()
                + s.hosts().heldMicro()
                + s.models().heldMicro()
                + s.validators().heldMicro();
    }
}
