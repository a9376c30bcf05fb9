package assay.ledger;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Signature;
import assay.ledger.delivery.DeliveryKey;
import assay.ledger.state.Demand;
import assay.ledger.state.Host;
import assay.ledger.state.Params;
import assay.ledger.state.Receipt;
import assay.ledger.state.Totals;
import assay.ledger.tx.Bytes;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Stock;
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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a scenario: one event a line, words parted by blanks, the expected outcome last ({@code ok} or a
 * reason). {@code block N} ends N blocks; {@code check …} looks at the state. Amounts are micro-units, or
 * units with a u: {@code 5u}. A receipt to post is {@code name:channel:model:amount:root}.
 */
final class Script {
    final World w;
    private final Map<String, Hash> channels = new LinkedHashMap<>();

    /** The key of every complaint. */
    private static final DeliveryKey DELIVERY =
            DeliveryKey.of(World.hash("delivery")).orElseThrow();

    Script(Params params, String... validators) {
        w = new World(params, List.of(validators), "payer", "node", "author", "a1", "a2", "a3", "other");
        channels.put("none", Ids.NONE);
    }

    /** Runs a line and says what became of it; what the line expects is its last word. */
    String run(String line) {
        String[] words = line.trim().split("\\s+");
        String[] args = Arrays.copyOfRange(words, 2, words.length - 1);
        return switch (words[0]) {
            case "block" -> {
                w.settle(Integer.parseInt(words[1]));
                yield words[words.length - 1];
            }
            case "check" -> check(words);
            case "time" -> {
                w.timeMillis = 1000 * Long.parseLong(words[1]);
                yield words[words.length - 1];
            }
            default -> outcome(w.send(words[0], transaction(words[0], words[1], args)));
        };
    }

