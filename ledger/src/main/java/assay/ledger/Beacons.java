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

    /** The new beacon, before anything is drawn from it. */
    static void mix(Draft d) {
        if (d.validators.count() == 0) {
            return;
        }
        Map<Address, Hash> shown = new TreeMap<>();
        d.block.preimages().forEach(p -> shown.putIfAbsent(p.validator(), p.preimage()));
        Map<Address, Validator> validators = new TreeMap<>();
        d.validators.forEach(Key.ANY, (key, v) -> validators.put(Address.ofBytes(key), v));
        Writer mix =
                new Writer().hash(d.beacons.get(Key.BEACON).map(Beacon::value).orElse(d.genesisDigest()));
        validators.forEach((account, v) -> {
            Hash link = shown.getOrDefault(account, Ids.NONE);
            boolean right = Ids.beaconTip(link).equals(v.beaconTip());
            mix.bytes(account.bytes()).hash(right ? link : Ids.NONE);
            d.validators = d.validators.put(Key.of(account), right ? v.shown(link) : fined(d, account, v));
        });
        d.beacons = d.beacons.put(Key.BEACON, new Beacon(Hash.tagged("assay/beacon/mix/1", mix.toBytes())));
    }

    private static Validator fined(Draft d, Address account, Validator v) {
        Amount fine = Amount.min(v.bond(), d.params().governance().beaconFine());
        d.totals = d.totals.plusBurned(fine);
        d.tell(new Event.BeaconMissed(account, fine));
        return v.missed(fine);
    }
}
