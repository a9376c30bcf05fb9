package assay.ledger;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.RandomWorld.Act;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Signature;
import assay.ledger.state.Host;
import assay.ledger.state.Key;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/** Random hosts, chunks, acknowledgments and judgements of claims: right ones, late ones, and false ones. */
final class RandomHosts {
    private final World w;
    private final SplittableRandom random;
    private final Function<Address, String> names;

    RandomHosts(World w, SplittableRandom random, Function<Address, String> names) {
        this.w = w;
        this.random = random;
        this.names = names;
    }

    Act act() {
        if (w.state.claims().count() > 0 && random.nextBoolean()) {
            return claim();
        }
        Hash model = w.modelId(any("smol", "smol", "smol", "big", "m1", "bare", "none"));
        String host = any("a1", "a2", "p2");
        return switch (random.nextInt(12)) {
            case 0, 1 -> new Act(host, new Transaction.OfferHosting(model, "x", amount()));
            case 2 -> new Act(random.nextInt(4) == 0 ? host : "p3", new Transaction.StopHosting(model));
            case 3, 4, 5, 6 -> answer(model, host);
            case 7, 8 -> served(w.modelId(any("smol", "smol", "smol", "big")), any("a1", "a1", "a2", "p2", "p3"));
            default -> claim();
        };
    }

    /** Mostly from who is asked. */
    private Act answer(Hash model, String host) {
        List<byte[]> asked = new ArrayList<>();
        w.state.hosts().forEach(Key.ANY, (key, h) -> {
            if (h.asked()) {
                asked.add(key);
            }
        });
        if (asked.isEmpty() || random.nextInt(8) == 0) {
            return new Act(host, w.chunk(model, random.nextInt(3)));
        }
        byte[] key = asked.get(random.nextInt(asked.size()));
        Host h = w.state.hosts().get(key).orElseThrow();
        long index = random.nextInt(8) == 0 ? (h.chunk() + 1) % 3 : h.chunk();
        String who = names.apply(Address.ofBytes(Arrays.copyOfRange(key, 32, 52)));
        return new Act(who, w.chunk(Hash.ofBytes(Arrays.copyOf(key, 32)), index));
    }

    private Act served(Hash model, String host) {
        String operator = any("n1", "n1", "n2", "n3");
        long bytes = random.nextLong(1L << random.nextInt(1, 32));
        Transaction.ClaimServed good =
                w.served(model, host, operator, bytes, random.nextInt(12) == 0 ? "p1" : operator);
        return random.nextInt(12) == 0
                ? new Act(
                        host,
                        new Transaction.ClaimServed(model, good.downloader(), bytes, Signature.ofBytes(new byte[65])))
                : new Act(host, good);
    }

    /** About models that nobody needs for anything else. */
    private Act claim() {
        Hash model = w.modelId(any("m0", "m1", "m2", "m3"));
        List<byte[]> open = new ArrayList<>();
        w.state.claims().forEach(Key.ANY, (key, c) -> open.add(key));
        if (!open.isEmpty() && random.nextInt(4) > 0) {
            Hash challenged = Hash.ofBytes(open.get(random.nextInt(open.size())));
            boolean holds = random.nextInt(4) == 0 || challenged.bytes()[0] < 0;
            return new Act(any("author", "p1", "p2", "p3", "n1"), new Transaction.JudgeModel(challenged, holds));
        }
        return switch (random.nextInt(6)) {
            case 0, 1, 2 -> new Act(any("p1", "p2", "n2", "poor"), new Transaction.ChallengeModel(model));
            case 3 -> new Act("author", new Transaction.JudgeModel(Ids.NONE, true));
            case 4 -> new Act(any("n1", "n2"), new Transaction.SetPrices(model, Amount.ZERO, Amount.ZERO, Amount.ZERO));
            default ->
                random.nextInt(6) == 0
                        ? new Act(any("author", "p1"), new Transaction.RetireModel(model))
                        : new Act("n1", new Transaction.SetPrices(model, amount(), amount(), amount()));
        };
    }

    private Amount amount() {
        return Amount.ofMicro(random.nextLong(6_000_000));
    }

    private String any(String... of) {
        return of[random.nextInt(of.length)];
    }
}
