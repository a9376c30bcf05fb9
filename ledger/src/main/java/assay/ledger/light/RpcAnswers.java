package assay.ledger.light;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads what CometBFT's RPC answers (v0.38), every length bounded; believes nothing. */
final class RpcAnswers {
    private static final int DEPTH_MAX = 32;
    private static final int WORD_MAX = 128;
    private static final int TRANSACTIONS_MAX = 1 << 17;
    private static final int AUNTS_MAX = 64;

    private RpcAnswers() {}

    /** The result of a call; what the RPC calls an error is an IOException with its words. */
    static Field result(byte[] body, int maxBytes) throws IOException, MalformedException {
        Field root = Field.root(JsonText.parse(body, DEPTH_MAX, maxBytes));
        Optional<Field> result = root.find("result");
        if (result.isPresent()) {
            return result.get();
        }
        Field error = root.at("error");
        Optional<Field> detail = error.find("data");
        throw new RpcRefusedException(
                detail.isPresent()
                        ? detail.get().string(1 << 16)
                        : error.at("message").string(1 << 16));
    }

    /** The height of the newest block, as {@code status} says. */
    static long newestHeight(Field status) throws MalformedException {
        return number(status.at("sync_info").at("latest_block_height"));
    }

    static Header header(Field json) throws MalformedException {
        Field version = json.at("version");
        Optional<Field> app = version.find("app");
        try {
            return new Header(
                    number(version.at("block")),
                    app.isPresent() ? number(app.get()) : 0,
                    json.at("chain_id").string(Header.CHAIN_MAX),
                    number(json.at("height")),
                    time(json.at("time")),
                    blockId(json.at("last_block_id")),
                    digest(json.at("last_commit_hash")),
                    digest(json.at("data_hash")),
                    digest(json.at("validators_hash")),
                    digest(json.at("next_validators_hash")),
                    digest(json.at("consensus_hash")),
                    digest(json.at("app_hash")),
                    digest(json.at("last_results_hash")),
                    digest(json.at("evidence_hash")),
                    hex(json.at("proposer_address"), ValidatorSet.ADDRESS_BYTES));
        } catch (IllegalArgumentException e) {
            throw json.fault(String.valueOf(e.getMessage()));
        }
    }

    static Commit commit(Field json) throws MalformedException {
        List<Commit.Vote> votes = new ArrayList<>();
        for (Field vote : json.at("signatures").items(ValidatorSet.MEMBERS_MAX)) {
            int flag = vote.at("block_id_flag").int32(1, 3);
            boolean forBlock = flag == 2;
            votes.add(new Commit.Vote(
                    forBlock,
                    forBlock ? hex(vote.at("validator_address"), ValidatorSet.ADDRESS_BYTES) : "",
                    forBlock ? time(vote.at("timestamp")) : Instant.EPOCH,
                    forBlock ? vote.at("signature").base64(64) : new byte[0]));
        }
        return new Commit(
                number(json.at("height")),
                json.at("round").int32(0, Integer.MAX_VALUE),
                blockId(json.at("block_id")),
                votes);
    }

    /** A page of the validators of a height. */
    static List<ValidatorSet.Member> members(Field json) throws MalformedException {
        List<ValidatorSet.Member> members = new ArrayList<>();
        for (Field item : json.at("validators").items(ValidatorSet.MEMBERS_MAX)) {
            Field key = item.at("pub_key");
            if (!key.at("type").string(WORD_MAX).equals("tendermint/PubKeyEd25519")) {
                throw key.fault("not an Ed25519 key");
            }
            byte[] bytes = key.at("value").base64(Hash.SIZE_BYTES);
            if (bytes.length != Hash.SIZE_BYTES) {
                throw key.fault("a key has 32 bytes, got " + bytes.length);
            }
            try {
                members.add(new ValidatorSet.Member(Hash.ofBytes(bytes), number(item.at("voting_power"))));
            } catch (IllegalArgumentException e) {
                throw item.fault(String.valueOf(e.getMessage()));
            }
        }
        return members;
    }

    /** The transactions of a block. */
    static List<byte[]> transactions(Field block, int maxBytes) throws MalformedException {
        List<byte[]> out = new ArrayList<>();
        Optional<Field> txs = block.at("data").find("txs");
        if (txs.isPresent()) {
            for (Field tx : txs.get().items(TRANSACTIONS_MAX)) {
                out.add(tx.base64(maxBytes));
            }
        }
        return out;
    }

