package assay.core.attest;

import java.util.Collections;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What genuine evidence says of an environment. Values are lower-case hex.
 *
 * @param tee whose
 * @param measured what runs there, by the names of the makers: {@code pcr0}…, {@code mrtd}, {@code rtmr0}…, {@code
 *     measurement}, {@code hostdata}…
 * @param said what the software in it asked to be stated: 64 bytes of report data, or Nitro's user data; empty if none
 * @param nonce Nitro's nonce; empty for others, whose report data hold it
 * @param debug whether somebody outside could read and change its memory
 * @param timeMillis when the evidence says that it was made, milliseconds since 1970; -1 where it says nothing
 */
public record Report(
        Tee tee, SortedMap<String, String> measured, String said, String nonce, boolean debug, long timeMillis) {
    /** Copies the map. */
    public Report {
        measured = Collections.unmodifiableSortedMap(new TreeMap<>(measured));
    }

    /** Adds a field of fixed place and length. */
    static void put(SortedMap<String, String> out, String name, byte[] from, int at, int length) {
        out.put(name, HexFormat.of().formatHex(from, at, at + length));
    }
}
