package assay.ledger;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.codec.Writer;
import assay.ledger.crypto.Address;
import assay.ledger.state.Beacon;
import assay.ledger.state.Key;
import assay.ledger.state.Validator;
import assay.ledger.tx.Ids;
import java.util.Map;
import java.util.TreeMap;

/**
 * Rules of the beacon: each validator is bound to a hash chain before it counts and shows one more link a block,
 * so it can choose nothing but whether to show it; whoever does not is fined.
 *
 * <p>beacon' = H("assay/beacon/mix/1" ‖ beacon ‖ for each validator by account: account ‖ link, or 32 zero bytes).
 * With m validators in collusion there are at most 2^m values to choose from, and each link that is held back
 * costs a fine. A network without validators has the block's own beacon.
 */
final class Beacons {
    private Beacons() {}

    /**
     * Makes the new beacon, before anything is drawn from it; says whether there is one.
     *
     * <p>It waits for a link of every validator that counts, and takes the first that each showed since the last
     * beacon. So who holds a link back wins time and no choice: the value is fixed by links that are bound already.
     */
    static boolean mix(Draft d) {
        if (d.validators.count() == 0) {
            return true;
        }
        Map<Address, Hash> shown = new TreeMap<>();
        d.block.preimages().forEach(p -> shown.putIfAbsent(p.validator(), p.preimage()));
        Map<Address, Validator> validators = new TreeMap<>();
        d.validators.forEach(Key.ANY, (key, v) -> validators.put(Address.ofBytes(key), v));
        validators.replaceAll((account, v) -> hear(d, account, v, shown.getOrDefault(account, Ids.NONE)));
        boolean waits = validators.values().stream()
                .anyMatch(v -> v.counts() && v.pending().equals(Ids.NONE));
        // Whoever goes knows the others' links: the beacon without it is made of new ones.
        boolean oneGoes = anyWent(d, validators);
        Beacon before = d.beacons.get(Key.BEACON).orElse(new Beacon(d.genesisDigest(), 0));
        boolean made = !waits && !oneGoes;
        d.beacons = d.beacons.put(
                Key.BEACON,
                made
                        ? new Beacon(value(before, validators), before.stood())
                        : new Beacon(before.value(), before.stood() + 1));
        validators.forEach(
                (account, v) -> d.validators = d.validators.put(Key.of(account), made || oneGoes ? v.afresh() : v));
        return made;
    }

    private static Hash value(Beacon before, Map<Address, Validator> validators) {
        Writer mix = new Writer().hash(before.value());
        validators.forEach((account, v) -> mix.bytes(account.bytes()).hash(v.counts() ? v.pending() : Ids.NONE));
        return Hash.tagged("assay/beacon/mix/1", mix.toBytes());
    }

    private static Validator hear(Draft d, Address account, Validator v, Hash link) {
        if (!v.counts()) {
            return v;
        }
        if (Ids.beaconTip(link).equals(v.beaconTip())) {
            return v.shown(link);
        }
        return v.pending().equals(Ids.NONE) ? fined(d, account, v) : v;
    }

    /** Whether somebody stopped to count in this block. */
    private static boolean anyWent(Draft d, Map<Address, Validator> now) {
        boolean[] went = {false};
        d.validators.forEach(Key.ANY, (key, v) -> {
            Validator after = now.get(Address.ofBytes(key));
            went[0] |= v.counts() && after != null && !after.counts();
        });
        return went[0];
    }

    private static Validator fined(Draft d, Address account, Validator v) {
        boolean goes = v.missed() + 1 == Validator.MISSES_MAX;
        Amount fine =
                goes ? v.bond() : Amount.min(v.bond(), d.params().governance().beaconFine());
        d.totals = d.totals.plusBurned(fine);
        d.tell(new Event.BeaconMissed(account, fine));
        return v.missed(fine);
    }
}
