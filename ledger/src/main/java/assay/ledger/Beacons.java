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
     * <p>A link that is not shown stops it: the links that others showed are not used up, so the next beacon is the
     * one that this would have been. Who holds a link back wins time and no choice.
     */
    static boolean mix(Draft d) {
        if (d.validators.count() == 0) {
            return true;
        }
        Map<Address, Hash> shown = new TreeMap<>();
        d.block.preimages().forEach(p -> shown.putIfAbsent(p.validator(), p.preimage()));
        Map<Address, Validator> right = new TreeMap<>();
        Map<Address, Validator> wrong = new TreeMap<>();
        Beacon before = d.beacons.get(Key.BEACON).orElse(new Beacon(d.genesisDigest(), 0));
        Writer mix = new Writer().hash(before.value());
        d.validators.forEach(Key.ANY, (key, v) -> {
            Address account = Address.ofBytes(key);
            Hash link = shown.getOrDefault(account, Ids.NONE);
            boolean counts = v.missed() < Validator.MISSES_MAX;
            boolean shows = counts && Ids.beaconTip(link).equals(v.beaconTip());
            if (shows) {
                right.put(account, v.shown(link));
            } else if (counts) {
                wrong.put(account, v);
            }
            mix.bytes(account.bytes()).hash(shows ? link : Ids.NONE);
        });
        boolean oneGoes = wrong.values().stream().anyMatch(v -> v.missed() + 1 == Validator.MISSES_MAX);
        wrong.forEach((account, v) -> d.validators = d.validators.put(Key.of(account), fined(d, account, v)));
        if (wrong.isEmpty() || oneGoes) {
            // Whoever goes takes its link with it, and the others' links were seen: they are used up.
            right.forEach((account, v) -> d.validators = d.validators.put(Key.of(account), v));
        }
        boolean goesOn = wrong.isEmpty();
        Beacon next = goesOn
                ? new Beacon(Hash.tagged("assay/beacon/mix/1", mix.toBytes()), before.stood())
                : new Beacon(before.value(), before.stood() + 1);
        d.beacons = d.beacons.put(Key.BEACON, next);
        return goesOn;
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
