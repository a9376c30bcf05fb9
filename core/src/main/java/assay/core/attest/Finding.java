package assay.core.attest;

/** Whether evidence is its maker's. */
public sealed interface Finding {
    /**
     * It is, and this is what it says.
     *
     * @param report what it says
     */
    record Genuine(Report report) implements Finding {}

    /**
     * It is not.
     *
     * @param reason what does not hold
     */
    record False(String reason) implements Finding {}
}
