package assay.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code assay}, with a JDK and a Maven that only tell what they were asked. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    @TempDir
    Path given;

    private Path dir = Path.of("");
    private final TreeMap<String, String> variables = new TreeMap<>();

    private record Ended(int code, String out, String err) {}

    @BeforeEach
    void layOut() throws IOException {
        dir = given.toRealPath();
        Files.copy(Path.of("..", "assay"), file("repo/assay"));
        Files.writeString(file("repo/pom.xml"), "<project/>");
        Files.writeString(file("repo/core/src/main/A.java"), "class A {}");
        Files.createDirectories(dir.resolve("repo/bench/target"));
        Files.writeString(file("repo/bench/target/assay-bench-1.jar"), "");
        for (String tool : List.of(
                "find",
                "head",
                "readlink",
                "stty",
                "mkdir",
                "rm",
                "mv",
                "cp",
                "date",
                "grep",
                "sleep",
                "cat",
                "touch")) {
            script("bin/" + tool, "exec " + program(tool) + " \"$@\"");
        }
        variables.put("PATH", dir.resolve("bin").toString());
        variables.put("HOME", dir.toString());
        variables.put("ASSAY_JVM_FOLDERS", dir.resolve("jvm").toString());
    }

    private static String program(String tool) {
        return (Files.exists(Path.of("/usr/bin", tool)) ? "/usr/bin/" : "/bin/") + tool;
    }

    private Path file(String name) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        return file;
    }

    private void script(String name, String text) throws IOException {
        Path file = file(name);
        Files.writeString(file, "#!" + program("bash") + "\n" + text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void jdk(String folder, String version) throws IOException {
        script(
                folder + "/bin/java",
                "echo \"" + folder + " $*\"; for a in \"$@\"; do echo \"<$a>\"; done\n"
                        + "echo 'WARNING: Using incubator modules: jdk.incubator.vector' >&2\necho other words >&2\n");
        script(folder + "/bin/javac", "");
        Files.writeString(file(folder + "/release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"" + version + "\"\n");
    }

    private void maven() throws IOException {
        script(
                "bin/mvn",
                """
                echo "mvn $* with $JAVA_HOME" >>"$HOME/mvn.log"
                for a in "$@"; do case $a in
                  -DoutputDirectory=*) sleep 0.5; mkdir -p "${a#*=}"; echo >"${a#*=}/assay-cli.jar" ;;
                esac; done
                [ ! -e "$HOME/broken" ] || { echo '[ERROR] A.java: no'; exit 1; }
                """);
    }

    private Ended run(String... arguments) throws Exception {
        return start(arguments).call();
    }

    private java.util.concurrent.Callable<Ended> start(String... arguments) throws IOException {
        java.util.ArrayList<String> command = new java.util.ArrayList<>(
                List.of(program("bash"), dir.resolve("repo/assay").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(variables);
        Path out = Files.createTempFile(dir, "out", "");
        Path err = Files.createTempFile(dir, "err", "");
        Process p =
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        p.getOutputStream().close();
        return () -> {
            int code = p.waitFor();
            Thread.sleep(100); // the filter of standard error ends after Java
            return new Ended(
                    code, Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
        };
    }

    private long builds() throws IOException {
        Path log = dir.resolve("mvn.log");
        return Files.exists(log) ? Files.readAllLines(log).size() : 0;
    }

    @Test
    void withoutAJdkItSaysHowToGetOne() throws Exception {
        jdk("jvm/old", "17.0.1");
        jdk("jvm/new", "26");
        Ended e = run("--help");
        assertEquals(2, e.code);
        assertTrue(e.err.contains("JDK of version 25") && e.err.contains("adoptium.net"), e.err);
        assertEquals("", e.out);
    }

    @Test
    void withoutMavenItSaysHowToGetIt() throws Exception {
        jdk("jvm/a", "25.0.1");
        for (String command : List.of("--help", "test")) {
            Ended e = run(command);
            assertEquals(2, e.code);
            assertTrue(e.err.contains("Maven") && e.err.contains("apt install maven"), e.err);
        }
    }

    @Test
    void jdkIsTakenFromTheVariableThenFromBesideTheDefaultJavaThenFromTheUsualFolders() throws Exception {
        maven();
        jdk("jvm/usual", "25");
        assertTrue(run("list").out.startsWith("jvm/usual "));
        jdk("elsewhere/java-17", "17");
        jdk("elsewhere/java-25", "25.0.3");
        Files.createSymbolicLink(dir.resolve("bin/java"), dir.resolve("elsewhere/java-17/bin/java"));
        assertTrue(run("list").out.startsWith("elsewhere/java-25 "));
        jdk("mine", "25-ea");
        variables.put("JAVA_HOME", dir.resolve("mine").toString());
        assertTrue(run("list").out.startsWith("mine "));
        variables.put("JAVA_HOME", dir.resolve("elsewhere/java-17").toString());
        assertTrue(run("list").out.startsWith("elsewhere/java-25 "));
    }

    @Test
    void whatComputesHasTheVectorModuleAndItsCompilerOptions() throws Exception {
        maven();
        jdk("jvm/a", "25");
        for (String command : List.of("ask", "chat", "up", "node", "auditor", "audit", "dispute", "bench")) {
            String out = run(command).out;
            assertTrue(out.contains("--add-modules jdk.incubator.vector "), command + ": " + out);
            assertTrue(out.contains("dontinline,assay.engine.fast.Tiles::*"), command + ": " + out);
        }
        for (String command : List.of("verify", "wallet", "list", "simulate")) {
            assertFalse(run(command).out.contains("jdk.incubator.vector"), command);
        }
    }

    @Test
    void itBuildsOnceAndAgainWhenASourceIsNewer() throws Exception {
        maven();
        jdk("jvm/a", "25");
        Ended first = run("list", "a b", "*");
        assertEquals(0, first.code);
        assertTrue(first.err.startsWith("building (first time"), first.err);
        assertTrue(first.out.endsWith("<list>\n<a b>\n<*>\n"), first.out);
        assertFalse(run("list").err.contains("building"));
        assertEquals(1, builds());
        Thread.sleep(20);
        Files.writeString(dir.resolve("repo/core/src/main/A.java"), "class A { }");
        assertTrue(run("list").err.startsWith("building (sources changed"));
        Files.delete(dir.resolve("repo/core/src/main/A.java"));
        assertTrue(run("list").err.startsWith("building (sources changed"));
        assertEquals(3, builds());
    }

    @Test
    void manyAtOnceBuildOnce() throws Exception {
        maven();
        jdk("jvm/a", "25");
        var all = List.of(start("list"), start("list"), start("list"));
        for (var one : all) {
            Ended e = one.call();
            assertEquals(0, e.code, e.err);
        }
        assertEquals(1, builds());
        assertFalse(Files.exists(dir.resolve("repo/target/dist/lock")));
    }

    @Test
    void lockOfADeadBuildIsNotWaitedFor() throws Exception {
        maven();
        jdk("jvm/a", "25");
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Files.writeString(file("repo/target/dist/lock/pid"), dead.pid() + "\n");
        assertEquals(0, run("list").code);
    }

    @Test
    void failedBuildShowsTheErrorAndIsTriedAgain() throws Exception {
        maven();
        jdk("jvm/a", "25");
        Files.createFile(dir.resolve("broken"));
        Ended e = run("list");
        assertEquals(1, e.code);
        assertTrue(e.err.contains("[ERROR] A.java: no") && e.err.contains("the build failed"), e.err);
        Files.delete(dir.resolve("broken"));
        assertEquals(0, run("list").code);
    }

    @Test
    void vectorModuleIsAddedForComputingAloneAndItsWarningIsNotShown() throws Exception {
        maven();
        jdk("jvm/a", "25");
        run("list");
        assertFalse(run("list").out.contains("jdk.incubator.vector"));
        assertFalse(run("ask", "--help").out.contains("jdk.incubator.vector"));
        Ended ask = run("--json", "ask", "verify");
        assertTrue(ask.out.contains("<--add-modules>\n<jdk.incubator.vector>"), ask.out);
        assertEquals("other words\n", ask.err);
    }

    @Test
    void testRunsMavenWithTheJdkThatWasFound() throws Exception {
        maven();
        jdk("jvm/a", "25");
        assertEquals(0, run("test", "-pl", "core").code);
        String log = Files.readString(dir.resolve("mvn.log"));
        assertTrue(log.matches("(?s)mvn -B -f \\S+/repo/pom.xml verify -pl core with \\S+/jvm/a\n"), log);
    }

    @Test
    void itWorksThroughALinkFromAnotherFolder() throws Exception {
        maven();
        jdk("jvm/a", "25");
        Files.createSymbolicLink(dir.resolve("link"), Path.of("repo/assay"));
        ProcessBuilder builder =
                new ProcessBuilder(program("bash"), dir.resolve("link").toString(), "list");
        builder.environment().clear();
        builder.environment().putAll(variables);
        builder.redirectErrorStream(true).redirectOutput(dir.resolve("o").toFile());
        assertEquals(0, builder.start().waitFor());
        assertTrue(Files.exists(dir.resolve("repo/target/dist/current")));
    }
}
