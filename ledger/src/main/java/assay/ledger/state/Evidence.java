package assay.ledger.state;

/**
 * Evidence that was taken, so that nobody is punished for it twice; its key in the map is (operator, digest).
 *
 * @param height when
 */
public record Evidence(long height) implements Entry {}
