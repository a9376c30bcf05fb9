package assay.ledger;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Signature;
import assay.ledger.state.Audit;
import assay.ledger.state.Channel;
import assay.ledger.state.Key;
import assay.ledger.state.Setting;
import assay.ledger.tx.Bytes;
import assay.ledger.tx.Ids;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Transaction.Bond;
import assay.ledger.tx.Transaction.BondAuditor;
import assay.ledger.tx.Transaction.CloseChannel;
import assay.ledger.tx.Transaction.CommitAudit;
import assay.ledger.tx.Transaction.OpenChannel;
import assay.ledger.tx.Transaction.PostCheckpoint;
import assay.ledger.tx.Transaction.Posting;
import assay.ledger.tx.Transaction.Redeem;
import assay.ledger.tx.Transaction.RegisterOperator;
import assay.ledger.tx.Transaction.RevealAudit;
import assay.ledger.tx.Transaction.RevealTrace;
import assay.ledger.tx.Transaction.RotateKey;
import assay.ledger.tx.Transaction.SetPrices;
import assay.ledger.tx.Transaction.TopUp;
import assay.ledger.tx.Transaction.Transfer;
import assay.ledger.tx.Transaction.Unbond;
import assay.ledger.tx.Transaction.UnbondAuditor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Accounts that do random things, mostly sensible, some false: all decided by one seed. */
final class RandomWorld {
    /** Transactions here are taken at their word. */
    private static final Bytes UNPROVEN = Bytes.of(new byte[0]);

    private static final String[] NAMES = {"p1", "p2", "p3", "n1", "n2", "n3", "a1", "a2", "a3", "author"};
    private static final String[] MODELS = {"smol", "big", "none"};
    private static final Signature NO_SIGNATURE = Signature.ofBytes(new byte[65]);
    private static final Signature NOBODYS = World.key("nobody").sign(Ids.NONE);
    private static final Hash SALT = World.hash("salt");

    final World w;
    private final SplittableRandom random;
    private final List<Hash> channels = new ArrayList<>(List.of(Ids.NONE));
    private final List<Posted> posted = new ArrayList<>();
    private final Map<Hash, String> receiptNames = new TreeMap<>();
    private final RandomPayments payments;
    private final RandomDemands demands;
    private final RandomHosts hosts;
    private int count;

    private record Posted(String operator, String receipt) {}

    /** A transaction and who sends it. */
    record Act(String from, Transaction body) {
        boolean carriesASignature() {
            return body instanceof Redeem
                    || body instanceof Transaction.Claim
                    || body instanceof Transaction.ClaimServed
                    || body instanceof Transaction.Deposit
                    || body instanceof Transaction.OpenEscrow
                    || body instanceof Transaction.OpenPermitEscrow
                    || body instanceof Transaction.SettleAuthorization
                    || body instanceof Transaction.SettlePermit;
        }
    }

    RandomWorld(long seed) {
        random = new SplittableRandom(seed);
        int k = 1 + random.nextInt(3);
        w = seed % 2 == 0
                ? new World(World.params(k), NAMES)
                : new World(
                        World.charging(World.sampled(k, 1 + random.nextInt(3)), seed % 3),
                        List.of("author", "p1", "p2", "p3"),
                        NAMES);
        payments = new RandomPayments(w, random, channels);
        demands = new RandomDemands(w, random, channels, this::name);
        hosts = new RandomHosts(w, random, this::name);
        for (String node : new String[] {"n1", "n2"}) {
            w.sendUnsigned(node, w.registration(node, node, node));
            w.sendUnsigned(node, new Bond(Amount.ofUnits(200)));
        }
        w.sendUnsigned("author", w.model("smol", 200_000));
        w.sendUnsigned("author", w.model("big", 0));
        w.sendUnsigned("author", w.model("bare", 0, Amount.ZERO, new byte[0]));
        for (String auditor : new String[] {"a1", "a2", "a3"}) {
            w.sendUnsigned(auditor, new BondAuditor(w.modelId("smol"), Amount.ofUnits(10)));
        }
        for (String node : new String[] {"n1", "n2"}) {
            w.sendUnsigned(node, new SetPrices(w.modelId("smol"), amount(), amount(), amount()));
            w.sendUnsigned(node, new SetPrices(w.modelId("big"), amount(), amount(), amount()));
        }
    }

