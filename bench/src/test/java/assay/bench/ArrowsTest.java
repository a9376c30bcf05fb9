package assay.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows of ARCHITECTURE.md: a wrong import fails the build. */
class ArrowsTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("assay");

    @Test
    void coreUsesTheJdkAlone() {
        classes()
                .that()
                .resideInAPackage("assay.core..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("assay.core..", "java..", "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void modulesPointDownOnly() {
        mayUse("engine", "core");
        mayUse("prover", "core", "engine");
        mayUse("ledger", "core");
        mayUse("client", "core", "ledger");
        mayUse("node", "core", "engine", "prover", "ledger");
        mayUse("cli", "core", "engine", "prover", "ledger", "node", "client");
    }

    @Test
    void clientKnowsTheLedgersTransactionsButNotItsStore() {
        noClasses()
                .that()
                .resideInAPackage("assay.client..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("assay.ledger.store..")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void onlyTheEngineUsesTheVectorApi() {
        noClasses()
                .that()
                .resideOutsideOfPackages("assay.engine.fast..", "assay.bench..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jdk.incubator..")
                .check(CLASSES);
    }

    @Test
    void kernelsKnowNothingAboveThem() {
        noClasses()
                .that()
                .resideInAnyPackage("assay.core.base..", "assay.core.kernel..", "assay.core.codec..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "assay.core.program..", "assay.core.receipt..", "assay.core.verify..", "assay.core.text..")
                .check(CLASSES);
    }

    private static void mayUse(String module, String... below) {
        String[] allowed = new String[below.length + 1];
        allowed[0] = "assay." + module + "..";
        for (int i = 0; i < below.length; i++) {
            allowed[i + 1] = "assay." + below[i] + "..";
        }
        noClasses()
                .that()
                .resideInAPackage("assay." + module + "..")
                .should()
                .dependOnClassesThat(
                        com.tngtech.archunit.base.DescribedPredicate.describe("are of a module above " + module, c -> {
                            if (!c.getPackageName().startsWith("assay.")) {
                                return false;
                            }
                            for (String p : allowed) {
                                String prefix = p.substring(0, p.length() - 2);
                                if (c.getPackageName().equals(prefix)
                                        || c.getPackageName().startsWith(prefix + ".")) {
                                    return false;
                                }
                            }
                            return true;
                        }))
                .allowEmptyShould(true)
                .check(CLASSES);
    }
}
