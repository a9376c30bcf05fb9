package assay.ledger;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.NodeSigner;
import assay.core.log.Leaf;
import assay.core.merkle.Chunks;
import assay.core.merkle.Frontier;
import assay.core.merkle.Merkle;
import assay.core.merkle.MerkleTree;
import assay.core.receipt.Digests;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.state.Genesis;
import assay.ledger.state.Log;
import assay.ledger.state.Params;
import assay.ledger.state.State;
import assay.ledger.tx.Acknowledgment;
import assay.ledger.tx.Bytes;
import assay.ledger.tx.Ids;
import assay.ledger.tx.NodeKeyProof;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.Stock;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Transaction.PostCheckpoint;
import assay.ledger.tx.Transaction.Posting;
import assay.ledger.tx.Transaction.PublishModel;
import assay.ledger.tx.TypedData;
import assay.ledger.tx.Voucher;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A small ledger in memory for tests: named accounts with fixed keys, and blocks on demand. */
public final class World {
    public static final Amount START = Amount.ofUnits(1_000);

    public final Genesis genesis;
    public State state;
    public long timeMillis = 1_000;
    private final Map<String, PrivateKey> keys = new LinkedHashMap<>();

    /** Validators' links by their digests, and who shows none. */
    private final Map<Hash, Hash> links = new LinkedHashMap<>();

    public final java.util.Set<String> silent = new java.util.TreeSet<>();

    public World(Params params, String... names) {
        this(params, List.of(), names);
    }

    /** With these validators, each of power 1. */
    public World(Params params, List<String> validators, String... names) {
        List<Genesis.Allocation> allocations = new ArrayList<>();
        for (String name : names) {
            keys.put(name, key(name));
            allocations.add(new Genesis.Allocation(address(name), START));
        }
        allocations.sort((a, b) -> a.address().compareTo(b.address()));
        List<Genesis.Founder> founders = new ArrayList<>();
        validators.forEach(name -> founders.add(new Genesis.Founder(address(name), hash(name), 1, chain(name))));
        founders.sort((a, b) -> a.account().compareTo(b.account()));
        genesis = new Genesis(Genesis.CHAIN_ID_FIRST + 7, params, allocations, founders);
        state = State.of(genesis);
    }

    /**
     * Every receipt is audited; small windows: commit 3, reveal 3, node 3, close 5, unbond 60; two rounds; audit
     * 10 %, hosts and reserve 1 %.
     */
    public static Params params(int auditors) {
        return new Params(
                new Params.Windows(60, 5, 5, 0, 0, 3, 3, 3),
                new Params.Shares(100_000, 10_000, 10_000, 300_000),
                new Params.Audits(true, auditors, 2, 100_000, 100_000, 2, 0, 1),
                new Params.Costs(Amount.ZERO, Amount.ZERO, Amount.ZERO, 1),
                new Params.Disputes(4, 2, 6, 0, Amount.ofMicro(10)),
                Params.Governance.NONE,
                hosting(Amount.ZERO));
    }

    /**
     * A chunk every 5 blocks, to be shown within 2; a miss costs 10 %, two end an offer; a host has at least a unit at
     * stake and earns a unit for 10^9 bytes; challenged claims are judged within 6 blocks.
     */
    static Params.Hosting hosting(Amount claimBond) {
        return new Params.Hosting(5, 2, 100_000, 2, Amount.ofUnits(1), Amount.ofUnits(1), claimBond, 6);
    }

    /** The same as {@link #params} where a model needs a bond of a unit. */
    public static Params bonding(int auditors) {
        Params p = params(auditors);
        return new Params(
                p.windows(),
                p.shares(),
                p.audits(),
                p.costs(),
                p.disputes(),
                p.governance(),
                hosting(Amount.ofUnits(1)));
    }