    /** One random transaction, or the end of a block. */
    Outcome step() {
        count++;
        if (random.nextInt(20) == 0) {
            w.timeMillis += random.nextInt(3000);
            w.silent.clear();
            if (random.nextInt(4) == 0) { // while one is silent nothing falls due
                w.silent.add(any(NAMES));
            }
            Outcome.Applied settled = Ledger.settle(w.state, w.block());
            w.state = settled.next();
            return settled;
        }
        Act act = act();
        if (random.nextInt(act.carriesASignature() ? 5 : 300) == 0) {
            return w.take(Ledger.apply(w.state, disturbed(act.from, act.body), w.block()));
        }
        if (random.nextInt(50) == 0) {
            long nonce = w.state.account(w.address(act.from)).nonce() + random.nextInt(-2, 3);
            SignedTransaction t = new SignedTransaction(
                    w.genesis.chainId(), w.address(act.from), Math.max(0, nonce), act.body, NO_SIGNATURE);
            return w.take(Ledger.apply(w.state, CheckedTransaction.withoutCheckingSignatures(t), w.block()));
        }
        return w.sendUnsigned(act.from, act.body);
    }

    /** Signed rightly, or in one of the wrong ways. */
    private SignedTransaction disturbed(String from, Transaction body) {
        SignedTransaction good = w.signed(from, body);
        return switch (random.nextInt(20)) {
            case 0 -> SignedTransaction.sign(good.chainId() + 1, w.keyOf(from), good.nonce(), body);
            case 1 -> with(good, w.signed(from.equals("p3") ? "p2" : "p3", body).signature());
            case 2 -> with(good, NO_SIGNATURE);
            case 3 -> with(good, LedgerAttackTest.highS(good.signature()));
            default -> good;
        };
    }

    private static SignedTransaction with(SignedTransaction t, Signature signature) {
        return new SignedTransaction(t.chainId(), t.from(), t.nonce(), t.body(), signature);
    }

    private Act act() {
        Hash model = w.modelId(any(MODELS));
        String from = any(NAMES);
        if (random.nextInt(8) == 0) {
            return payments.act();
        }
        if (random.nextInt(12) == 0) {
            Posted p = posted.isEmpty()
                    ? new Posted("n1", "r")
                    : posted.get(Math.max(0, posted.size() - 1 - random.nextInt(12)));
            return random.nextInt(3) > 0 ? demands.demand(p.operator, p.receipt) : demands.evidence();
        }
        if (random.nextInt(w.state.disputes().count() > 0 ? 3 : 40) == 0) {
            return demands.dispute();
        }
        if (random.nextInt(w.state.claims().count() > 0 ? 6 : 14) == 0) {
            return hosts.act();
        }
        if (random.nextInt(30) == 0) {
            return governance();
        }
        return switch (random.nextInt(24)) {
            case 0 -> new Act(from, new Transfer(w.address(any(NAMES)), amount()));
            case 1 -> new Act(from, new RegisterOperator(World.hash("k" + random.nextInt(5)), UNPROVEN, "x"));
            case 2 ->
                new Act(any("n1", "n2", "p1"), new RotateKey(World.hash("key " + random.nextInt(count)), UNPROVEN));
            case 3 ->
                new Act(
                        any("n1", "n2", "n3"),
                        random.nextInt(4) == 0 ? new Transaction.SetEndpoint(from) : new Bond(amount()));
            case 4 -> new Act(any("n1", "n2", "n3"), new Unbond(small()));
            case 5 -> new Act(any("a1", "a2", "a3", "n1"), new BondAuditor(model, small()));
            case 6 -> new Act(any("a1", "a2", "a3"), new UnbondAuditor(model, small()));
            case 7 -> new Act(any("author", "p1"), publish());
            case 8 -> new Act(any("n1", "n2", "p1"), new SetPrices(model, amount(), amount(), amount()));
            case 9, 10 -> open(any("p1", "p2", "p3", "n1"));
            case 11 -> random.nextInt(4) == 0 ? receipt() : channelChange();
            case 12, 13, 14 -> checkpoint(any("n1", "n2", "n1", "n2", "n3", "p1"));
            case 15, 16, 17 -> redeem();
            default -> audit();
        };
    }

