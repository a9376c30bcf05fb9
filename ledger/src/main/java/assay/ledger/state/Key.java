package assay.ledger.state;

import assay.core.base.Hash;
import assay.core.program.ProgramHeader;
import assay.ledger.crypto.Address;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Keys of the state's maps: fixed lengths, numbers big-endian so that they sort. */
public final class Key {
    /** Bytes of a key made of an operator and a digest. */
    static final int PAIR_BYTES = Address.SIZE_BYTES + Hash.SIZE_BYTES;

    /** Bytes of a deadline's key. */
    static final int DUE_BYTES = Long.BYTES + 1 + PAIR_BYTES;

    /** Bytes of the key of a receipt that waits for its payment. */
    static final int UNPAID_BYTES = Hash.SIZE_BYTES + Long.BYTES;

    /** Bytes of the key of what an operator got from a host. */
    static final int SERVED_BYTES = PAIR_BYTES + Address.SIZE_BYTES;

    /** Bytes of the key of a piece of a model's text. */
    static final int TEXT_BYTES = Hash.SIZE_BYTES + 2 * Integer.BYTES;

    /** The one key of the beacon. */
    public static final byte[] BEACON = {0};

    /** All keys. */
    public static final byte[] ANY = {};

    private Key() {}

    /** An account or an operator. */
    public static byte[] of(Address address) {
        return address.bytes();
    }

    /** A digest. */
    public static byte[] of(Hash hash) {
        return hash.bytes();
    }

    /** A receipt of an operator, or an operator's offer of a model. */
    public static byte[] of(Address operator, Hash digest) {
        return ByteBuffer.allocate(PAIR_BYTES)
                .put(operator.bytes())
                .put(digest.bytes())
                .array();
    }

    /** Whose receipt or offer a key of these is. */
    public static Address operatorOf(byte[] key) {
        return Address.ofBytes(Arrays.copyOf(key, Address.SIZE_BYTES));
    }

    /** The receipt in an operator's key, or the model that it offers. */
    public static Hash digestOf(byte[] key) {
        return Hash.ofBytes(Arrays.copyOfRange(key, Address.SIZE_BYTES, PAIR_BYTES));
    }

    /** An auditor of a model: sorted by model. */
    public static byte[] auditor(Hash model, Address auditor) {
        return ByteBuffer.allocate(PAIR_BYTES)
                .put(model.bytes())
                .put(auditor.bytes())
                .array();
    }

    /** The auditor, or the host, in a key that begins with its model. */
    public static Address auditorOf(byte[] key) {
        return Address.ofBytes(Arrays.copyOfRange(key, Hash.SIZE_BYTES, PAIR_BYTES));
    }

    /** A host of a model: sorted by model. */
    public static byte[] host(Hash model, Address host) {
        return auditor(model, host);
    }

    /** What an operator got of a model from a host: sorted by model, then by host. */
    public static byte[] served(Hash model, Address host, Address operator) {
        return ByteBuffer.allocate(SERVED_BYTES)
                .put(model.bytes())
                .put(host.bytes())
                .put(operator.bytes())
                .array();
    }

    /**
     * A chunk of a program's section: sorted by the section's root, its size, then by index. The size belongs to it: under
     * another one the same root is that of other chunks, since what is hashed there does not say how much it covers.
     */
    public static byte[] text(ProgramHeader.Section section, int index) {
        return ByteBuffer.allocate(TEXT_BYTES)
                .put(section.root().bytes())
                .putInt(section.size())
                .putInt(index)
                .array();
    }

    /** A receipt that waits for its payment: sorted by channel, then by index in the log. */
    public static byte[] unpaid(Hash channel, long index) {
        return ByteBuffer.allocate(UNPAID_BYTES)
                .put(channel.bytes())
                .putLong(index)
                .array();
    }

    /** What is due at a height: sorted by height. */
    public static byte[] due(long height, Due due) {
        return ByteBuffer.allocate(DUE_BYTES)
                .putLong(height)
                .put((byte) due.kind().ordinal())
                .put(due.subject().bytes())
                .put(due.operator().bytes())
                .array();
    }

    /** An authorisation of a payer. */
    public static byte[] spent(Address payer, Hash nonce) {
        return of(payer, nonce);
    }

    /** A setting. */
    public static byte[] of(Setting setting) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(setting.wire()).array();
    }

    /** The number in a setting's key. */
    static int number(byte[] settingKey) {
        return ByteBuffer.wrap(settingKey).getInt();
    }

    /** The height, or the second, in a deadline's key. */
    public static long height(byte[] dueKey) {
        return ByteBuffer.wrap(dueKey).getLong();
    }
}
