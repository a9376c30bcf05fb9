package assay.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.state.Beacon;
import assay.ledger.state.Channel;
import assay.ledger.state.Due;
import assay.ledger.state.Key;
import assay.ledger.state.Receipt;
import assay.ledger.state.State;
import assay.ledger.state.Validator;
import java.util.Map;
import java.util.TreeMap;

/** What must hold of every state, added up entry by entry and not from any sum that the state keeps. */
final class Laws {
    private Laws() {}

    static void hold(State s) {
        moneyIsConserved(s);
        stakesBackWhatIsPending(s);
        channelsAddUp(s);
        everythingUnfinishedIsDue(s);
        hostsSharesAddUp(s);
        logsHoldTheirReceipts(s);
    }

    private static void moneyIsConserved(State s) {
        long[] sum = {0};
        s.accounts().forEach(Key.ANY, (k, a) -> sum[0] += a.balance().micro());
        s.operators().forEach(Key.ANY, (k, o) -> {
            sum[0] += o.stake().bonded().micro();
            o.stake().leaving().forEach(l -> sum[0] += l.amount().micro());
        });
        s.auditors().forEach(Key.ANY, (k, a) -> {
            sum[0] += a.stake().bonded().micro();
            a.stake().leaving().forEach(l -> sum[0] += l.amount().micro());
        });
        s.channels()
                .forEach(
                        Key.ANY,
                        (k, c) -> sum[0] += c.deposit().micro() - c.redeemed().micro());
        s.audits().forEach(Key.ANY, (k, a) -> sum[0] += a.fee().micro());
        s.demands().forEach(Key.ANY, (k, x) -> sum[0] += x.fee().micro());
        s.validators().forEach(Key.ANY, (k, v) -> sum[0] += v.bond().micro());
        s.models().forEach(Key.ANY, (k, m) -> sum[0] += m.bond().micro());
        s.claims().forEach(Key.ANY, (k, c) -> sum[0] += c.bond().micro());
        s.hosts().forEach(Key.ANY, (k, h) -> {
            sum[0] += h.stake().bonded().micro();
            h.stake().leaving().forEach(l -> sum[0] += l.amount().micro());
        });
        sum[0] += s.totals().auditPool().micro() + s.totals().hostsPool().micro();
        sum[0] += s.totals().reserve().micro() + s.totals().burned().micro();
        long[] supply = {0};
        s.genesis().allocations().forEach(a -> supply[0] += a.amount().micro());
        assertEquals(supply[0], sum[0], "supply");
    }

    private static void stakesBackWhatIsPending(State s) {
        Map<Address, Long> pending = new TreeMap<>();
        s.receipts().forEach(Key.ANY, (k, r) -> {
            if (!r.status().isFinal()) {
                pending.merge(
                        operator(k), Math.max(r.amount().micro(), r.insured().micro()), Long::sum);
            }
        });
        s.operators().forEach(Key.ANY, (k, o) -> {
            Address operator = Address.ofBytes(k);
            assertEquals(pending.getOrDefault(operator, 0L), o.pending().micro(), "pending of " + operator);
            assertTrue(o.stake().total().micro() >= 2 * o.pending().micro(), "stake of " + operator);
        });
    }

    private static void channelsAddUp(State s) {
        Map<Hash, Long> waiting = new TreeMap<>();
        s.unpaid().forEach(Key.ANY, (k, u) -> {
            Hash channel = Hash.ofBytes(java.util.Arrays.copyOf(k, 32));
            Channel c = s.channel(channel).orElseThrow();
            Receipt r = s.receipt(c.operator(), u.receipt()).orElseThrow();
            assertTrue(r.paid().isZero());
            assertTrue(
                    !r.status().isFinal()
                            || r.status() == Receipt.Status.CONFIRMED
                            || r.status() == Receipt.Status.UNAUDITED
                            || r.status() == Receipt.Status.UNDRAWN,
                    "what was proven wrong is not paid");
            assertEquals(channel, r.channel());
            waiting.merge(channel, r.amount().micro(), Long::sum);
        });
        s.channels().forEach(Key.ANY, (k, c) -> {
            Hash id = Hash.ofBytes(k);
            assertEquals(
                    waiting.getOrDefault(id, 0L),
                    c.posted().micro() - c.redeemed().micro(),
                    "channel " + id);
            assertTrue(c.posted().micro() <= c.deposit().micro());
        });
    }