    /** Validators propose and agree, outsiders try, and somebody without money sends something. */
    private Act governance() {
        String from = any("author", "p1", "p2", "p3", "p1", "p2", "n1");
        List<byte[]> open = new ArrayList<>();
        w.state.proposals().forEach(Key.ANY, (key, p) -> open.add(key));
        if (!open.isEmpty() && random.nextInt(8) > 0) {
            return new Act(from, new Transaction.Approve(Hash.ofBytes(open.get(random.nextInt(open.size())))));
        }
        // Only numbers after which the random walk goes on as before.
        Setting setting = List.of(Setting.AUDIT_COST, Setting.DEMAND_FEE, Setting.BEACON_FINE, Setting.LINKED_FLOOR)
                .get(random.nextInt(4));
        return switch (random.nextInt(6)) {
            case 0, 1 -> {
                long number = setting.of(w.state.params()) + random.nextInt(3);
                yield new Act(from, new Transaction.ProposeSetting(setting.wire(), number));
            }
            case 2 -> {
                long number = (1L << 40) + random.nextInt(9);
                yield new Act(from, new Transaction.ProposeSetting(random.nextInt(50), number));
            }
            case 3 -> {
                Hash tip = random.nextInt(20) == 0 ? w.chain("p3") : World.hash("no chain");
                Hash key = World.hash("p3");
                yield new Act(from, new Transaction.ProposeValidator(w.address("p3"), key, random.nextInt(2), tip));
            }
            case 4 -> new Act(from, new Transaction.BondValidator(small()));
            default -> new Act(any("poor", "p1"), new Transaction.Approve(Ids.NONE));
        };
    }

    /** A receipt is taken back, or its audit bought, or accounts are linked. */
    private Act receipt() {
        Posted p = posted.isEmpty()
                ? new Posted("n1", "r")
                : posted.get(Math.max(0, posted.size() - 1 - random.nextInt(20)));
        return switch (random.nextInt(5)) {
            case 0, 1 -> new Act(p.operator, new Transaction.RetractReceipt(World.hash(p.receipt)));
            case 2, 3 ->
                new Act(any("p1", "p2"), new Transaction.BuyAudit(w.address(p.operator), World.hash(p.receipt)));
            default ->
                random.nextBoolean()
                        ? new Act(
                                any("p1", "a3"),
                                new Transaction.DeclareLink(w.address(any("p1", "p2", "a3", "author"))))
                        : new Act(
                                any("p1", "p2", "a3", "author"),
                                new Transaction.AcceptLink(w.address(any("p1", "a3"))));
        };
    }

    private Transaction publish() {
        return w.model(
                random.nextBoolean() ? "smol" : "m" + random.nextInt(4),
                100_000 * random.nextInt(5),
                random.nextInt(4) == 0 ? Amount.ZERO : amount());
    }

    private Act open(String payer) {
        String operator = any("n1", "n2", "n1", "n2", "n3");
        channels.add(w.nextChannel(payer, operator));
        return new Act(payer, new OpenChannel(w.address(operator), amount()));
    }

    private Act channelChange() {
        Hash channel = channel();
        String from = random.nextInt(4) == 0
                ? any(NAMES)
                : w.state.channel(channel).map(c -> name(c.payer())).orElse("p1");
        return new Act(from, random.nextInt(3) > 0 ? new TopUp(channel, amount()) : new CloseChannel(channel));
    }

