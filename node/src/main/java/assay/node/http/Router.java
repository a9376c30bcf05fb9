package assay.node.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Finds the handler of a method and a path.
 *
 * <p>A pattern is segments after slashes: literal, {@code {name}} for one segment, or at the end
 * {@code {name*}} for one or more. The first route that fits wins. GET answers HEAD too.
 */
public final class Router {
    /** The longest path that is looked at, in chars. */
    static final int PATH_MAX = 2048;

    private record Route(String method, List<String> pattern, Handler handler) {}

    /** A handler and what the pattern's names stand for. */
    public record Match(Handler handler, SequencedMap<String, String> params) {}

    private final List<Route> routes = new ArrayList<>();

    /** Adds a route; returns this. Not to be called once the server runs. */
    public Router on(String method, String pattern, Handler handler) {
        if (!pattern.startsWith("/")) {
            throw new IllegalArgumentException("a pattern starts with a slash, got " + pattern);
        }
        routes.add(new Route(method, segments(pattern), handler));
        return this;
    }

    /**
     * The route for a request.
     *
     * @param rawPath the path as sent, still percent-encoded, without the query
     * @throws ApiError 404 if no pattern fits, 405 with Allow if one does for other methods, 400 for
     *     broken percent-encoding
     */
    public Match find(String method, String rawPath) throws ApiError {
        if (rawPath.length() > PATH_MAX) {
            throw ApiError.notFound("unknown_url", "The path is longer than " + PATH_MAX + " characters.");
        }
        List<String> path = decoded(segments(rawPath));
        SortedSet<String> allowed = new TreeSet<>();
        for (Route route : routes) {
            SequencedMap<String, String> params = new LinkedHashMap<>();
            if (!fits(route.pattern, path, params)) {
                continue;
            }
            if (route.method.equals(method) || route.method.equals("GET") && method.equals("HEAD")) {
                return new Match(route.handler, params);
            }
            allowed.add(route.method);
        }
        if (!allowed.isEmpty()) {
            throw ApiError.methodNotAllowed(method, rawPath, allowed);
        }
        throw ApiError.notFound(
                "unknown_url", "Unknown request URL: " + ApiError.clip(method) + " " + ApiError.clip(rawPath) + ".");
    }

    private static boolean fits(List<String> pattern, List<String> path, Map<String, String> params) {
        for (int i = 0; i < pattern.size(); i++) {
            String part = pattern.get(i);
            if (part.endsWith("*}")) {
                if (path.size() <= i) {
                    return false;
                }
                params.put(part.substring(1, part.length() - 2), String.join("/", path.subList(i, path.size())));
                return true;
            }
            if (i >= path.size()) {
                return false;
            }
            if (part.startsWith("{") && !path.get(i).isEmpty()) {
                params.put(part.substring(1, part.length() - 1), path.get(i));
            } else if (!part.equals(path.get(i))) {
                return false;
            }
        }
        return pattern.size() == path.size();
    }

    private static List<String> segments(String path) {
        List<String> out = new ArrayList<>();
        int start = 1;
        for (int i = 1; i <= path.length(); i++) {
            if (i == path.length() || path.charAt(i) == '/') {
                out.add(path.substring(start, i));
                start = i + 1;
            }
        }
        return out;
    }

    private static List<String> decoded(List<String> segments) throws ApiError {
        List<String> out = new ArrayList<>(segments.size());
        for (String segment : segments) {
            try {
                out.add(URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                throw ApiError.notFound("unknown_url", "The path holds broken percent-encoding.");
            }
        }
        return out;
    }
}