    private static String outcome(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Applied applied -> "ok";
            case Outcome.Rejected(Reason reason) -> reason.name();
        };
    }

    private String check(String[] words) {
        Totals totals = w.state.totals();
        return switch (words[1]) {
            case "balance" -> w.state.balance(w.address(words[2])).toString();
            case "stake" ->
                w.state
                        .operator(w.address(words[2]))
                        .orElseThrow()
                        .stake()
                        .total()
                        .toString();
            case "bonded" ->
                w.state
                        .operator(w.address(words[2]))
                        .orElseThrow()
                        .stake()
                        .bonded()
                        .toString();
            case "pending" ->
                w.state.operator(w.address(words[2])).orElseThrow().pending().toString();
            case "receipt" ->
                w.state
                        .receipt(w.address(words[2]), World.hash(words[3]))
                        .map(Receipt::status)
                        .orElseThrow()
                        .name();
            case "audit" ->
                w.state
                        .audit(w.address(words[2]), World.hash(words[3]))
                        .map(a -> a.phase() + "/" + a.round())
                        .orElse("none");
            case "dispute" ->
                w.state
                        .disputes()
                        .get(assay.ledger.state.Key.of(w.address(words[2]), World.hash(words[3])))
                        .map(x -> x.move() + "/" + x.level())
                        .orElse("none");
            case "auditor" ->
                w.state
                        .auditor(w.modelId(words[3]), w.address(words[2]))
                        .map(b -> b.stake().total().toString())
                        .orElse("none");
            case "heard" ->
                "" + w.state.operator(w.address(words[2])).orElseThrow().heard();
            case "version" ->
                ""
                        + w.state
                                .offer(w.address(words[2]), w.modelId(words[3]))
                                .orElseThrow()
                                .version();
            case "channel" -> w.state.channel(channel(words[2])).isPresent() ? "open" : "closed";
            case "log" -> "" + w.state.log(w.address(words[2])).size();
            case "spent" -> "" + w.state.isSpent(w.address(words[2]), World.hash(words[3]));
            case "host" ->
                w.state
                        .host(w.modelId(words[3]), w.address(words[2]))
                        .map(h -> h.stake().total() + "/" + (h.asked() ? "asked" : h.isActive() ? "waits" : "left"))
                        .orElse("none");
            case "model" ->
                w.state
                        .model(w.modelId(words[2]))
                        .map(m -> m.bond() + (m.refuted() ? "/refuted" : m.retired() != 0 ? "/retired" : ""))
                        .orElseThrow();
            case "hosts-pool" -> totals.hostsPool().toString();
            case "burned" -> totals.burned().toString();
            case "pool" -> totals.auditPool().toString();
            case "reserve" -> totals.reserve().toString();
            default -> throw new IllegalArgumentException("nothing to check: " + words[1]);
        };
    }

    private Transaction transaction(String who, String verb, String[] a) {
        return switch (verb) {
            case "transfer" -> new Transfer(w.address(a[0]), amount(a[1]));
            case "register" -> // key [whom its holder says that it is for]
                new RegisterOperator(World.nodeKey(a[0]), w.proof(a.length > 1 ? a[1] : who, a[0]), "http://node");
            case "rotate" -> new RotateKey(World.nodeKey(a[0]), w.proof(a.length > 1 ? a[1] : who, a[0]));
            case "endpoint" -> new Transaction.SetEndpoint(a[0]);
            case "bond" -> new Bond(amount(a[0]));
            case "unbond" -> new Unbond(amount(a[0]));
            case "bond-auditor" -> new BondAuditor(w.modelId(a[0]), amount(a[1]));
            case "unbond-auditor" -> new UnbondAuditor(w.modelId(a[0]), amount(a[1]));
            case "publish" ->
                w.model(
                        a[0].equals("(empty)") ? "" : a[0],
                        Integer.parseInt(a[1]),
                        a.length > 2 ? amount(a[2]) : Amount.ZERO,
                        a.length > 3 ? new byte[0] : World.FILE);
            case "host" -> new Transaction.OfferHosting(w.modelId(a[0]), "http://host", amount(a[1]));
            case "unhost" -> new Transaction.StopHosting(w.modelId(a[0]));
            case "show-chunk" -> {
                long asked = w.state
                        .host(w.modelId(a[0]), w.address(who))
                        .map(Host::chunk)
                        .orElse(0L);
                yield a[1].equals("?")
                        ? new Transaction.AnswerStorage(w.modelId(a[0]), "not base64!", List.of())
                        : w.chunk(w.modelId(a[0]), (asked + Integer.parseInt(a[1])) % 3);
            }
            case "served" -> {
                Transaction.ClaimServed good =
                        w.served(w.modelId(a[0]), who, a[1], Long.parseLong(a[2]), a[3].equals("nobody") ? a[1] : a[3]);
                yield a[3].equals("nobody")
                        ? new Transaction.ClaimServed(
                                good.model(), good.downloader(), good.bytes(), Signature.ofBytes(new byte[65]))
                        : good;
            }
            case "challenge-model" -> new Transaction.ChallengeModel(w.modelId(a[0]));
            case "judge" -> new Transaction.JudgeModel(w.modelId(a[0]), a[1].equals("true"));
            case "prices" -> new SetPrices(w.modelId(a[0]), amount(a[1]), amount(a[2]), amount(a[3]));
            case "open" -> {
                channels.put(a[0], w.nextChannel(who, a[1]));
                yield new OpenChannel(w.address(a[1]), amount(a[2]));
            }
            case "topup" -> new TopUp(channel(a[0]), amount(a[1]));
            case "redeem" -> redeem(a);
            // authorisations: payer to amount after before nonce [signer]
            case "settle" -> new Transaction.SettleAuthorization(authorization(a));
            case "escrow" -> {
                channels.put(a[0], Ids.escrow(w.genesis.chainId(), w.address(a[1]), World.hash(a[6])));
                yield new Transaction.OpenEscrow(authorization(Arrays.copyOfRange(a, 1, a.length)));
            }
            case "cancel" -> new Transaction.CancelAuthorization(World.hash(a[0]), Long.parseLong(a[1]));
            // permits: taken payer facilitator to most after deadline nonce
            case "settle-permit" -> new Transaction.SettlePermit(permit(a), amount(a[0]));
            case "escrow-permit" -> {
                Hash nonce = Ids.permission(World.hash(a[7]));
                channels.put(a[0], Ids.escrow(w.genesis.chainId(), w.address(a[1]), nonce));
                yield new Transaction.OpenPermitEscrow(permit(a));
            }
            case "complain" ->
                new Transaction.ComplainDelivery(
                        w.address(a[0]),
                        World.hash(a[1]),
                        a.length > 2 ? Ids.NONE : DELIVERY.publicKey()); // zero is a point of small order
            // node receipt round answer [secret]
            case "prove" ->
                new Transaction.ProveDelivery(
                        Complaints.id(w.address(a[0]), World.hash(a[1]), w.address(who), Integer.parseInt(a[2])),
                        a[3],
                        a.length > 4 ? World.hash(a[4]) : DELIVERY.secret());
            case "demand" -> new Transaction.DemandOpening(w.address(a[0]), World.hash(a[1]), World.hash(a[2]));
            case "deliver" -> answer(Demand.Kind.DELIVERY, who, a, Hash.sha256(new byte[] {Byte.parseByte(a[2])}));
            case "show-cells" -> answer(Demand.Kind.OPENING, who, a, World.hash(a[2]));
            case "leak" ->
                new Transaction.ReportEarlyReveal(w.address(a[0]), World.hash(a[1]), World.hash(a[2]), w.salt(a[1]));
            case "move" ->
                new Transaction.ShowDispute(
                        World.hash(a[0]),
                        Bytes.of(a.length < 2 ? new byte[0] : a[1].getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            case "choose" -> new Transaction.ChooseDispute(w.address(a[0]), World.hash(a[1]), Integer.parseInt(a[2]));
            case "heartbeat" -> new Transaction.Heartbeat();
            case "retire" -> new Transaction.RetireModel(w.modelId(a[0]));
            case "retract" -> new Transaction.RetractReceipt(World.hash(a[0]));
            case "buy-audit" -> new Transaction.BuyAudit(w.address(a[0]), World.hash(a[1]));
            case "link" -> new Transaction.DeclareLink(w.address(a[0]));
            case "accept-link" -> new Transaction.AcceptLink(w.address(a[0]));
            // deposits: channel signer payer authorizer receiver amount after before salt
            case "deposit" -> {
                Transaction.ChannelConfig config = w.config(a[2], a[3], a[4], a[0]);
                channels.put(a[0], Stock.channel(w.genesis.chainId(), config));
                yield w.deposit(a[1], config, amount(a[5]).micro(), Long.parseLong(a[6]), Long.parseLong(a[7]), a[8]);
            }
            case "claim" ->
                new Transaction.Claim(
                        channel(a[0]),
                        amount(a[1]),
                        w.x402Voucher(a[2], channel(a[0]), amount(a[1]).micro()));
            case "close" -> new CloseChannel(channel(a[0]));
            case "post" -> w.checkpoint(who, Arrays.stream(a).map(this::posting).toArray(Posting[]::new));
            case "post-size" -> {
                PostCheckpoint c = w.checkpoint(who, posting(a[1]));
                yield new PostCheckpoint(Long.parseLong(a[0]), c.root(), c.postings());
            }
            case "post-root" -> {
                PostCheckpoint c = w.checkpoint(who, posting(a[1]));
                yield new PostCheckpoint(c.treeSize(), World.hash(a[0]), c.postings());
            }
            case "post-again" -> {
                var log = w.state.log(w.address(who));
                yield new PostCheckpoint(log.size(), log.root(), java.util.List.of());
            }
            case "commit" -> commit(who, a);
            case "reveal" -> new RevealAudit(w.address(a[0]), World.hash(a[1]), World.hash(a[2]), World.hash(a[3]));
            case "show" -> new RevealTrace(World.hash(a[0]), World.hash(a[1]), w.salt(a[0]));
            default -> throw new IllegalArgumentException("no verb: " + verb);
        };
    }

    /** receipt, who asked, details, answer */
    private Transaction.AnswerDemand answer(Demand.Kind kind, String operator, String[] a, Hash subject) {
        Hash id = Ids.demand(kind.ordinal(), w.address(operator), World.hash(a[0]), w.address(a[1]), subject);
        return new Transaction.AnswerDemand(id, a[3].equals("-") ? "" : a[3]);
    }

    private Transaction.Authorization authorization(String[] a) {
        Transaction.Authorization signed =
                w.authorization(a[0], a[1], amount(a[2]).micro(), Long.parseLong(a[3]), Long.parseLong(a[4]), a[5]);
        return a.length == 6 ? signed : signedBy(a[6], signed);
    }

    private Transaction.Authorization signedBy(String signer, Transaction.Authorization a) {
        return signer.equals("nobody")
                ? new Transaction.Authorization(
                        a.payer(),
                        a.to(),
                        a.value(),
                        a.validAfter(),
                        a.validBefore(),
                        a.authorization(),
                        Signature.ofBytes(new byte[65]))
                : w.signedBy(signer, a);
    }

    private Transaction.Permit permit(String[] a) {
        return w.permit(a[1], a[2], a[3], amount(a[4]).micro(), Long.parseLong(a[5]), Long.parseLong(a[6]), a[7]);
    }

    private Redeem redeem(String[] a) {
        Signature voucher = a[2].equals("nobody")
                ? Signature.ofBytes(new byte[65])
                : w.voucher(a[2], channel(a[0]), amount(a[1]).micro());
        return new Redeem(channel(a[0]), amount(a[1]), voucher);
    }

    private CommitAudit commit(String who, String[] a) {
        Hash receipt = World.hash(a[1]);
        Hash commitment =
                Ids.commitment(w.genesis.chainId(), receipt, w.address(who), World.hash(a[2]), World.hash(a[3]));
        return new CommitAudit(w.address(a[0]), receipt, commitment);
    }

    private Posting posting(String text) {
        String[] p = text.split(":", -1);
        long insured = p.length > 5 ? amount(p[5]).micro() : 0;
        return w.insured(p[0], channel(p[1]), w.modelId(p[2]), amount(p[3]).micro(), insured, p[4]);
    }

    private Hash channel(String name) {
        return channels.getOrDefault(name, World.hash("no channel " + name));
    }

    static Amount amount(String text) {
        return text.endsWith("u")
                ? Amount.ofUnits(Long.parseLong(text.substring(0, text.length() - 1)))
                : Amount.ofMicro(Long.parseLong(text));
    }
}
