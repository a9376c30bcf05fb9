package assay.ledger;

import assay.core.base.Hash;
import assay.core.receipt.Receipt;
import assay.ledger.RandomWorld.Act;
import assay.ledger.crypto.Address;
import assay.ledger.delivery.DeliveryKey;
import assay.ledger.state.Audit;
import assay.ledger.state.Demand;
import assay.ledger.state.Dispute;
import assay.ledger.state.Key;
import assay.ledger.tx.Bytes;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/** Random demands, answers, disputes and evidence: right ones, late ones, and false ones. */
final class RandomDemands {
    private final World w;
    private final SplittableRandom random;
    private final Function<Address, String> names;
    private final List<Hash> channels;
    private static final DeliveryKey DELIVERY =
            DeliveryKey.of(World.hash("delivery")).orElseThrow();
    private int count;
    private Act complaint = new Act("a1", new Transaction.Heartbeat());

    RandomDemands(World w, SplittableRandom random, List<Hash> channels, Function<Address, String> names) {
        this.w = w;
        this.random = random;
        this.channels = channels;
        this.names = names;
    }

    /** A demand or its answer about this receipt. */
    Act demand(String operator, String receipt) {
        Address of = w.address(operator);
        Hash r = World.hash(receipt);
        return switch (random.nextInt(10)) {
            case 0, 1 -> {
                complaint = new Act(
                        auditor(of, r),
                        new Transaction.ComplainDelivery(
                                of, r, random.nextInt(6) == 0 ? assay.ledger.tx.Ids.NONE : DELIVERY.publicKey()));
                yield complaint;
            }
            case 2, 3 -> new Act(payer(of, r), new Transaction.DemandOpening(of, r, World.hash("cells")));
            case 4, 5 -> answer();
            case 6 ->
                new Act(
                        any("p1", operator),
                        new Transaction.ReportEarlyReveal(of, r, World.hash(any("x", "y")), w.salt(receipt)));
            case 7 ->
                random.nextInt(8) == 0
                        ? new Act(operator, new Transaction.Heartbeat())
                        : new Act(
                                any("a1", "a2", "a3"),
                                new Transaction.OpenDispute(of, r, World.hash(any("x", "y", "z"))));
            case 8 ->
                new Act(
                        auditor(of, r),
                        new Transaction.ProveDelivery(
                                Complaints.id(of, r, w.address(auditor(of, r)), random.nextInt(2)),
                                any("answer", "answer", "another"),
                                random.nextInt(8) == 0 ? r : DELIVERY.secret()));
            default -> random.nextBoolean() ? complaint : any();
        };
    }

    /** A move in a dispute, usually the one that is due. */
    Act dispute() {
        List<byte[]> open = new ArrayList<>();
        w.state.disputes().forEach(Key.ANY, (key, x) -> open.add(key));
        if (open.isEmpty() || random.nextInt(10) == 0) {
            return any();
        }
        byte[] key = open.get(random.nextInt(open.size()));
        Address operator = Address.ofBytes(Arrays.copyOf(key, 20));
        Hash receipt = Hash.ofBytes(Arrays.copyOfRange(key, 20, 52));
        Dispute x = w.state.disputes().get(key).orElseThrow();
        Dispute.Move move = random.nextInt(6) == 0 ? Dispute.Move.values()[random.nextInt(2)] : x.move();
        return switch (move) {
            case SHOW -> new Act(names.apply(operator), new Transaction.ShowDispute(receipt, Bytes.of(randomBytes(x))));
            case CHOOSE ->
                new Act(
                        random.nextInt(8) == 0 ? "p1" : names.apply(x.challenger()),
                        new Transaction.ChooseDispute(operator, receipt, random.nextInt(3)));
        };
    }

    private byte[] randomBytes(Dispute x) {
        byte[] bytes = random.nextBoolean() ? x.at().toArray() : new byte[random.nextInt(200)];
        if (bytes.length > 1) {
            random.nextBytes(bytes);
        }
        return bytes;
    }