    private static void everythingUnfinishedIsDue(State s) {
        Map<String, Long> due = new TreeMap<>();
        s.dues().forEach(Key.ANY, (k, d) -> {
            assertTrue(Key.height(k) > s.height() || standsStill(s), "nothing overdue");
            due.merge(d.kind() + " " + d.subject() + " " + d.operator(), Key.height(k), Math::min);
        });
        s.audits()
                .forEach(
                        Key.ANY,
                        (k, a) -> assertEquals(
                                a.phase() == assay.ledger.state.Audit.Phase.DISPUTE
                                        ? s.disputes().get(k).orElseThrow().deadline()
                                        : a.deadline(),
                                due.get((a.phase() == assay.ledger.state.Audit.Phase.DISPUTE
                                                ? Due.Kind.DISPUTE
                                                : Due.Kind.AUDIT_PHASE)
                                        + " " + receipt(k) + " " + operator(k)),
                                "audit's deadline"));
        s.disputes().forEach(Key.ANY, (k, x) -> assertTrue(s.audits().has(k), "a dispute is about an audit"));
        s.proposals()
                .forEach(
                        Key.ANY,
                        (k, x) -> assertEquals(
                                x.endsAt(),
                                due.get(Due.Kind.PROPOSAL + " " + Hash.ofBytes(k) + " " + Address.NONE),
                                "proposal's end"));
        s.demands()
                .forEach(
                        Key.ANY,
                        (k, x) -> assertEquals(
                                x.deadline(),
                                due.get(Due.Kind.DEMAND + " " + Hash.ofBytes(k) + " " + Address.NONE),
                                "demand's deadline"));
        s.claims()
                .forEach(
                        Key.ANY,
                        (k, c) -> assertEquals(
                                c.deadline(),
                                due.get(Due.Kind.CLAIM + " " + Hash.ofBytes(k) + " " + Address.NONE),
                                "judging's end"));
        s.models().forEach(Key.ANY, (k, m) -> {
            boolean leaves = due.containsKey(Due.Kind.RELEASE_MODEL_BOND + " " + Hash.ofBytes(k) + " " + Address.NONE);
            assertTrue(m.retired() == 0 || m.bond().isZero() || leaves, "the bond of a retired model leaves");
        });
        s.hosts().forEach(Key.ANY, (k, h) -> {
            String key = Hash.ofBytes(java.util.Arrays.copyOf(k, 32)) + " "
                    + Address.ofBytes(java.util.Arrays.copyOfRange(k, 32, 52));
            Long at = due.get(Due.Kind.STORAGE + " " + key);
            assertEquals(h.dueAt(), at == null ? 0 : at, "host's challenge");
            assertTrue(h.dueAt() != 0 || !h.isActive(), "who hosts is challenged");
            assertTrue(
                    h.stake().leaving().isEmpty() || due.containsKey(Due.Kind.RELEASE_HOST_BOND + " " + key),
                    "host's stake leaves");
        });
        s.channels().forEach(Key.ANY, (k, c) -> {
            Long at = due.get(Due.Kind.CLOSE_CHANNEL + " " + Hash.ofBytes(k) + " " + Address.NONE);
            assertEquals(c.closesAt(), at == null ? 0 : at, "channel's end");
        });
        Map<String, Long> batched = new TreeMap<>();
        s.batches().forEach(Key.ANY, (k, b) -> {
            String key = Hash.ofBytes(java.util.Arrays.copyOfRange(k, 20, 52)) + " " + operator(k);
            assertTrue(
                    due.containsKey(Due.Kind.DRAW + " " + key) != due.containsKey(Due.Kind.END_BATCH + " " + key),
                    "a checkpoint waits for its draw or for its end");
            b.leaves().forEach(leaf -> batched.merge(leaf.receipt() + " " + operator(k), 1L, Long::sum));
        });
        s.receipts().forEach(Key.ANY, (k, r) -> {
            Finality finality = Finality.of(s, operator(k), receipt(k)).orElseThrow();
            assertEquals(r.status().isFinal(), finality.open() == Finality.Open.NOTHING);
            assertTrue(r.status().isFinal() || s.height() <= finality.latest() + stood(s), "final when it was said");
            boolean waits =
                    r.status() == Receipt.Status.POSTED || r.status() == Receipt.Status.PASSED && !r.isRootKnown();
            assertTrue(!waits || batched.containsKey(receipt(k) + " " + operator(k)), "receipts wait in a checkpoint");
        });
        s.receipts()
                .forEach(
                        Key.ANY,
                        (k, r) -> assertEquals(
                                r.status() == Receipt.Status.DRAWN || r.status() == Receipt.Status.DISPUTED,
                                s.audits().has(k),
                                "drawn and disputed receipts have an audit"));
    }

    private static void hostsSharesAddUp(State s) {
        long[] left = {0};
        s.offers().forEach(Key.ANY, (k, o) -> {
            long share = o.earned().hosts().micro() - o.hosted().micro();
            assertTrue(share >= 0, "no host is paid from what others' sales brought");
            left[0] += share;
        });
        assertEquals(left[0], s.totals().hostsPool().micro(), "the hosts' pool is what the sales brought it");
        s.served().forEach(Key.ANY, (k, x) -> assertTrue(x.bytes() > 0));
    }

    private static void logsHoldTheirReceipts(State s) {
        Map<Address, Long> posted = new TreeMap<>();
        s.receipts().forEach(Key.ANY, (k, r) -> posted.merge(operator(k), 1L, Long::sum));
        s.operators()
                .forEach(
                        Key.ANY,
                        (k, o) -> assertEquals(
                                posted.getOrDefault(Address.ofBytes(k), 0L),
                                s.log(Address.ofBytes(k)).size()));
        assertEquals(Amount.ZERO.micro(), s.logs().heldMicro());
    }

    private static Address operator(byte[] pair) {
        return Address.ofBytes(java.util.Arrays.copyOf(pair, 20));
    }

    private static Hash receipt(byte[] pair) {
        return Hash.ofBytes(java.util.Arrays.copyOfRange(pair, 20, 52));
    }

    /** Whether the beacon waits for a validator's link: then nothing falls due. */
    private static boolean standsStill(State s) {
        boolean[] waits = {false};
        s.validators().forEach(Key.ANY, (k, v) -> waits[0] |= v.missed() > 0 && v.missed() <= Validator.MISSES_MAX);
        return waits[0];
    }

    /** Blocks in which nothing fell due. */
    private static long stood(State s) {
        return s.beacons().get(Key.BEACON).map(Beacon::stood).orElse(0L)
                + s.totals().fullBlocks();
    }
}