    /**
     * The same, but receipts are drawn two blocks after their posting and their audit can be bought for four blocks
     * more; a third of the auditors' stake counts as one party's; an audit costs 100 and one a token. Answers are due in 4 blocks, a dispute's moves
     * in 2; it is narrowed down twice.
     */
    public static Params sampled(int auditors, int groupsMin) {
        return new Params(
                new Params.Windows(1_200, 5, 5, 2, 4, 3, 3, 3),
                new Params.Shares(100_000, 10_000, 10_000, 300_000),
                new Params.Audits(false, auditors, 2, 100_000, 100_000, 2, 333_333, groupsMin),
                new Params.Costs(Amount.ofUnits(1), Amount.ofMicro(100), Amount.ZERO, 1_000),
                new Params.Disputes(4, 2, 6, 2, Amount.ofMicro(10)),
                new Params.Governance(3, Amount.ofMicro(500)),
                hosting(Amount.ZERO));
    }

    /** The same where a transaction costs so much. */
    public static Params charging(Params p, long micro) {
        Params.Costs c = p.costs();
        return new Params(
                p.windows(),
                p.shares(),
                p.audits(),
                new Params.Costs(c.replayPerMillion(), c.perAudit(), Amount.ofMicro(micro), c.requestTokens()),
                p.disputes(),
                p.governance(),
                p.hosting());
    }

    public static PrivateKey key(String name) {
        Hash secret = Hash.tagged("test key ", name.getBytes(StandardCharsets.UTF_8));
        try {
            return PrivateKey.ofBytes(secret.bytes());
        } catch (assay.core.base.MalformedException e) {
            throw new AssertionError(e);
        }
    }

    /** The pair of keys of a node. */
    public static NodeSigner nodeSigner(String name) {
        return NodeSigner.ofSeed(hash("node " + name).bytes());
    }

    /** That this account is an operator with a node's key, as the holder of the key says. */
    public Transaction.RegisterOperator registration(String operator, String node, String endpoint) {
        return new Transaction.RegisterOperator(nodeKey(node), proof(operator, node), endpoint);
    }

    /** That this operator's receipts have another node's key. */
    public Transaction.RotateKey rotation(String operator, String node) {
        return new Transaction.RotateKey(nodeKey(node), proof(operator, node));
    }

    static Hash nodeKey(String name) {
        return Hash.ofBytes(nodeSigner(name).key().bytes());
    }

    /** What a node's key signs to be this operator's. */
    Bytes proof(String operator, String node) {
        return NodeKeyProof.of(nodeSigner(node), genesis.chainId(), address(operator));
    }

    public static Hash hash(String name) {
        return Hash.sha256(name.getBytes(StandardCharsets.UTF_8));
    }

    public Address address(String name) {
        return keys.computeIfAbsent(name, World::key).address();
    }

    public PrivateKey keyOf(String name) {
        return keys.computeIfAbsent(name, World::key);
    }

    public BlockContext block() {
        long height = state.height() + 1;
        Hash beacon = Hash.tagged("beacon", BigInteger.valueOf(height).toByteArray());
        return new BlockContext(height, timeMillis, beacon, preimages());
    }

    /** What the validators that are not silent show next. */
    public List<BlockContext.Preimage> preimages() {
        List<BlockContext.Preimage> shown = new ArrayList<>();
        state.validators().forEach(assay.ledger.state.Key.ANY, (key, v) -> {
            Address account = Address.ofBytes(key);
            if (silent.stream().noneMatch(name -> address(name).equals(account)) && links.containsKey(v.beaconTip())) {
                shown.add(new BlockContext.Preimage(account, links.get(v.beaconTip())));
            }
        });
        return shown;
    }

    /** The tip of a validator's chain of 2,000 links. */
    public Hash chain(String name) {
        Hash link = hash("chain of " + name);
        for (int i = 0; i < 2_000; i++) {
            Hash tip = Ids.beaconTip(link);
            links.put(tip, link);
            link = tip;
        }
        return link;
    }

    public SignedTransaction signed(String from, Transaction body) {
        return SignedTransaction.sign(
                genesis.chainId(), keyOf(from), state.account(address(from)).nonce(), body);
    }

