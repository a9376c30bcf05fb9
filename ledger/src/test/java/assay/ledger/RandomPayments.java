package assay.ledger;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.RandomWorld.Act;
import assay.ledger.crypto.Signature;
import assay.ledger.state.Channel;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Stock;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Transaction.Authorization;
import assay.ledger.tx.Transaction.ChannelConfig;
import assay.ledger.tx.Transaction.Permit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Random payments that are brought by another than their payer: right ones, late ones, forged ones. */
final class RandomPayments {
    private static final Signature NO_SIGNATURE = Signature.ofBytes(new byte[65]);
    private static final Signature NOBODYS = World.key("nobody").sign(Ids.NONE);

    private final World w;
    private final SplittableRandom random;
    private final List<Hash> channels;
    private final List<Hash> escrows = new ArrayList<>(List.of(Ids.NONE));
    private int count;

    RandomPayments(World w, SplittableRandom random, List<Hash> channels) {
        this.w = w;
        this.random = random;
        this.channels = channels;
    }

    /** An escrow of this operator that is open, if there is one. */
    Hash escrow(String operator) {
        Hash found = escrows.getLast();
        for (Hash id : escrows) {
            if (w.state
                    .channel(id)
                    .filter(c -> c.operator().equals(w.address(operator)))
                    .isPresent()) {
                found = id;
            }
        }
        return found;
    }

    Act act() {
        count++;
        String payer = any("p1", "p2", "p3");
        String node = any("n1", "n2", "n1", "n2", "n3");
        return switch (random.nextInt(9)) {
            case 0 -> new Act(any("a1", "p1"), new Transaction.SettleAuthorization(authorization(payer, other())));
            case 1 -> new Act(payer, new Transaction.CancelAuthorization(nonce(), before()));
            case 2 -> new Act("a1", new Transaction.SettlePermit(permit(payer, "a1", other()), amount()));
            case 3, 4 -> {
                Authorization a = authorization(payer, node);
                escrows.add(Ids.escrow(w.genesis.chainId(), a.payer(), a.authorization()));
                yield new Act(sender(node), new Transaction.OpenEscrow(a));
            }
            case 5 -> {
                Permit p = permit(payer, node, node);
                escrows.add(Ids.escrow(w.genesis.chainId(), p.payer(), Ids.permission(p.permission())));
                yield new Act(sender(node), new Transaction.OpenPermitEscrow(p));
            }
            case 6 -> deposit(payer, node);
            default -> claim();
        };
    }

    private Act deposit(String payer, String node) {
        ChannelConfig config = w.config(payer, random.nextBoolean() ? "none" : "a1", node, "s" + random.nextInt(4));
        Hash id = Stock.channel(w.genesis.chainId(), config);
        Transaction.Deposit good = w.deposit(payer, config, amount().micro(), after(), before(), "d" + count / 2);
        channels.add(id);
        return new Act(sender(node), good);
    }

    private Act claim() {
        Hash id = channel();
        Channel c = w.state.channel(id).orElse(null);
        if (c == null) {
            return new Act("n1", new Transaction.Claim(id, amount(), NO_SIGNATURE));
        }
        Amount all = Amount.ofMicro(c.posted().micro() + random.nextInt(3));
        String signer = any("p1", "p2", "p3", "a1", "n1");
        for (String name : new String[] {"p1", "p2", "p3", "a1", "n1"}) {
            signer = w.address(name).equals(c.authorizer()) ? name : signer;
        }
        Signature voucher = w.x402Voucher(signer, id, all.micro());
        for (String name : new String[] {"n1", "n2", "n3"}) {
            if (w.address(name).equals(c.operator())) {
                return new Act(name, new Transaction.Claim(id, all, voucher));
            }
        }
        throw new AssertionError("a strange operator: " + c);
    }

    private Authorization authorization(String payer, String to) {
        Authorization a = new Authorization(
                w.address(payer),
                w.address(to),
                amount(),
                after(),
                before(),
                nonce(),
                random.nextBoolean() ? NO_SIGNATURE : NOBODYS);
        return random.nextInt(3) > 0 ? a : w.signedBy(payer, a);
    }

    private Permit permit(String payer, String facilitator, String to) {
        Permit p = w.permit(payer, facilitator, to, amount().micro(), after(), before(), "n" + random.nextInt(count));
        return random.nextInt(3) > 0
                ? p
                : new Permit(p.payer(), p.to(), p.most(), p.validAfter(), p.deadline(), p.permission(), NO_SIGNATURE);
    }

    private Hash nonce() {
        return World.hash("n" + (random.nextInt(4) == 0 ? random.nextInt(count) : count));
    }

    private long after() {
        long now = w.timeMillis / 1000;
        return random.nextInt(12) == 0 ? now + 1 : Math.max(0, now - 1 - random.nextInt(9));
    }

    private long before() {
        long now = w.timeMillis / 1000;
        return random.nextInt(12) == 0 ? random.nextBoolean() ? now : Long.MAX_VALUE : now + 1 + random.nextInt(20);
    }

    private Hash channel() {
        return channels.get(Math.max(0, channels.size() - 1 - random.nextInt(12)));
    }

    private String sender(String right) {
        return random.nextInt(12) == 0 ? "p1" : right;
    }

    private String other() {
        return any("p1", "p2", "a2", "author", "n1");
    }

    private Amount amount() {
        return random.nextInt(20) == 0 ? Amount.ofMicro(random.nextInt(2)) : Amount.ofMicro(random.nextLong(1 << 17));
    }

    private String any(String... of) {
        return of[random.nextInt(of.length)];
    }
}
