package assay.ledger.light;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.net.http.HttpRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Which places that others wrote on a ledger may be connected to. Anybody can register an endpoint, also one that means a
 * service of the machine or the network of whoever follows it; so all that the name resolves to must be addresses of the
 * public internet, and the connection goes to one that was looked at. Loopback is allowed beside a ledger that is on
 * loopback itself: a network of one machine.
 */
public final class Reach {
    private static final String MAY_SET_HOST = "jdk.httpclient.allowRestrictedHeaders";

    static {
        // Read by the JDK's client when it is first used. Without it, names are resolved once more by the client.
        if (System.getProperty(MAY_SET_HOST) == null) {
            System.setProperty(MAY_SET_HOST, "host");
        }
    }

    /** The public internet alone. */
    public static final Reach PUBLIC = new Reach(false, false);

    /** The public internet, and this machine. */
    public static final Reach LOOPBACK = new Reach(true, false);

    /** Anything: for places that the user named. */
    public static final Reach ANY = new Reach(true, true);

    /** How names become addresses. */
    @FunctionalInterface
    interface Names {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    private final boolean loopback;
    private final boolean any;

    private Reach(boolean loopback, boolean any) {
        this.loopback = loopback;
        this.any = any;
    }

    /** What may be reached by who follows the ledger at these places, which its user named. */
    public static Reach beside(List<URI> ledger) {
        for (URI uri : ledger) {
            try {
                for (InetAddress address : InetAddress.getAllByName(bare(uri))) {
                    if (!address.isLoopbackAddress()) {
                        return PUBLIC;
                    }
                }
            } catch (UnknownHostException e) {
                return PUBLIC;
            }
        }
        return ledger.isEmpty() ? PUBLIC : LOOPBACK;
    }

    /**
     * A request to a place that may be reached.
     *
     * @throws IOException if it is no place, cannot be resolved, or may not be reached
     */
    public HttpRequest.Builder request(String place) throws IOException {
        return request(place, InetAddress::getAllByName);
    }

    HttpRequest.Builder request(String place, Names names) throws IOException {
        try {
            URI uri = new URI(place);
            URI checked = checked(uri, names);
            HttpRequest.Builder request = HttpRequest.newBuilder(checked);
            return checked.equals(uri) ? request : withHost(request, uri);
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new IOException("no place that can be asked: " + place, e);
        }
    }

    private static HttpRequest.Builder withHost(HttpRequest.Builder request, URI uri) {
        try {
            return request.header("Host", uri.getRawAuthority());
        } catch (IllegalArgumentException e) {
            return request.uri(
                    uri); // another client of this process was first: it resolves again, from the JDK's cache
        }
    }

    /** With the address in place of the name; a certificate names the host, so https keeps the name. */
    URI checked(URI uri, Names names) throws IOException {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (uri.getHost() == null || uri.getRawUserInfo() != null || !scheme.matches("https?")) {
            throw new IOException("no place that can be asked: " + uri);
        }
        if (any) {
            return uri;
        }
        InetAddress[] addresses = names.addresses(bare(uri));
        for (InetAddress address : addresses) {
            if (!isAllowed(address)) {
                throw new IOException("not asked, since it is no address of the public internet: " + uri.getHost()
                        + " is " + address.getHostAddress());
            }
        }
        if (addresses.length == 0) {
            throw new UnknownHostException(uri.getHost());
        }
        return scheme.equals("https") ? uri : at(uri, addresses[0]);
    }

    private static URI at(URI uri, InetAddress address) throws IOException {
        String literal = address instanceof Inet4Address
                ? address.getHostAddress()
                : "[" + address.getHostAddress().replaceFirst("%.*", "") + "]";
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return URI.create("http://" + literal + port + uri.getRawPath() + query);
    }

    private static String bare(URI uri) throws UnknownHostException {
        String host = uri.getHost();
        if (host == null) {
            throw new UnknownHostException(uri.toString());
        }
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private boolean isAllowed(InetAddress address) {
        return address.isLoopbackAddress() ? loopback : isPublic(address);
    }

    /** Whether an address is one of the public internet: none that IANA keeps for special purposes (RFC 6890, RFC 4193). */
    static boolean isPublic(InetAddress address) {
        if (address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] b = address.getAddress();
        return b.length == 4 ? isPublic4(b, 0) : isPublic6(b);
    }

    private static boolean isPublic4(byte[] b, int at) {
        int first = b[at] & 0xff;
        int second = b[at + 1] & 0xff;
        int third = b[at + 2] & 0xff;
        return switch (first) {
            case 0, 10, 127 -> false;
            case 100 -> second < 64 || second > 127;
            case 169 -> second != 254;
            case 172 -> second < 16 || second > 31;
            case 192 -> second != 168 && !(second == 0 && (third == 0 || third == 2));
            case 198 -> second != 18 && second != 19 && !(second == 51 && third == 100);
            case 203 -> !(second == 0 && third == 113);
            default -> first < 224;
        };
    }

    private static boolean isPublic6(byte[] b) {
        int first = (b[0] & 0xff) << 8 | b[1] & 0xff;
        int second = (b[2] & 0xff) << 8 | b[3] & 0xff;
        if (first == 0x2002) {
            return isPublic4(b, 2); // 6to4 leads to the address in it
        }
        if (first == 0x0064 && second == 0xff9b) {
            boolean isWellKnown = Arrays.equals(b, 4, 12, new byte[8], 0, 8);
            return isWellKnown && isPublic4(b, 12); // and so does NAT64; what follows 64:ff9b:1::/48 is its user's own
        }
        boolean isGlobal = first >= 0x2000 && first < 0x3fff; // 3fff::/20 is for documents (RFC 9637)
        return isGlobal && !(first == 0x2001 && (second < 0x0200 || second == 0x0db8));
    }
}
