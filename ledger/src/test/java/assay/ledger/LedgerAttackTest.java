package assay.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.crypto.Signature;
import assay.ledger.state.Audit;
import assay.ledger.state.Receipt;
import assay.ledger.tx.Ids;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Transaction.Bond;
import assay.ledger.tx.Transaction.BondAuditor;
import assay.ledger.tx.Transaction.CloseChannel;
import assay.ledger.tx.Transaction.CommitAudit;
import assay.ledger.tx.Transaction.OpenChannel;
import assay.ledger.tx.Transaction.Posting;
import assay.ledger.tx.Transaction.Redeem;
import assay.ledger.tx.Transaction.RevealAudit;
import assay.ledger.tx.Transaction.RevealTrace;
import assay.ledger.tx.Transaction.SetPrices;
import assay.ledger.tx.Transaction.Transfer;
import assay.ledger.tx.Transaction.Unbond;
import assay.ledger.tx.Transaction.UnbondAuditor;
import assay.ledger.tx.TypedData;
import assay.ledger.tx.Voucher;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Attacks by name: each is tried, and fails for the reason given. */
class LedgerAttackTest {
    private static final BigInteger ORDER =
            new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);

    private World w = new World(World.params(2), "payer", "other", "node", "rival", "author", "a1", "a2");
    private Hash channel = Ids.NONE;

    /** The twin of a signature: it verifies under plain ECDSA. */
    static Signature highS(Signature signature) {
        byte[] b = signature.bytes();
        byte[] s = ORDER.subtract(new BigInteger(1, b, 32, 32)).toByteArray();
        java.util.Arrays.fill(b, 32, 64, (byte) 0);
        int length = Math.min(32, s.length);
        System.arraycopy(s, s.length - length, b, 64 - length, length);
        b[64] = (byte) (27 + 28 - b[64]);
        return Signature.ofBytes(b);
    }

    private void ok(String from, Transaction body) {
        Outcome outcome = w.send(from, body);
        assertInstanceOf(Outcome.Applied.class, outcome, () -> from + " " + body + ": " + outcome);
    }

    private void refused(Reason reason, Outcome outcome) {
        assertEquals(new Outcome.Rejected(reason), outcome);
    }

    private void network() {
        for (String node : new String[] {"node", "rival"}) {
            ok(node, w.registration(node, node, node));
            ok(node, new Bond(Amount.ofUnits(100)));
        }
        ok("author", w.model("smol", 200_000));
        for (String node : new String[] {"node", "rival"}) {
            ok(node, new SetPrices(w.modelId("smol"), Amount.ofUnits(1), Amount.ZERO, Amount.ofUnits(1)));
        }
        ok("a1", new BondAuditor(w.modelId("smol"), Amount.ofUnits(10)));
        ok("a2", new BondAuditor(w.modelId("smol"), Amount.ofUnits(10)));
        channel = w.nextChannel("payer", "node");
        ok("payer", new OpenChannel(w.address("node"), Amount.ofUnits(5)));
    }

    private Posting posting(String receipt, long micro) {
        return w.posting(receipt, channel, w.modelId("smol"), micro, "root");
    }

    private void paid(String receipt, long micro) {
        ok("node", w.checkpoint("node", posting(receipt, micro)));
        long all = w.state.channel(channel).orElseThrow().posted().micro();
        ok("node", redeem(all));
        w.settle(1);
    }

    private Redeem redeem(long micro) {
        return new Redeem(channel, Amount.ofMicro(micro), w.voucher("payer", channel, micro));
    }

    private CommitAudit commit(String auditor, String receipt, String root) {
        Hash r = World.hash(receipt);
        return new CommitAudit(
                w.address("node"),
                r,
                Ids.commitment(w.genesis.chainId(), r, w.address(auditor), World.hash(root), World.hash(auditor)));
    }

    private RevealAudit reveal(String auditor, String receipt, String root) {
        return new RevealAudit(w.address("node"), World.hash(receipt), World.hash(root), World.hash(auditor));
    }

    @Test
    void transactionReplay() {
        SignedTransaction t = w.signed("payer", new Transfer(w.address("other"), Amount.ofUnits(1)));
        assertInstanceOf(Outcome.Applied.class, w.take(Ledger.apply(w.state, t, w.block())));
        refused(Reason.NONCE_STALE, Ledger.apply(w.state, t, w.block()));
    }

    @Test
    void forgedSignature() {
        SignedTransaction t = w.signed("payer", new Transfer(w.address("other"), Amount.ofUnits(1)));
        SignedTransaction more = new SignedTransaction(
                t.chainId(), t.from(), t.nonce(), new Transfer(w.address("other"), Amount.ofUnits(2)), t.signature());
        refused(Reason.SIGNER_IS_NOT_SENDER, Ledger.apply(w.state, more, w.block()));
        byte[] bytes = t.signature().bytes();
        for (int bit = 0; bit < 8 * 65; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            SignedTransaction bent =
                    new SignedTransaction(t.chainId(), t.from(), t.nonce(), t.body(), Signature.ofBytes(flipped));
            assertInstanceOf(Outcome.Rejected.class, Ledger.apply(w.state, bent, w.block()), "bit " + bit);
        }
    }

    @Test
    void highSSignature() {
        SignedTransaction t = w.signed("payer", new Transfer(w.address("other"), Amount.ofUnits(1)));
        SignedTransaction twin =
                new SignedTransaction(t.chainId(), t.from(), t.nonce(), t.body(), highS(t.signature()));
        refused(Reason.SIGNATURE_HIGH_S, Ledger.apply(w.state, twin, w.block()));
    }

    @Test
    void signatureOfAnotherChain() {
        PrivateKey key = w.keyOf("payer");
        Transfer body = new Transfer(w.address("other"), Amount.ofUnits(1));
        SignedTransaction elsewhere = SignedTransaction.sign(w.genesis.chainId() + 1, key, 0, body);
        refused(Reason.WRONG_CHAIN, Ledger.apply(w.state, elsewhere, w.block()));
        SignedTransaction relabelled =
                new SignedTransaction(w.genesis.chainId(), key.address(), 0, body, elsewhere.signature());
        refused(Reason.SIGNER_IS_NOT_SENDER, Ledger.apply(w.state, relabelled, w.block()));
    }

    @Test
    void doubleRedemption() {
        network();
        paid("r1", 100);
        refused(Reason.VOUCHER_REDEEMED, w.send("node", redeem(100)));
        ok("node", w.checkpoint("node", posting("r2", 100)));
        refused(Reason.VOUCHER_REDEEMED, w.send("node", redeem(100)));
    }

    @Test
    void decreasingVoucher() {
        network();
        paid("r1", 100);
        refused(Reason.VOUCHER_REDEEMED, w.send("node", redeem(60)));
    }

    @Test
    void voucherForAnotherChannel() {
        network();
        Hash first = channel;
        channel = w.nextChannel("payer", "node");
        ok("payer", new OpenChannel(w.address("node"), Amount.ofUnits(5)));
        ok("node", w.checkpoint("node", posting("r1", 100)));
        Redeem theft = new Redeem(channel, Amount.ofMicro(100), w.voucher("payer", first, 100));
        refused(Reason.VOUCHER_NOT_BY_PAYER, w.send("node", theft));
    }

    @Test
    void voucherForAnotherOperator() {
        network();
        ok("rival", w.checkpoint("rival", w.posting("r1", channel, w.modelId("smol"), 100, "root")));
        refused(Reason.NOT_THE_PAYEE, w.send("rival", redeem(100)));
        Hash rivals = w.nextChannel("payer", "rival");
        ok("payer", new OpenChannel(w.address("rival"), Amount.ofUnits(5)));
        ok("rival", w.checkpoint("rival", w.posting("r2", rivals, w.modelId("smol"), 100, "root")));
        Redeem theft = new Redeem(rivals, Amount.ofMicro(100), w.voucher("payer", channel, 100));
        refused(Reason.VOUCHER_NOT_BY_PAYER, w.send("rival", theft));
    }

    @Test
    void voucherOfAnotherChain() {
        network();
        ok("node", w.checkpoint("node", posting("r1", 100)));
        Hash digest = TypedData.digest(w.genesis.chainId() + 1, new Voucher(channel, Amount.ofMicro(100)));
        Redeem theft = new Redeem(channel, Amount.ofMicro(100), w.keyOf("payer").sign(digest));
        refused(Reason.VOUCHER_NOT_BY_PAYER, w.send("node", theft));
    }

    @Test
    void voucherOfAnotherAmount() {
        network();
        ok("node", w.checkpoint("node", posting("r1", 100)));
        Redeem theft = new Redeem(channel, Amount.ofMicro(101), w.voucher("payer", channel, 100));
        refused(Reason.VOUCHER_NOT_BY_PAYER, w.send("node", theft));
    }

    @Test
    void voucherWithHighS() {
        network();
        ok("node", w.checkpoint("node", posting("r1", 100)));
        Redeem twin = new Redeem(channel, Amount.ofMicro(100), highS(w.voucher("payer", channel, 100)));
        refused(Reason.VOUCHER_SIGNATURE_INVALID, w.send("node", twin));
    }

    @Test
    void redeemAbovePostedReceipts() {
        network();
        refused(Reason.VOUCHER_ABOVE_POSTED, w.send("node", redeem(100)));
        ok("node", w.checkpoint("node", posting("r1", 60)));
        Amount before = w.state.balance(w.address("payer"));
        ok("node", redeem(100));
        assertEquals(60, w.state.channel(channel).orElseThrow().redeemed().micro());
        assertEquals(before, w.state.balance(w.address("payer")));
        refused(Reason.VOUCHER_ABOVE_POSTED, w.send("node", redeem(100)));
    }

    @Test
    void oneReceiptPaidTwice() {
        network();
        paid("r1", 100);
        refused(Reason.RECEIPT_POSTED, w.send("node", w.checkpoint("node", posting("r1", 100))));
    }

    @Test
    void receiptsWorthMoreThanTheDeposit() {
        network();
        ok("node", new Bond(Amount.ofUnits(200)));
        ok("node", w.checkpoint("node", posting("r1", 5_000_000), posting("r2", 1)));
        assertEquals(w.address("payer"), receipt("r1").payer());
        assertTrue(receipt("r2").payer().equals(Address.NONE), "no channel pays it");
    }

    @Test
    void aChannelOfManyUnpaidReceiptsIsClosedALittleAtATime() {
        network();
        int count = 2 * Channels.PAYMENTS_MAX + 5;
        for (int from = 0; from < count; from += 1000) {
            Transaction.Posting[] some = new Transaction.Posting[Math.min(1000, count - from)];
            for (int i = 0; i < some.length; i++) {
                some[i] = posting("r" + (from + i), 1);
            }
            ok("node", w.checkpoint("node", some));
        }
        ok("node", new CloseChannel(channel));
        assertEquals(count - Channels.PAYMENTS_MAX, w.state.unpaid().count(), "so many at most in one transaction");
        refused(Reason.CHANNEL_CLOSING, w.send("payer", new CloseChannel(channel)));
        w.settle(2);
        assertEquals(5, w.state.unpaid().count(), "and in one block");
        w.settle(1);
        assertTrue(w.state.channel(channel).isEmpty());
        assertEquals(World.START, w.state.balance(w.address("payer")));
    }

    @Test
    void auditorsOfAGrainEachAreNone() {
        network();
        Hash model = w.modelId("smol");
        Amount least = Amount.ofMicro(10_000); // 1,000 fees of a demand
        ok("other", new BondAuditor(model, least));
        refused(Reason.BOND_TOO_SMALL, w.send("rival", new BondAuditor(model, Amount.ofMicro(9_999))));
        refused(Reason.BOND_TOO_SMALL, w.send("other", new UnbondAuditor(model, Amount.ofMicro(1))));
        ok("other", new BondAuditor(model, Amount.ofMicro(1)));
        ok("other", new UnbondAuditor(model, Amount.ofMicro(1)));
        ok("other", new UnbondAuditor(model, least));
    }

    @Test
    void withdrawalRacingRedemption() {
        network();
        ok("payer", new CloseChannel(channel));
        ok("node", w.checkpoint("node", posting("r1", 100)));
        w.settle(4);
        ok("node", redeem(100));
        w.settle(5);
        assertEquals(
                World.START.minus(Amount.ofMicro(100)), w.state.balance(w.address("payer")), "refunded but for 100");
    }

    @Test
    void unbondBeforeSlash() {
        network();
        paid("r1", 1000);
        ok("node", new Unbond(Amount.ofUnits(100)));
        refused(Reason.EXPOSURE_TOO_HIGH, w.send("node", w.checkpoint("node", posting("r2", 1))));
        ok("a1", commit("a1", "r1", "truth"));
        ok("a2", commit("a2", "r1", "truth"));
        ok("a1", reveal("a1", "r1", "truth"));
        ok("a2", reveal("a2", "r1", "truth"));
        ok("node", new RevealTrace(World.hash("r1"), World.hash("root"), w.salt("r1")));
        assertEquals(Receipt.Status.FAULT, receipt("r1").status());
        w.settle(70);
        assertEquals(
                Amount.ofUnits(990).plus(Amount.ofMicro(680)),
                w.state.balance(w.address("node")),
                "the slash reached what was leaving");
    }

    @Test
    void aFirstFaultIsNoCheaperForWhoHasMuchElseAtRisk() {
        network();
        paid("r1", 1000);
        ok("node", w.checkpoint("node", posting("r2", 2_400_000)));
        ok("a1", commit("a1", "r1", "truth"));
        ok("a2", commit("a2", "r1", "truth"));
        ok("a1", reveal("a1", "r1", "truth"));
        ok("a2", reveal("a2", "r1", "truth"));
        ok("node", new RevealTrace(World.hash("r1"), World.hash("root"), w.salt("r1")));
        assertEquals(Receipt.Status.FAULT, receipt("r1").status());
        assertEquals(
                Amount.ofUnits(90),
                w.state.operator(w.address("node")).orElseThrow().stake().total(),
                "a tenth of all stake, as the draw assumed");
    }

    @Test
    void selfDealingAuditor() {
        network();
        ok("node", new BondAuditor(w.modelId("smol"), Amount.ofUnits(800)));
        for (int i = 0; i < 20; i++) {
            paid("r" + i, 10);
            Audit audit = w.state.audit(w.address("node"), World.hash("r" + i)).orElseThrow();
            assertTrue(audit.slot(w.address("node")).isEmpty(), "an operator never audits itself");
        }
        refused(Reason.AUDITOR_NOT_DRAWN, w.send("node", commit("node", "r19", "root")));
    }

    @Test
    void auditorPaidForNothing() {
        network();
        paid("r1", 100);
        refused(Reason.COMMIT_MISSING, w.send("a1", reveal("a1", "r1", "root")));
    }

    @Test
    void commitCopiedFromAnotherAuditor() {
        network();
        paid("r1", 100);
        CommitAudit honest = commit("a1", "r1", "root");
        ok("a1", honest);
        ok("a2", honest);
        ok("a1", reveal("a1", "r1", "root"));
        // The copier now knows root and salt, and still cannot open what it copied.
        refused(Reason.REVEAL_MISMATCH, w.send("a2", reveal("a1", "r1", "root")));
        refused(Reason.REVEAL_MISMATCH, w.send("a2", reveal("a2", "r1", "root")));
        w.settle(4);
        ok("node", new RevealTrace(World.hash("r1"), World.hash("root"), w.salt("r1")));
        assertEquals(World.START.minus(Amount.ofUnits(10)), w.state.balance(w.address("a2")), "and is not paid");
    }

    @Test
    void commitmentForAnotherReceipt() {
        network();
        paid("r1", 100);
        paid("r2", 100);
        CommitAudit first = commit("a1", "r1", "root");
        ok("a1", new CommitAudit(w.address("node"), World.hash("r2"), first.commitment()));
        ok("a2", commit("a2", "r2", "root"));
        refused(Reason.REVEAL_MISMATCH, w.send("a1", reveal("a1", "r2", "root")));
    }

    @Test
    void doubleReveal() {
        network();
        paid("r1", 100);
        ok("a1", commit("a1", "r1", "root"));
        ok("a2", commit("a2", "r1", "root"));
        ok("a1", reveal("a1", "r1", "root"));
        refused(Reason.REVEAL_EXISTS, w.send("a1", reveal("a1", "r1", "root")));
        ok("a2", reveal("a2", "r1", "root"));
        ok("node", new RevealTrace(World.hash("r1"), World.hash("root"), w.salt("r1")));
        refused(Reason.RECEIPT_NOT_DRAWN, w.send("a1", reveal("a1", "r1", "root")));
        refused(
                Reason.RECEIPT_NOT_DRAWN,
                w.send("node", new RevealTrace(World.hash("r1"), World.hash("root"), w.salt("r1"))));
    }

    @Test
    void nodeSwapsItsRootAfterSeeingTheAuditors() {
        network();
        paid("r1", 100);
        ok("a1", commit("a1", "r1", "truth"));
        ok("a2", commit("a2", "r1", "truth"));
        ok("a1", reveal("a1", "r1", "truth"));
        ok("a2", reveal("a2", "r1", "truth"));
        refused(
                Reason.NODE_MISMATCH,
                w.send("node", new RevealTrace(World.hash("r1"), World.hash("truth"), w.salt("r1"))));
    }

    @Test
    void withholdingIsNeverCheaperThanBeingCaught() {
        Amount[] left = new Amount[2];
        for (int silent = 0; silent < 2; silent++) {
            w = new World(World.params(2), "payer", "other", "node", "rival", "author", "a1", "a2");
            network();
            paid("r1", 100);
            ok("a1", commit("a1", "r1", "truth"));
            ok("a2", commit("a2", "r1", "truth"));
            ok("a1", reveal("a1", "r1", "truth"));
            ok("a2", reveal("a2", "r1", "truth"));
            if (silent == 0) {
                ok("node", new RevealTrace(World.hash("r1"), World.hash("root"), w.salt("r1")));
            }
            w.settle(4);
            left[silent] =
                    w.state.operator(w.address("node")).orElseThrow().stake().total();
        }
        assertTrue(left[1].compareTo(left[0]) <= 0, left[0] + " after being caught, " + left[1] + " after silence");
    }

    @Test
    void atLeastHalfOfEverySlashIsBurned() {
        network();
        paid("r1", 2_500_000);
        Amount all = w.state.operator(w.address("node")).orElseThrow().stake().total();
        ok("a1", commit("a1", "r1", "truth"));
        ok("a2", commit("a2", "r1", "truth"));
        w.settle(1);
        ok("a1", reveal("a1", "r1", "truth"));
        ok("a2", reveal("a2", "r1", "truth"));
        w.settle(4);
        Amount lost = all.minus(
                w.state.operator(w.address("node")).orElseThrow().stake().total());
        assertTrue(2 * w.state.totals().burned().micro() >= lost.micro());
        assertNotEquals(Amount.ZERO, lost);
    }

    @Test
    void conflictingCheckpoints() {
        network();
        ok("node", w.checkpoint("node", posting("r1", 100)));
        Transaction.PostCheckpoint real = w.checkpoint("node", posting("r2", 100));
        refused(
                Reason.CHECKPOINT_CONFLICT,
                w.send("node", new Transaction.PostCheckpoint(1, World.hash("split view"), List.of())));
        refused(
                Reason.CHECKPOINT_ROOT,
                w.send("node", new Transaction.PostCheckpoint(2, World.hash("split view"), real.postings())));
        ok("node", real);
        refused(Reason.CHECKPOINT_BEHIND, w.send("node", new Transaction.PostCheckpoint(1, real.root(), List.of())));
    }

    @Test
    void aLogWhoseWeightWouldOverflow() {
        network();
        var node = w.address("node");
        Transaction.PostCheckpoint next = w.checkpoint("node", posting("r1", 100));
        Draft d = Draft.of(w.state, w.block(), node, w.state.account(node));
        d.logs = d.logs.put(
                assay.ledger.state.Key.of(node),
                new assay.ledger.state.Log(0, assay.core.merkle.Merkle.EMPTY, List.of(), Long.MAX_VALUE - 99, 1));
        refused(Reason.CHECKPOINT_WEIGHT, Logs.post(d, node, next));
    }

    @Test
    void aCheckpointTotalThatLies() {
        network();
        Posting p = posting("r1", 100);
        for (long lie : new long[] {0, 99, 101, 200}) {
            Hash root = assay.core.merkle.Merkle.root(List.of(new assay.core.log.Leaf(p.receipt(), lie).hash()));
            refused(Reason.CHECKPOINT_ROOT, w.send("node", new Transaction.PostCheckpoint(1, root, List.of(p))));
        }
    }

    @Test
    void dustStakeBacksNothing() {
        network();
        ok("other", w.registration("other", "other", "x"));
        ok("other", new SetPrices(w.modelId("smol"), Amount.ofUnits(1), Amount.ZERO, Amount.ofUnits(1)));
        ok("other", new Bond(Amount.ofMicro(39)));
        Hash dust = w.nextChannel("payer", "other");
        ok("payer", new OpenChannel(w.address("other"), Amount.ofUnits(5)));
        refused(
                Reason.EXPOSURE_TOO_HIGH,
                w.send("other", w.checkpoint("other", w.posting("r1", dust, w.modelId("smol"), 1, "root"))));
    }

    @Test
    void roundingStolenBySplitting() {
        // One payment of 10,000, or 10,000 payments of one unit: the author and the pool get the same.
        List<Amount> authors = new ArrayList<>();
        for (int parts : new int[] {1, 7, 1000, 10_000}) {
            w = new World(World.params(1), "payer", "other", "node", "rival", "author", "a1", "a2");
            network();
            long each = 10_000 / parts;
            for (int done = 0; done < parts; done += 1000) {
                List<Posting> postings = new ArrayList<>();
                for (int i = done; i < Math.min(parts, done + 1000); i++) {
                    postings.add(posting("r" + i, i == parts - 1 ? 10_000 - each * (parts - 1) : each));
                }
                ok("node", w.checkpoint("node", postings.toArray(Posting[]::new)));
            }
            for (int done = 0; done < parts; done += Channels.PAYMENTS_MAX) {
                ok("node", redeem(10_000));
            }
            authors.add(w.state.balance(w.address("author")).minus(World.START));
        }
        assertEquals(
                List.of(2000L, 2000L, 2000L, 2000L),
                authors.stream().map(Amount::micro).toList());
    }

    @Test
    void stakeCountedTwice() {
        network();
        Amount stake = w.state.operator(w.address("node")).orElseThrow().stake().total();
        ok("node", new Unbond(Amount.ofUnits(60)));
        refused(Reason.BOND_TOO_SMALL, w.send("node", new Unbond(Amount.ofUnits(60))));
        assertEquals(
                stake, w.state.operator(w.address("node")).orElseThrow().stake().total());
    }

    @Test
    void receiptKeyOfAnotherOperator() {
        network();
        Address other = w.address("other");
        refused(Reason.NODE_KEY_TAKEN, w.send("other", w.registration("other", "node", "x")));
        assertTrue(w.state.operator(other).isEmpty());
    }

    private Receipt receipt(String name) {
        return w.state.receipt(w.address("node"), World.hash(name)).orElseThrow();
    }
}
