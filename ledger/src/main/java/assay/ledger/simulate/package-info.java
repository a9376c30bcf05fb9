/**
 * Agents, honest and not, who play on the real {@link assay.ledger.Ledger}: what a cheat earns beside its honest twin.
 *
 * <p>Start with a family of cheats ({@link assay.ledger.simulate.NodeCheats}, {@link
 * assay.ledger.simulate.AuditorCheats}, {@link assay.ledger.simulate.PartyCheats}); {@link
 * assay.ledger.simulate.Simulation} is one run.
 */
@NullMarked
package assay.ledger.simulate;

import org.jspecify.annotations.NullMarked;
