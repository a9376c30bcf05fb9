package assay.ledger.simulate;

import assay.core.base.Hash;
import assay.ledger.BlockContext.Preimage;
import assay.ledger.Event;
import assay.ledger.Outcome;
import assay.ledger.crypto.Address;
import assay.ledger.state.Key;
import assay.ledger.state.Validator;
import assay.ledger.tx.Ids;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** The validators' hash chains, and what they show of them. */
final class Links {
    private static final Map<Long, Links> MADE = new ConcurrentHashMap<>();

    private final Map<Hash, Hash> preimages = new HashMap<>();
    private final Map<Address, Hash> tips = new TreeMap<>();

    /** The same chains for every run: a beacon begins with the genesis, which is another one for each seed. */
    static Links of(List<Address> validators, long length) {
        return MADE.computeIfAbsent(length * 64 + validators.size(), key -> new Links(validators, length));
    }

    private Links(List<Address> validators, long length) {
        for (Address v : validators) {
            Hash link = Hash.tagged("assay/simulate/chain", v.bytes());
            for (long i = 0; i < length; i++) {
                Hash tip = Ids.beaconTip(link);
                preimages.put(tip, link);
                link = tip;
            }
            tips.put(v, link);
        }
    }

    /** What a validator is bound to at the start. */
    Hash tip(Address validator) {
        Hash tip = tips.get(validator);
        if (tip == null) {
            throw new IllegalArgumentException("no validator " + validator);
        }
        return tip;
    }

    /** Every validator's next link. */
    List<Preimage> all(Chain chain) {
        List<Preimage> shown = new ArrayList<>();
        for (Address v : tips.keySet()) {
            Optional<Validator> now = chain.state().validators().get(Key.of(v));
            now.map(n -> preimages.get(n.beaconTip())).ifPresent(link -> shown.add(new Preimage(v, link)));
        }
        return shown;
    }

    /**
     * Every validator's next link, less those that some of them hold back in collusion: of all that they could do
     * they do what brings the fewest audits of their friends' receipts in this block, and hold back the fewest links for it.
     */
    List<Preimage> without(Chain chain, List<Preimage> all, List<Address> colluding, List<Address> friends) {
        List<Preimage> best = all;
        int fewest = audits(chain.peek(best), friends);
        if (fewest == 0) {
            return best;
        }
        List<Integer> choices = new ArrayList<>();
        for (int held = 1; held < 1 << colluding.size(); held++) {
            choices.add(held);
        }
        choices.sort((a, b) -> Integer.compare(Integer.bitCount(a), Integer.bitCount(b)));
        for (int held : choices) {
            List<Preimage> shown = new ArrayList<>(all);
            shown.removeIf(
                    p -> colluding.contains(p.validator()) && (held >> colluding.indexOf(p.validator()) & 1) == 1);
            int audits = audits(chain.peek(shown), friends);
            if (audits < fewest) {
                fewest = audits;
                best = shown;
            }
        }
        return best;
    }

    private static int audits(Outcome.Applied outcome, List<Address> friends) {
        int count = 0;
        for (Event event : outcome.events()) {
            if (event instanceof Event.AuditDrawn drawn && friends.contains(drawn.operator())) {
                count++;
            }
        }
        return count;
    }
}
