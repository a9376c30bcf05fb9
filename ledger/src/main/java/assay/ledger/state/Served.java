package assay.ledger.state;

/**
 * How much of what an operator acknowledged is paid; its key in the map is (model, host, operator).
 *
 * @param bytes that the host was paid for
 */
public record Served(long bytes) implements Entry {}
