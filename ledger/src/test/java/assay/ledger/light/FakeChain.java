package assay.ledger.light;

import assay.core.base.Hash;
import assay.core.base.NodeSigner;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.core.merkle.Merkle;
import assay.core.merkle.MerkleTree;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** A chain that signs what it is told to, and an endpoint that serves it as CometBFT's RPC does, or as it is told to. */
final class FakeChain implements Endpoint {
    static final String NAME = "assay-1149218157756417";
    static final Instant BEGIN = Instant.parse("2026-11-01T12:00:00.5Z");

    final TreeMap<Long, LightBlock> blocks = new TreeMap<>();
    final TreeMap<Long, List<byte[]>> transactions = new TreeMap<>();
    final TreeMap<Long, List<Long>> codes = new TreeMap<>();
    final Map<String, Integer> asked = new TreeMap<>();

    /** What a query is answered with: code, height and value. */
    Function<Query, Json> queries =
            q -> Json.object().put("code", 1).put("log", "none").build();

    /** What it says to a new transaction: its code. */
    Function<String, Integer> broadcasts = tx -> 0;

    /** Changes an answer on its way. */
    java.util.function.BiFunction<String, byte[], byte[]> altered = (call, answer) -> answer;

    record Query(String path, byte[] data, long height) {}

    static NodeSigner signer(int i) {
        return NodeSigner.ofSeed(Hash.sha256(new byte[] {(byte) i}).bytes());
    }

