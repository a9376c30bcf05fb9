package assay.engine.gguf;

/** The kind of a metadata value, numbered as GGUF numbers them by ordinal; sizes in bytes. */
public enum ValueType {
    UINT8(1),
    INT8(1),
    UINT16(2),
    INT16(2),
    UINT32(4),
    INT32(4),
    FLOAT32(4),
    BOOL(1),
    STRING(0),
    ARRAY(0),
    UINT64(8),
    INT64(8),
    FLOAT64(8);

    private static final ValueType[] BY_ID = values();

    /** Bytes of one value, 0 where each value says its own length. */
    final int bytes;

    ValueType(int bytes) {
        this.bytes = bytes;
    }

    static boolean known(int id) {
        return id >= 0 && id < BY_ID.length;
    }

    static ValueType ofId(int id) {
        return BY_ID[id];
    }

    /** Whether values of this kind are whole numbers. */
    boolean integral() {
        return switch (this) {
            case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64 -> true;
            case FLOAT32, BOOL, STRING, ARRAY, FLOAT64 -> false;
        };
    }
}
