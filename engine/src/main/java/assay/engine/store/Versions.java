package assay.engine.store;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** The order of release numbers, as far as PEP 440 is needed to pick the newest release. */
final class Versions {
    private Versions() {}

    /** True for {@code 1.2.3}; false for pre-releases and the like, which are only taken by name. */
    static boolean isRelease(String version) {
        return version.matches("\\d{1,18}(\\.\\d{1,18}){0,9}(\\.post\\d{1,9})?");
    }

    /** By numbers where both have one, missing parts counting as 0; by text otherwise. */
    static int compare(String a, String b) {
        List<String> left = parts(a);
        List<String> right = parts(b);
        for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
            String x = i < left.size() ? left.get(i) : "0";
            String y = i < right.size() ? right.get(i) : "0";
            boolean numbers = isNumber(x) && isNumber(y);
            int order = numbers ? new BigInteger(x).compareTo(new BigInteger(y)) : x.compareTo(y);
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static List<String> parts(String version) {
        return new ArrayList<>(List.of(version.split("[.+_-]", -1)));
    }

    private static boolean isNumber(String part) {
        return part.matches("\\d{1,40}");
    }
}
