package assay.ledger.simulate;

import assay.core.base.Hash;
import assay.ledger.state.Audit;
import java.util.Optional;

/** What an auditor can try: each cheat is the few methods in which it is not honest. */
final class AuditorCheats {
    private AuditorCheats() {}

    /** Saves the work. */
    private interface Idle extends AuditorConduct {
        @Override
        default boolean works(AuditCase c) {
            return false;
        }
    }

    /** Commits to a root that it made up. */
    static class Guesser implements Idle {
        @Override
        public Optional<Hash> commits(AuditCase c) {
            return Optional.of(c.commitmentTo(c.pretend(c.guess())));
        }

        @Override
        public boolean disputes(AuditCase c) {
            return false;
        }
    }

    /** Keeps silent. */
    static final class Absent implements Idle {
        @Override
        public Optional<Hash> commits(AuditCase c) {
            return Optional.empty();
        }
    }

    /** Commits to anything, waits for another's reveal, and opens with that root. */
    static final class RootCopier implements Idle {
        @Override
        public int patience() {
            return 5;
        }

        @Override
        public Optional<Hash> commits(AuditCase c) {
            return Optional.of(c.commitmentTo(c.guess()));
        }

        @Override
        public Optional<Opening> reveals(AuditCase c) {
            return c.others().stream()
                    .filter(slot -> slot.status() == Audit.SlotStatus.REVEALED)
                    .map(slot -> new Opening(slot.root(), c.salt()))
                    .findFirst();
        }
    }

    /** Commits to a copy of another's commitment, and opens it as the other did. */
    static final class CommitmentCopier implements Idle {
        @Override
        public int patience() {
            return 5;
        }

        @Override
        public Optional<Hash> commits(AuditCase c) {
            return c.others().stream()
                    .filter(slot -> slot.status() == Audit.SlotStatus.COMMITTED)
                    .map(Audit.Slot::commitment)
                    .findFirst();
        }

        @Override
        public Optional<Opening> reveals(AuditCase c) {
            return c.others().stream()
                    .filter(slot -> slot.status() == Audit.SlotStatus.REVEALED)
                    .map(slot -> new Opening(slot.root(), c.saltOf(slot.auditor())))
                    .findFirst();
        }
    }

    /**
     * Makes honest nodes work: demands on the ledger what it was sent, then says a root that it made up, so that the
     * node has to open its side of a dispute.
     */
    static final class Griefer extends Guesser {
        @Override
        public boolean complains(boolean delivered) {
            return true;
        }
    }

    /** Finds what a node of its own party shows, without work; honest to others. */
    static final class Accomplice implements AuditorConduct {
        @Override
        public boolean works(AuditCase c) {
            return !c.friend();
        }

        @Override
        public Optional<Hash> commits(AuditCase c) {
            Hash root = c.friend() ? c.pretend(c.answer().shown()) : c.replay();
            return Optional.of(c.commitmentTo(root));
        }
    }
}