    /**
     * What the application answered to a query.
     *
     * @param code 0 if it did
     * @param height of the state that it is about
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Queried(long code, String log, byte[] value, long height) {}

    static Queried queried(Field json, int maxBytes) throws MalformedException {
        Field response = json.at("response");
        Optional<Field> log = response.find("log");
        Optional<Field> value = response.find("value");
        Optional<Field> height = response.find("height");
        return new Queried(
                response.at("code").integer(0, Integer.MAX_VALUE),
                log.isPresent() ? log.get().string(1 << 12) : "",
                value.isPresent() ? value.get().base64(maxBytes) : new byte[0],
                height.isPresent() ? number(height.get()) : 0);
    }

    /**
     * Where a transaction is.
     *
     * @param index of the transaction in its block
     * @param total transactions there
     * @param path RFC 9162 inclusion path
     */
    record Place(long height, long index, long total, List<Hash> path) {}

    static Place place(Field json) throws MalformedException {
        Field proof = json.at("proof").at("proof");
        List<Hash> path = new ArrayList<>();
        Optional<Field> aunts = proof.find("aunts");
        if (aunts.isPresent()) {
            for (Field aunt : aunts.get().items(AUNTS_MAX)) {
                byte[] bytes = aunt.base64(Hash.SIZE_BYTES);
                if (bytes.length != Hash.SIZE_BYTES) {
                    throw aunt.fault("a digest has 32 bytes");
                }
                path.add(Hash.ofBytes(bytes));
            }
        }
        return new Place(number(json.at("height")), number(proof.at("index")), number(proof.at("total")), path);
    }

    /**
     * What became of a transaction, as far as a header covers it.
     *
     * @param code 0 if it was applied
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Outcome(long code, byte[] data, long gasWanted, long gasUsed) {
        byte[] encode() {
            return new assay.core.codec.ProtoWriter()
                    .number(1, code)
                    .bytes(2, data)
                    .number(5, gasWanted)
                    .number(6, gasUsed)
                    .toBytes();
        }
    }

    static List<Outcome> outcomes(Field json, int maxBytes) throws MalformedException {
        List<Outcome> out = new ArrayList<>();
        Optional<Field> results = json.find("txs_results");
        if (results.isEmpty()) {
            return out;
        }
        for (Field one : results.get().items(TRANSACTIONS_MAX)) {
            Optional<Field> code = one.find("code");
            Optional<Field> data = one.find("data");
            Optional<Field> wanted = one.find("gas_wanted");
            Optional<Field> used = one.find("gas_used");
            out.add(new Outcome(
                    code.isPresent() ? code.get().integer(0, 0xffffffffL) : 0,
                    data.isPresent() ? data.get().base64(maxBytes) : new byte[0],
                    wanted.isPresent() ? number(wanted.get()) : 0,
                    used.isPresent() ? number(used.get()) : 0));
        }
        return out;
    }

    private static BlockId blockId(Field json) throws MalformedException {
        Field parts = json.at("parts");
        return new BlockId(
                digest(json.at("hash")), parts.at("total").integer(0, 0xffffffffL), digest(parts.at("hash")));
    }

    private static Hash digest(Field json) throws MalformedException {
        if (json.string(64).isEmpty()) {
            return Header.ABSENT;
        }
        Hash hash = Hash.ofHex(hex(json, Hash.SIZE_BYTES));
        if (hash.equals(Header.ABSENT)) {
            throw json.fault("a digest of zeros");
        }
        return hash;
    }

    /** So many bytes as lower-case hex. */
    private static String hex(Field json, int bytes) throws MalformedException {
        String text = json.string(2 * bytes).toLowerCase(Locale.ROOT);
        if (text.length() != 2 * bytes || !text.chars().allMatch(HexFormat::isHexDigit)) {
            throw json.fault(bytes + " bytes as hex expected");
        }
        return text;
    }

    private static long number(Field json) throws MalformedException {
        String text = json.string(20);
        try {
            long n = Long.parseLong(text);
            if (n >= 0 && Long.toString(n).equals(text)) {
                return n;
            }
        } catch (NumberFormatException e) {
            throw json.fault("a number expected");
        }
        throw json.fault("a number expected");
    }

    private static Instant time(Field json) throws MalformedException {
        try {
            Instant time = Instant.parse(json.string(64));
            if (time.getEpochSecond() >= 0) {
                return time;
            }
        } catch (DateTimeException e) {
            throw json.fault("a time expected");
        }
        throw json.fault("a time since 1970 expected");
    }

    /** A transaction's bytes in a call. */
    static String hex(byte[] bytes) {
        return "0x" + HexFormat.of().formatHex(bytes);
    }
}