    static ValidatorSet set(int first, int count) {
        List<ValidatorSet.Member> members = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            members.add(new ValidatorSet.Member(Hash.ofBytes(signer(i).key().bytes()), 10));
        }
        return new ValidatorSet(members);
    }

    /** Adds a block of these validators, whose first is {@code first}. */
    LightBlock add(int first, int nextFirst, Hash app, List<byte[]> txs, List<Long> txCodes) {
        long height = blocks.isEmpty() ? 1 : blocks.lastKey() + 1;
        ValidatorSet validators = set(first, 4);
        Hash results = Merkle.root(codes.getOrDefault(height - 1, List.of()).stream()
                .map(c -> Merkle.leaf(new RpcAnswers.Outcome(c, new byte[0], 0, 0).encode()))
                .toList());
        transactions.put(height, txs);
        codes.put(height, txCodes);
        Header header = new Header(
                11,
                1,
                NAME,
                height,
                BEGIN.plusSeconds(height),
                blocks.isEmpty()
                        ? BlockId.NONE
                        : blocks.lastEntry().getValue().commit().block(),
                Hash.sha256(),
                Header.dataRoot(txs),
                validators.hash(),
                set(nextFirst, 4).hash(),
                Hash.sha256(new byte[] {1}),
                app,
                results,
                Hash.sha256(),
                validators.members().getFirst().address());
        LightBlock block = signed(header, validators, first);
        blocks.put(height, block);
        return block;
    }

    /** A block under this header that validators {@code first} and the next three signed. */
    static LightBlock signed(Header header, ValidatorSet validators, int first) {
        BlockId id = new BlockId(header.hash(), 1, Hash.sha256(new byte[] {2}));
        Commit empty = new Commit(header.height(), 0, id, List.of());
        List<Commit.Vote> votes = new ArrayList<>();
        for (ValidatorSet.Member member : validators.members()) {
            for (int i = first; i < first + 4; i++) {
                if (Hash.ofBytes(signer(i).key().bytes()).equals(member.key())) {
                    Commit.Vote vote = new Commit.Vote(true, member.address(), header.time(), new byte[0]);
                    byte[] signature = signer(i).sign(empty.signed(header.chain(), vote));
                    votes.add(new Commit.Vote(true, member.address(), header.time(), signature));
                }
            }
        }
        return new LightBlock(header, new Commit(header.height(), 0, id, votes), validators);
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public byte[] get(String call, int maxBytes) throws IOException {
        String verb = call.contains("?") ? call.substring(0, call.indexOf('?')) : call;
        asked.merge(verb, 1, Integer::sum);
        Json result = answer(verb, call);
        byte[] body = JsonText.writeBytes(
                result instanceof Json.Null
                        ? Json.object()
                                .put(
                                        "error",
                                        Json.object()
                                                .put("message", "not found")
                                                .build())
                                .build()
                        : Json.object().put("result", result).build());
        byte[] out = altered.apply(call, body);
        if (out.length > maxBytes) {
            throw new IOException("too long");
        }
        return out;
    }

    private Json answer(String verb, String call) {
        long height = call.contains("height=") ? number(call, "height=") : blocks.lastKey();
        return switch (verb) {
            case "status" ->
                Json.object()
                        .put(
                                "sync_info",
                                Json.object()
                                        .put(
                                                "latest_block_height",
                                                blocks.lastKey().toString())
                                        .build())
                        .build();
            case "commit" -> blocks.containsKey(height) ? commit(blocks.get(height)) : new Json.Null();
            case "validators" ->
                blocks.containsKey(height) ? validators(blocks.get(height).validators()) : new Json.Null();
            case "abci_query" ->
                Json.object()
                        .put(
                                "response",
                                queries.apply(new Query(
                                        call.substring(call.indexOf("%22") + 3, call.lastIndexOf("%22")),
                                        HexFormat.of().parseHex(word(call, "data=0x")),
                                        call.contains("height=") ? height : 0)))
                        .build();
            case "broadcast_tx_sync" ->
                Json.object().put("code", broadcasts.apply(word(call, "tx=0x"))).build();
            case "tx" -> place(word(call, "hash=0x"));
            case "block_results" -> results(height);
            case "block" -> block(height);
            default -> new Json.Null();
        };
    }

    private Json place(String hash) {
        for (Map.Entry<Long, List<byte[]>> e : transactions.entrySet()) {
            for (int i = 0; i < e.getValue().size(); i++) {
                if (Hash.sha256(e.getValue().get(i)).hex().equals(hash)) {
                    return placed(e.getKey(), i, e.getValue());
                }
            }
        }
        return new Json.Null();
    }

    static Json placed(long height, int index, List<byte[]> txs) {
        List<Hash> leaves =
                txs.stream().map(t -> Merkle.leaf(Hash.sha256(t).bytes())).toList();
        List<Json> aunts = Merkle.proveInclusion(MerkleTree.of(leaves), index, leaves.size()).stream()
                .map(h -> Json.of(Base64.getEncoder().encodeToString(h.bytes())))
                .toList();
        return Json.object()
                .put("height", Long.toString(height))
                .put(
                        "proof",
                        Json.object()
                                .put(
                                        "proof",
                                        Json.object()
                                                .put("total", Integer.toString(txs.size()))
                                                .put("index", Integer.toString(index))
                                                .put("aunts", Json.of(aunts))
                                                .build())
                                .build())
                .build();
    }

    private Json results(long height) {
        List<Json> out = codes.getOrDefault(height, List.of()).stream()
                .map(c -> (Json) Json.object().put("code", c).build())
                .toList();
        return Json.object().put("txs_results", Json.of(out)).build();
    }

    private Json block(long height) {
        List<Json> txs = transactions.get(height).stream()
                .map(t -> Json.of(Base64.getEncoder().encodeToString(t)))
                .toList();
        return Json.object()
                .put(
                        "block",
                        Json.object()
                                .put(
                                        "data",
                                        Json.object().put("txs", Json.of(txs)).build())
                                .build())
                .build();
    }

    private static long number(String call, String after) {
        return Long.parseLong(word(call, after));
    }

    private static String word(String call, String after) {
        String rest = call.substring(call.indexOf(after) + after.length());
        return rest.contains("&") ? rest.substring(0, rest.indexOf('&')) : rest;
    }

    private static Json commit(LightBlock b) {
        List<Json> signatures = b.commit().votes().stream()
                .map(v -> (Json) Json.object()
                        .put("block_id_flag", v.forBlock() ? 2 : 1)
                        .put("validator_address", v.validator().toUpperCase(Locale.ROOT))
                        .put("timestamp", v.time().toString())
                        .put("signature", Base64.getEncoder().encodeToString(v.signature()))
                        .build())
                .toList();
        return Json.object()
                .put(
                        "signed_header",
                        Json.object()
                                .put("header", header(b.header()))
                                .put(
                                        "commit",
                                        Json.object()
                                                .put(
                                                        "height",
                                                        Long.toString(b.commit().height()))
                                                .put("round", b.commit().round())
                                                .put("block_id", id(b.commit().block()))
                                                .put("signatures", Json.of(signatures))
                                                .build())
                                .build())
                .build();
    }

    private static Json header(Header h) {
        return Json.object()
                .put("version", Json.object().put("block", "11").put("app", "1").build())
                .put("chain_id", h.chain())
                .put("height", Long.toString(h.height()))
                .put("time", h.time().toString())
                .put("last_block_id", id(h.previous()))
                .put("last_commit_hash", hex(h.lastCommit()))
                .put("data_hash", hex(h.data()))
                .put("validators_hash", hex(h.validators()))
                .put("next_validators_hash", hex(h.nextValidators()))
                .put("consensus_hash", hex(h.consensus()))
                .put("app_hash", hex(h.app()))
                .put("last_results_hash", hex(h.lastResults()))
                .put("evidence_hash", hex(h.evidence()))
                .put("proposer_address", h.proposer().toUpperCase(Locale.ROOT))
                .build();
    }

    private static Json id(BlockId id) {
        return Json.object()
                .put("hash", hex(id.hash()))
                .put(
                        "parts",
                        Json.object()
                                .put("total", id.parts())
                                .put("hash", hex(id.partsRoot()))
                                .build())
                .build();
    }

    private static Json validators(ValidatorSet set) {
        return Json.object()
                .put(
                        "validators",
                        Json.of(set.members().stream()
                                .map(m -> (Json) Json.object()
                                        .put(
                                                "pub_key",
                                                Json.object()
                                                        .put("type", "tendermint/PubKeyEd25519")
                                                        .put(
                                                                "value",
                                                                Base64.getEncoder()
                                                                        .encodeToString(m.key()
                                                                                .bytes()))
                                                        .build())
                                        .put("voting_power", Long.toString(m.power()))
                                        .build())
                                .toList()))
                .build();
    }

    private static String hex(Hash h) {
        return h.equals(Header.ABSENT) ? "" : h.hex().toUpperCase(Locale.ROOT);
    }
}
