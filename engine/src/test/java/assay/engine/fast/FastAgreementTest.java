package assay.engine.fast;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every kernel gives the normative bits with 128-, 256- and 512-bit vectors. */
class FastAgreementTest {
    private static final long SEED = 20261121;

    @TestFactory
    Stream<DynamicTest> everyWidthGivesTheNormativeBits() {
        return Stream.of(128, 256, 512)
                .flatMap(bits -> Stream.of("linear", "linearAtBounds", "attention", "elementwise")
                        .map(name -> DynamicTest.dynamicTest(
                                name + " at " + bits + " bits, seed " + SEED, () -> run(bits, name))));
    }

    /** The width is a constant of the classes, so they are loaded afresh for each. */
    private static void run(int bits, String name) throws ReflectiveOperationException, IOException {
        String property = "assay.vector.bits";
        String before = System.getProperty(property);
        System.setProperty(property, Integer.toString(bits));
        try (Fresh fresh = new Fresh(classPath())) {
            fresh.loadClass(Agreement.class.getName())
                    .getMethod(name, long.class)
                    .invoke(null, SEED);
        } catch (InvocationTargetException e) {
            throw new AssertionError(name + " at " + bits + " bits", e.getCause());
        } finally {
            if (before == null) {
                System.clearProperty(property);
            } else {
                System.setProperty(property, before);
            }
        }
    }

    private static URL[] classPath() throws IOException {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        return urls.toArray(new URL[0]);
    }

    private static final class Fresh extends URLClassLoader {
        Fresh(URL[] urls) {
            super(urls, FastAgreementTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded == null && name.startsWith("assay.engine.fast.")) {
                    loaded = findClass(name);
                }
                return loaded == null ? super.loadClass(name, resolve) : loaded;
            }
        }
    }
}
