package assay.ledger.tx;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Keccak;
import assay.ledger.crypto.Signature;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * The EIP-712 form of transactions and promises: types, struct hashes, digests, and the JSON that a
 * wallet shows and signs ({@code eth_signTypedData_v4}).
 *
 * <p>The domain is {name "Assay", version "1", chainId}. A transaction's type has {@code address from}
 * and {@code uint64 nonce} ahead of its own fields; a {@link Promise} has its own fields alone.
 * Amounts are micro-units in uint64.
 */
public final class TypedData { // tidy: EIP-712's own name
    private static final byte[] DOMAIN_TYPE = Keccak.hash(
                    ascii("EIP712Domain(string name,string version,uint256 chainId)"))
            .bytes();
    private static final byte[] NAME = Keccak.hash(ascii("Assay")).bytes();
    private static final byte[] VERSION = Keccak.hash(ascii("1")).bytes();

    /** Keccak-256 of a type's text, which is the same for ever. */
    private static final ClassValue<byte[]> TYPE_HASH = new ClassValue<>() {
        @Override
        protected byte[] computeValue(Class<?> type) {
            return Keccak.hash(ascii(encodeType(type))).bytes();
        }
    };

    private TypedData() {}

    /** The digest that the sender of a transaction signs. */
    public static Hash digest(long chainId, Address from, long nonce, Transaction body) {
        Record record = (Record) body;
        List<byte[]> words = new ArrayList<>();
        words.add(TYPE_HASH.get(record.getClass()));
        words.add(left(from.bytes()));
        words.add(uint(nonce));
        addFields(words, record);
        return digest(chainId, Keccak.hash(words.toArray(byte[][]::new)));
    }

    /** The digest that whoever promises this signs. */
    public static Hash digest(long chainId, Promise promise) {
        return digest(chainId, structHash((Record) promise));
    }

    /** All types by name, each a list of {name, type}: the published schema. */
    public static Json schema() {
        SequencedMap<String, Json> types = new LinkedHashMap<>();
        types.put(
                "EIP712Domain",
                new Json.Arr(
                        List.of(member("name", "string"), member("version", "string"), member("chainId", "uint256"))));
        for (Kind kind : Kind.values()) {
            addType(types, kind.type());
        }
        addType(types, Voucher.class);
        addType(types, Acknowledgment.class);
        return new Json.Obj(types);
    }

    /** The typed data that a wallet signs for a transaction: types, primaryType, domain, message. */
    public static Json json(long chainId, Address from, long nonce, Transaction body) {
        SequencedMap<String, Json> message = new LinkedHashMap<>();
        message.put("from", new Json.Str(from.toString()));
        message.put("nonce", new Json.Num(Long.toString(nonce)));
        RecordJson.write(message, (Record) body);
        return json(chainId, body.getClass(), message);
    }

    /** The typed data that a wallet signs for a voucher or an acknowledgment. */
    public static Json json(long chainId, Promise promise) {
        SequencedMap<String, Json> message = new LinkedHashMap<>();
        RecordJson.write(message, (Record) promise);
        return json(chainId, promise.getClass(), message);
    }

    /**
     * The transaction in typed data that a wallet signed, as {@link #json} writes it; {@code types} is not
     * read, since the digest is made from our own.
     */
    public static SignedTransaction parse(Json typedData, Signature signature) throws MalformedException {
        Field root = Field.root(typedData);
        Field domain = root.at("domain");
        if (!domain.at("name").string(64).equals("Assay")
                || !domain.at("version").string(8).equals("1")) {
            throw domain.fault("expected name Assay and version 1");
        }
        Field message = root.at("message");
        return new SignedTransaction(
                RecordJson.natural(domain.at("chainId"), Long.MAX_VALUE),
                Address.parse(message.at("from").string(42)),
                RecordJson.natural(message.at("nonce"), Long.MAX_VALUE),
                (Transaction)
                        RecordJson.read(message, kind(root.at("primaryType")).type()),
                signature);
    }

    private static Kind kind(Field primaryType) throws MalformedException {
        String name = primaryType.string(64);
        for (Kind kind : Kind.values()) {
            if (kind.typeName().equals(name)) {
                return kind;
            }
        }
        throw primaryType.fault("no transaction has this type");
    }

    private static Hash digest(long chainId, Hash structHash) {
        Hash domain = Keccak.hash(DOMAIN_TYPE, NAME, VERSION, uint(chainId));
        return Keccak.hash(new byte[] {0x19, 0x01}, domain.bytes(), structHash.bytes());
    }

    private static Hash structHash(Record record) {
        List<byte[]> words = new ArrayList<>();
        words.add(TYPE_HASH.get(record.getClass()));
        addFields(words, record);
        return Keccak.hash(words.toArray(byte[][]::new));
    }

    private static void addFields(List<byte[]> words, Record record) {
        for (Shape.Part part : Shape.of(record.getClass()).parts()) {
            words.add(word(part, part.kind(), part.of(record)));
        }
    }

