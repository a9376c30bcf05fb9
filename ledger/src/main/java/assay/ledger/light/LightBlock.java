package assay.ledger.light;

/**
 * A header, the signatures under it, and the set that they have to be of; nothing in it is checked.
 *
 * @param validators of the header's height
 */
public record LightBlock(Header header, Commit commit, ValidatorSet validators) {
    /** The header's height. */
    public long height() {
        return header.height();
    }
}
