package assay.core.program;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.core.merkle.Merkle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a program's root is made of: each section's name, size, and the root over its blocks. A few hundred bytes
 * with which any block of any section can be shown to be the program's.
 *
 * <p>A section's root is the RFC 6962 tree over its blocks of {@link #BLOCK_BYTES}, the last one shorter. The
 * program's root is {@code H("assay/program/2" ‖ count ‖ name, size (u32) and root of each)}.
 * docs/protocol/program.md, section 7.
 *
 * @param sections in the order of the program
 */
public record ProgramHeader(List<Section> sections) {
    /** Size of a block in bytes. */
    public static final int BLOCK_BYTES = 1024;

    private static final int SECTIONS_MAX = 16;

    /** Copies the list. */
    public ProgramHeader {
        sections = List.copyOf(sections);
    }

    /**
     * One section.
     *
     * @param name what it is called
     * @param size its bytes
     * @param root over its blocks
     */
    public record Section(String name, int size, Hash root) {
        /** Count of its blocks. */
        public int blocks() {
            return (size + BLOCK_BYTES - 1) / BLOCK_BYTES;
        }
    }

    /** The header over these sections. */
    static ProgramHeader of(Map<String, byte[]> sections) {
        List<Section> out = new ArrayList<>();
        sections.forEach((name, bytes) -> out.add(new Section(name, bytes.length, Merkle.root(leaves(bytes)))));
        return new ProgramHeader(out);
    }

    /** Leaves of a section's tree: one a block. */
    public static List<Hash> leaves(byte[] section) {
        List<Hash> leaves = new ArrayList<>();
        for (int at = 0; at < section.length; at += BLOCK_BYTES) {
            int end = Math.min(section.length, at + BLOCK_BYTES);
            leaves.add(Merkle.leaf(java.util.Arrays.copyOfRange(section, at, end)));
        }
        return leaves;
    }

    /** The program's root. */
    public Hash root() {
        Writer out = new Writer();
        write(out);
        return Hash.tagged("assay/program/2", out.toBytes());
    }

    /** The section of this name. */
    public Section section(String name) throws MalformedException {
        for (Section s : sections) {
            if (s.name().equals(name)) {
                return s;
            }
        }
        throw new MalformedException("the program has no section " + name, -1);
    }

    /** Appends it: what {@link #root} hashes. */
    public void write(Writer out) {
        out.u32(sections.size());
        sections.forEach(s -> out.utf8(s.name()).u32(s.size()).hash(s.root()));
    }

    /** Reads it. */
    public static ProgramHeader read(Reader in) throws MalformedException {
        int count = in.count(SECTIONS_MAX, 40);
        List<Section> out = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = in.utf8(32);
            long size = in.u32();
            if (size > Integer.MAX_VALUE - BLOCK_BYTES) {
                throw new MalformedException("a section has less than 2^31 bytes, got " + size, in.offset() - 4);
            }
            out.add(new Section(name, (int) size, in.hash()));
        }
        return new ProgramHeader(out);
    }
}
