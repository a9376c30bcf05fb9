package assay.ledger.state;

/**
 * A rule's number that is not the one of genesis any more; its key in the map is the setting's number (4).
 *
 * @param number the number
 */
public record SettingValue(long number) implements Entry {}