    private static byte[] word(Shape.Part part, Shape.Kind kind, Object value) {
        return switch (kind) {
            case LONG -> uint((long) value);
            case INT -> uint((int) value);
            case BOOL -> uint((boolean) value ? 1 : 0);
            case AMOUNT -> uint(((Amount) value).micro());
            case ADDRESS -> left(((Address) value).bytes());
            case HASH -> ((Hash) value).bytes();
            case SIGNATURE -> Keccak.hash(((Signature) value).bytes()).bytes();
            case TEXT ->
                Keccak.hash(((String) value).getBytes(StandardCharsets.UTF_8)).bytes();
            case BYTES -> Keccak.hash(((Bytes) value).toArray()).bytes();
            case RECORD -> structHash((Record) value).bytes();
            case LIST -> {
                List<byte[]> items = new ArrayList<>();
                for (Object item : (List<?>) value) {
                    items.add(word(part, Shape.kind(part.type()), item));
                }
                yield Keccak.hash(items.toArray(byte[][]::new)).bytes();
            }
            case ENUM -> throw new AssertionError("no enum is signed");
        };
    }

    /** {@code Name(type name,…)} followed by the types that it uses, in the order of their names. */
    static String encodeType(Class<?> type) {
        StringBuilder out = new StringBuilder(ownType(type));
        Shape.of(type).parts().stream()
                .filter(p -> p.type().isRecord() && p.type() != Amount.class)
                .map(Shape.Part::type)
                .distinct()
                .sorted((a, b) -> a.getSimpleName().compareTo(b.getSimpleName()))
                .forEach(used -> out.append(ownType(used)));
        return out.toString();
    }

    private static String ownType(Class<?> type) {
        StringBuilder out = new StringBuilder(type.getSimpleName()).append('(');
        if (Transaction.class.isAssignableFrom(type)) {
            out.append("address from,uint64 nonce,");
        }
        for (Shape.Part part : Shape.of(type).parts()) {
            out.append(typeName(part)).append(' ').append(part.name()).append(',');
        }
        out.setCharAt(out.length() - 1, ')');
        return out.toString();
    }

    private static String typeName(Shape.Part part) {
        return part.kind() == Shape.Kind.LIST
                ? typeName(Shape.kind(part.type()), part) + "[]"
                : typeName(part.kind(), part);
    }

    private static String typeName(Shape.Kind kind, Shape.Part part) {
        return switch (kind) {
            case LONG, AMOUNT -> "uint64";
            case INT -> "uint32";
            case BOOL -> "bool";
            case ADDRESS -> "address";
            case HASH -> "bytes32";
            case SIGNATURE, BYTES -> "bytes";
            case TEXT -> "string";
            case RECORD -> part.type().getSimpleName();
            case ENUM, LIST -> throw new AssertionError("not signed: " + part);
        };
    }

    private static void addType(SequencedMap<String, Json> types, Class<?> type) {
        List<Json> members = new ArrayList<>();
        if (Transaction.class.isAssignableFrom(type)) {
            members.add(member("from", "address"));
            members.add(member("nonce", "uint64"));
        }
        for (Shape.Part part : Shape.of(type).parts()) {
            members.add(member(part.name(), typeName(part)));
        }
        types.put(type.getSimpleName(), new Json.Arr(members));
        for (Shape.Part part : Shape.of(type).parts()) {
            if (part.type().isRecord() && part.type() != Amount.class) {
                addType(types, part.type());
            }
        }
    }

    private static Json json(long chainId, Class<?> type, SequencedMap<String, Json> message) {
        SequencedMap<String, Json> types = new LinkedHashMap<>();
        Json.Obj all = (Json.Obj) schema();
        types.put("EIP712Domain", all.members().get("EIP712Domain"));
        addType(types, type);
        SequencedMap<String, Json> domain = new LinkedHashMap<>();
        domain.put("name", new Json.Str("Assay"));
        domain.put("version", new Json.Str("1"));
        domain.put("chainId", new Json.Num(Long.toString(chainId)));
        SequencedMap<String, Json> out = new LinkedHashMap<>();
        out.put("types", new Json.Obj(types));
        out.put("primaryType", new Json.Str(type.getSimpleName()));
        out.put("domain", new Json.Obj(domain));
        out.put("message", new Json.Obj(message));
        return new Json.Obj(out);
    }

    private static Json member(String name, String type) {
        SequencedMap<String, Json> out = new LinkedHashMap<>();
        out.put("name", new Json.Str(name));
        out.put("type", new Json.Str(type));
        return new Json.Obj(out);
    }

    static byte[] uint(long value) {
        byte[] out = new byte[32];
        for (int i = 0; i < 8; i++) {
            out[31 - i] = (byte) (value >>> 8 * i);
        }
        return out;
    }

    static byte[] left(byte[] address) {
        byte[] out = new byte[32];
        System.arraycopy(address, 0, out, 32 - address.length, address.length);
        return out;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
