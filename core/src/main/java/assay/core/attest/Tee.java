package assay.core.attest;

import assay.core.base.MalformedException;

/** The kinds of trusted execution environments whose evidence is read here. */
public enum Tee {
    /** AWS Nitro Enclaves. */
    NITRO("nitro", "an AWS Nitro enclave"),
    /** Intel TDX. */
    TDX("tdx", "an Intel TDX virtual machine"),
    /** AMD SEV-SNP. */
    SEV_SNP("sev-snp", "an AMD SEV-SNP virtual machine");

    private final String wire;
    private final String words;

    Tee(String wire, String words) {
        this.wire = wire;
        this.words = words;
    }

    /** The name in files and receipts. */
    public String wire() {
        return wire;
    }

    /** The name in sentences. */
    public String words() {
        return words;
    }

    static Tee parse(String wire) throws MalformedException {
        for (Tee tee : values()) {
            if (tee.wire.equals(wire)) {
                return tee;
            }
        }
        throw new MalformedException("no kind of evidence is called " + wire, -1);
    }
}