    /** Evidence against n1, true or false. */
    Act evidence() {
        count++;
        Hash channel = channels.getLast();
        int no = random.nextInt(3) == 0 ? 1 : count;
        long amount = random.nextInt(3);
        Receipt r = SignedReceipts.receipt(w, "n1", channel, "smol", amount, random.nextInt(4), no);
        if (random.nextInt(3) == 0) {
            r = old;
        } else if (random.nextInt(9) == 0) {
            old = r;
        }
        String text = random.nextInt(5) == 0 ? "{}" : SignedReceipts.envelope(any("n1", "n1", "n1", "n2"), r);
        String note = SignedReceipts.checkpoint("n1", random.nextInt(4), World.hash(any("a", "b")), 1);
        String other = SignedReceipts.checkpoint("n1", random.nextInt(4), World.hash(any("a", "b")), 1);
        Hash key = SignedReceipts.key(any("n1", "n1", "n1", "n2"));
        return new Act(
                any("p1", "p2"),
                switch (random.nextInt(4)) {
                    case 0, 1 -> new Transaction.ReportReceipt(text);
                    case 2 -> new Transaction.ReportTwoCheckpoints(key, note, random.nextInt(6) == 0 ? "x" : other);
                    default ->
                        random.nextBoolean()
                                ? new Transaction.ChallengeCheckpoint(key, note)
                                : new Transaction.ReportTwoReceipts(
                                        SignedReceipts.envelope("n1", r),
                                        SignedReceipts.envelope(
                                                "n1",
                                                SignedReceipts.receipt(
                                                        w,
                                                        "n1",
                                                        channel,
                                                        "smol",
                                                        amount,
                                                        r.payment().cumulative(),
                                                        no + random.nextInt(2))));
                });
    }

    private Receipt old = receipt();

    private static Receipt receipt() {
        World elsewhere = new World(World.params(1), "p1");
        return SignedReceipts.receipt(elsewhere, "n1", Ids.NONE, "smol", 1, 1, 0);
    }

    private Act answer() {
        List<byte[]> open = new ArrayList<>();
        w.state.demands().forEach(Key.ANY, (key, x) -> open.add(key));
        if (open.isEmpty()) {
            return any();
        }
        byte[] key = open.get(random.nextInt(open.size()));
        Demand x = w.state.demands().get(key).orElseThrow();
        String operator = random.nextInt(8) == 0 ? "p1" : names.apply(x.operator());
        Hash id = Hash.ofBytes(key);
        if (x.isAnswered()) {
            return new Act(names.apply(x.by()), new Transaction.ProveDelivery(id, "answer", DELIVERY.secret()));
        }
        return x.kind() == Demand.Kind.CHECKPOINT
                ? new Act(operator, new Transaction.AnswerCheckpoint(id, List.of()))
                : new Act(operator, new Transaction.AnswerDemand(id, random.nextInt(6) == 0 ? "" : "answer"));
    }

    private Act any() {
        Hash r = World.hash("none");
        Address of = w.address("n1");
        return switch (random.nextInt(4)) {
            case 0 -> new Act("n1", new Transaction.AnswerDemand(r, "x"));
            case 1 -> new Act("n1", new Transaction.ShowDispute(r, Bytes.of(new byte[] {1})));
            case 2 -> new Act("p1", new Transaction.DemandOpening(of, r, r));
            default -> new Act("author", new Transaction.RetireModel(w.modelId(any("none", "big", "m1"))));
        };
    }

    private String auditor(Address operator, Hash receipt) {
        return w.state
                .audit(operator, receipt)
                .filter(a -> !a.slots().isEmpty())
                .map(a -> a.slots().get(random.nextInt(a.slots().size())))
                .map(Audit.Slot::auditor)
                .map(names)
                .orElse("a1");
    }

    private String payer(Address operator, Hash receipt) {
        return w.state
                .receipt(operator, receipt)
                .filter(r -> !r.payer().equals(Address.NONE))
                .map(r -> names.apply(r.payer()))
                .orElse("p1");
    }

    private String any(String... of) {
        return of[random.nextInt(of.length)];
    }
}
