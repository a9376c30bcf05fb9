package assay.node.openai;

/**
 * A receipt's file as it is on disk.
 *
 * @param contentType its media type
 * @param bytes not to be changed
 */
public record ReceiptFile(String contentType, byte[] bytes) {}
