package assay.core.receipt;

/**
 * What a node charges: micro-units of the ledger's token for a million tokens, so that a token may
 * cost less than a micro-unit.
 *
 * @param version the node's count of its price lists, as registered
 * @param prompt micro-units per million prompt tokens that had to be computed
 * @param cached micro-units per million prompt tokens whose prefix was reused
 * @param completion micro-units per million tokens answered
 */
public record PriceList(long version, long prompt, long cached, long completion) {
    /** The highest price: a million units for a million tokens. */
    public static final long PRICE_MAX = 1_000_000_000_000L;

    /** Checks ranges. */
    public PriceList {
        if (version < 0) {
            throw new IllegalArgumentException("a price list's version is not negative, got " + version);
        }
        price("prompt", prompt);
        price("cached", cached);
        price("completion", completion);
    }

    private static void price(String name, long value) {
        if (value < 0 || value > PRICE_MAX) {
            throw new IllegalArgumentException(name + " price must be 0 to " + PRICE_MAX + ", got " + value);
        }
    }
}
