package assay.ledger.simulate;

import assay.core.base.Hash;
import assay.ledger.state.Audit;
import java.util.Optional;

/** What an auditor can try: each cheat is the few methods in which it is not honest. */
final class AuditorCheats {
    private AuditorCheats() {}

    /** Saves the work, and commits to a root that it made up. */
    static final class Guesser implements AuditorConduct {
        @Override
        public boolean works(AuditCase c) {
            return false;
        }

        @Override
        public Optional<Hash> commits(AuditCase c) {
            return Optional.of(c.commitmentTo(c.pretend(c.guess())));
        }

        @Override
        public boolean disputes(AuditCase c) {
            return false;
        }
    }

    /** Saves the work and keeps silent. */
    static final class Absent implements AuditorConduct {
        @Override
        public boolean works(AuditCase c) {
            return false;
        }

        @Override
        public Optional<Hash> commits(AuditCase c) {
            return Optional.empty();
        }
    }

    /** Saves the work: commits to anything, waits for another's reveal, and opens with that root. */
    static final class RootCopier implements AuditorConduct {
        @Override
        public boolean works(AuditCase c) {
            return false;
        }

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

    /** Saves the work: commits to a copy of another's commitment, and opens it as the other did. */
    static final class CommitmentCopier implements AuditorConduct {
        @Override
        public boolean works(AuditCase c) {
            return false;
        }

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

    /** Says another root than an honest node's, so that it has to open its side of a dispute; goes no further then. */
    static final class Griefer implements AuditorConduct {
        @Override
        public boolean works(AuditCase c) {
            return false;
        }

        @Override
        public Optional<Hash> commits(AuditCase c) {
            return Optional.of(c.commitmentTo(c.pretend(c.guess())));
        }

        @Override
        public boolean disputes(AuditCase c) {
            return false;
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