    /** Signs and applies. */
    public Outcome send(String from, Transaction body) {
        return take(Ledger.apply(state, signed(from, body), block()));
    }

    /** Applies without a signature, for tests of many transactions; its voucher is believed. */
    public Outcome sendUnsigned(String from, Transaction body) {
        SignedTransaction t = new SignedTransaction(
                genesis.chainId(),
                address(from),
                state.account(address(from)).nonce(),
                body,
                assay.ledger.crypto.Signature.ofBytes(new byte[65]));
        return take(Ledger.apply(state, CheckedTransaction.withoutCheckingSignatures(t), block()));
    }

    public Outcome take(Outcome outcome) {
        if (outcome instanceof Outcome.Applied(State next, List<Event> events)) {
            state = next;
        }
        return outcome;
    }

    /** Ends so many blocks and tells what happened by itself. */
    public List<Event> settle(int blocks) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < blocks; i++) {
            Outcome.Applied applied = Ledger.settle(state, block());
            state = applied.next();
            events.addAll(applied.events());
        }
        return events;
    }

    public PublishModel model(String name, int royaltyPpm) {
        return model(name, royaltyPpm, Amount.ZERO);
    }

    /** A model whose file is {@link #FILE}, with this bond behind it. */
    public PublishModel model(String name, int royaltyPpm, Amount bond) {
        return model(name, royaltyPpm, bond, FILE);
    }

    /** A model with this file. */
    public PublishModel model(String name, int royaltyPpm, Amount bond, byte[] file) {
        return new PublishModel(
                name,
                Hash.sha256(file),
                file.length,
                file.length == 0 ? Ids.NONE : chunks(file).root(),
                hash("program"),
                hash("weights"),
                hash("vocabulary"),
                hash("template"),
                hash("unicode"),
                Params.Costs.REFERENCE_MACS,
                "compiler 1",
                "Apache-2.0",
                hash("licence"),
                royaltyPpm,
                bond);
    }

    /** What every model's file holds: three chunks, the last a short one. */
    static final byte[] FILE = new byte[2 * Chunks.SIZE_BYTES + 808];

    static {
        for (int i = 0; i < FILE.length; i++) {
            FILE[i] = (byte) (i * 31 + i / 251);
        }
    }

    private static MerkleTree chunks(byte[] file) {
        try {
            return Chunks.tree(new ByteArrayInputStream(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What shows chunk {@code index} of {@link #FILE} as the host of a model. */
    Transaction.AnswerStorage chunk(Hash model, long index) {
        int from = (int) index * Chunks.SIZE_BYTES;
        byte[] chunk = Arrays.copyOfRange(FILE, from, Math.min(FILE.length, from + Chunks.SIZE_BYTES));
        return new Transaction.AnswerStorage(
                model, Base64.getEncoder().encodeToString(chunk), Merkle.proveInclusion(chunks(FILE), index, 3));
    }

    /** What {@code signer} signs to say that it got so many bytes from this host. */
    Transaction.ClaimServed served(Hash model, String host, String downloader, long bytes, String signer) {
        return new Transaction.ClaimServed(
                model,
                address(downloader),
                bytes,
                keyOf(signer)
                        .sign(TypedData.digest(genesis.chainId(), new Acknowledgment(address(host), model, bytes))));
    }

    public Hash modelId(String name) {
        return state.modelId(name).orElse(hash("no model " + name));
    }

    /** The id of the channel that this payer's next transaction opens. */
    public Hash nextChannel(String payer, String operator) {
        return Ids.channel(
                genesis.chainId(),
                address(payer),
                address(operator),
                state.account(address(payer)).nonce());
    }

    public Posting posting(String receipt, Hash channel, Hash model, long micro, String root) {
        return insured(receipt, channel, model, micro, 0, root);
    }

    public Posting insured(String receipt, Hash channel, Hash model, long micro, long insured, String root) {
        return new Posting(
                hash(receipt),
                channel,
                model,
                Amount.ofMicro(micro),
                Amount.ofMicro(insured),
                1_000,
                Digests.blind(hash(root), salt(receipt)));
    }

    /** The node's salt for a receipt. */
    public Hash salt(String receipt) {
        return hash("salt of " + receipt);
    }

    /** The checkpoint that adds these receipts to the operator's log. */
    public PostCheckpoint checkpoint(String operator, Posting... postings) {
        Log log = state.log(address(operator));
        Frontier frontier = log.frontier();
        long weight = log.weight();
        for (Posting p : postings) {
            weight += Rates.weight(p.amount(), p.insured());
            frontier.append(new Leaf(p.receipt(), weight).hash());
        }
        return new PostCheckpoint(frontier.size(), frontier.root(), List.of(postings));
    }

    /** What {@code payer} signs to pay by EIP-3009 between these seconds; the nonce is this name's digest. */
    public Transaction.Authorization authorization(
            String payer, String to, long micro, long after, long before, String nonce) {
        Transaction.Authorization unsigned = new Transaction.Authorization(
                address(payer),
                address(to),
                Amount.ofMicro(micro),
                after,
                before,
                hash(nonce),
                assay.ledger.crypto.Signature.ofBytes(new byte[65]));
        return signedBy(payer, unsigned);
    }

    /** The same authorisation with this account's signature. */
    public Transaction.Authorization signedBy(String signer, Transaction.Authorization a) {
        return new Transaction.Authorization(
                a.payer(),
                a.to(),
                a.value(),
                a.validAfter(),
                a.validBefore(),
                a.authorization(),
                keyOf(signer).sign(Stock.authorization(genesis.chainId(), a)));
    }

    /** What {@code payer} signs to let this facilitator take up to so much. */
    public Transaction.Permit permit(
            String payer, String facilitator, String to, long most, long after, long deadline, String nonce) {
        Transaction.Permit p = new Transaction.Permit(
                address(payer),
                address(to),
                Amount.ofMicro(most),
                after,
                deadline,
                hash(nonce),
                assay.ledger.crypto.Signature.ofBytes(new byte[65]));
        return new Transaction.Permit(
                p.payer(),
                p.to(),
                p.most(),
                p.validAfter(),
                p.deadline(),
                p.permission(),
                keyOf(payer).sign(Stock.permit(genesis.chainId(), address(facilitator), p)));
    }

    /** A batch-settlement channel of these two. */
    public Transaction.ChannelConfig config(String payer, String authorizer, String receiver, String salt) {
        return new Transaction.ChannelConfig(
                address(payer),
                authorizer.equals("none") ? Address.NONE : address(authorizer),
                address(receiver),
                address(receiver),
                900,
                hash(salt));
    }

    /** A deposit into it, signed by {@code signer}. */
    public Transaction.Deposit deposit(
            String signer, Transaction.ChannelConfig config, long micro, long after, long before, String salt) {
        Transaction.DepositAuthorization a = new Transaction.DepositAuthorization(
                Amount.ofMicro(micro), after, before, hash(salt), assay.ledger.crypto.Signature.ofBytes(new byte[65]));
        Hash id = Stock.channel(genesis.chainId(), config);
        return new Transaction.Deposit(
                config,
                new Transaction.DepositAuthorization(
                        a.value(),
                        after,
                        before,
                        a.salt(),
                        keyOf(signer).sign(Stock.deposit(genesis.chainId(), config.payer(), id, a))));
    }

    public assay.ledger.crypto.Signature x402Voucher(String signer, Hash channel, long micro) {
        return keyOf(signer).sign(Stock.voucher(genesis.chainId(), channel, Amount.ofMicro(micro)));
    }

    public assay.ledger.crypto.Signature voucher(String payer, Hash channel, long micro) {
        return keyOf(payer).sign(TypedData.digest(genesis.chainId(), new Voucher(channel, Amount.ofMicro(micro))));
    }
}