    private Act checkpoint(String from) {
        List<Posting> postings = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            String receipt = "r" + count + "." + i;
            if (random.nextInt(40) == 0 && !posted.isEmpty()) {
                receipt = posted.getLast().receipt;
            }
            long micro = random.nextInt(10) == 0 ? 0 : random.nextLong(random.nextInt(40) == 0 ? 1L << 50 : 60_000);
            long insured = random.nextInt(10) == 0 ? random.nextLong(90_000) : 0;
            Hash model = w.modelId(any("smol", "smol", "big", "none"));
            postings.add(w.insured(receipt, channelOf(from), model, micro, insured, "x"));
            posted.add(new Posted(from, receipt));
            receiptNames.put(World.hash(receipt), receipt);
        }
        return new Act(from, disturbed(from, postings));
    }

    private PostCheckpoint disturbed(String from, List<Posting> postings) {
        long before = w.state.log(w.address(from)).size();
        PostCheckpoint good;
        try {
            good = w.checkpoint(from, postings.toArray(Posting[]::new));
        } catch (IllegalArgumentException overflow) {
            return new PostCheckpoint(before + postings.size(), Ids.NONE, postings);
        }
        return switch (random.nextInt(24)) {
            case 0 -> new PostCheckpoint(good.treeSize() + 1, good.root(), postings);
            case 1 -> new PostCheckpoint(good.treeSize(), World.hash("wrong"), postings);
            case 2 -> new PostCheckpoint(before, good.root(), List.of());
            case 3 -> new PostCheckpoint(before / 2, good.root(), List.of());
            case 4 -> new PostCheckpoint(before, w.state.log(w.address(from)).root(), List.of());
            default -> good;
        };
    }

    private Act redeem() {
        Hash channel = w.state
                .unpaid()
                .firstKey(random.nextInt(6) == 0 ? Key.ANY : channel().bytes())
                .map(key -> Hash.ofBytes(Arrays.copyOf(key, 32)))
                .orElse(channel());
        Optional<Channel> c = w.state.channel(channel);
        Amount cumulative = c.map(open -> Amount.ofMicro(Math.max(
                        0, (random.nextInt(8) == 0 ? open.redeemed() : open.posted()).micro() + random.nextInt(-1, 4))))
                .orElse(amount());
        Signature voucher =
                switch (random.nextInt(8)) {
                    case 0 -> NO_SIGNATURE;
                    case 1 -> NOBODYS;
                    default ->
                        c.map(open -> w.voucher(name(open.payer()), channel, cumulative.micro()))
                                .orElse(NO_SIGNATURE);
                };
        String from = random.nextInt(20) == 0
                ? any(NAMES)
                : c.map(open -> name(open.operator())).orElse("n1");
        return new Act(from, new Redeem(channel, cumulative, voucher));
    }

    /** A move in an audit: usually the one that is expected. */
    private Act audit() {
        List<byte[]> open = new ArrayList<>();
        w.state.audits().forEach(Key.ANY, (key, audit) -> open.add(key));
        if (open.isEmpty() || random.nextInt(12) == 0) {
            return strayMove(posted.isEmpty() ? new Posted("n1", "r") : posted.get(random.nextInt(posted.size())));
        }
        byte[] key = open.get(random.nextInt(open.size()));
        Address operator = Address.ofBytes(Arrays.copyOf(key, 20));
        Hash receipt = Hash.ofBytes(Arrays.copyOfRange(key, 20, 52));
        String name = Optional.ofNullable(receiptNames.get(receipt)).orElseThrow();
        List<Audit.Slot> slots = w.state.audit(operator, receipt).orElseThrow().slots();
        if (slots.isEmpty()) {
            return strayMove(new Posted(name(operator), name));
        }
        String auditor = name(slots.get(random.nextInt(slots.size())).auditor());
        Hash root = World.hash(name.hashCode() % 30 == 0 ? "y" : "x");
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> new Act(auditor, commit(operator, receipt, auditor, root));
            case 3, 4, 5 ->
                new Act(auditor, new RevealAudit(operator, receipt, root, random.nextInt(9) == 0 ? Ids.NONE : SALT));
            default ->
                new Act(
                        name(operator),
                        new RevealTrace(receipt, random.nextInt(9) == 0 ? Ids.NONE : World.hash("x"), w.salt(name)));
        };
    }

    private Act strayMove(Posted p) {
        Hash receipt = World.hash(p.receipt);
        String from = any("a1", "a2", "a3", "p1");
        return random.nextBoolean()
                ? new Act(from, commit(w.address(p.operator), receipt, from, Ids.NONE))
                : new Act(p.operator, new RevealTrace(receipt, World.hash("x"), w.salt(p.receipt)));
    }

    private CommitAudit commit(Address operator, Hash receipt, String auditor, Hash root) {
        Hash commitment = Ids.commitment(w.genesis.chainId(), receipt, w.address(auditor), root, SALT);
        return new CommitAudit(operator, receipt, commitment);
    }

    private Hash channel() {
        return random.nextInt(10) == 0
                ? World.hash("no channel")
                : channels.get(Math.max(0, channels.size() - 1 - random.nextInt(12)));
    }

    private Hash channelOf(String operator) {
        if (random.nextInt(20) == 0) {
            return payments.escrow(operator);
        }
        for (int attempt = 0; attempt < 6; attempt++) {
            Hash channel = channel();
            if (w.state
                    .channel(channel)
                    .filter(c -> name(c.operator()).equals(operator))
                    .isPresent()) {
                return channel;
            }
        }
        return channel();
    }

    private String name(Address address) {
        for (String name : NAMES) {
            if (w.address(name).equals(address)) {
                return name;
            }
        }
        throw new AssertionError("a stranger: " + address);
    }

    private Amount amount() {
        return random.nextInt(20) == 0
                ? Amount.ofMicro(random.nextInt(2))
                : Amount.ofMicro(random.nextLong(1L << 16 + random.nextInt(10)));
    }

    private Amount small() {
        return Amount.ofMicro(amount().micro() / 8);
    }

    private String any(String... of) {
        return of[random.nextInt(of.length)];
    }
}
