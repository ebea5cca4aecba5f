package org.pgofs.fleet;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** The direction of imports that docs/architecture.md shows. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.pgofs");

    @Test
    void shouldKeepTheStoreOnTheGround() {
        onlyAbove("org.pgofs.fleet.store").check(CLASSES);
    }

    @Test
    void shouldAddUpWithoutTheStore() {
        onlyAbove("org.pgofs.fleet.core").check(CLASSES);
    }

    @Test
    void shouldMakeResultsWithoutTheCommand() {
        noClasses()
                .that()
                .resideInAPackage("org.pgofs.fleet.job")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.pgofs.fleet", "picocli..")
                .check(CLASSES);
    }

    /** Who does not ask for Spark need not have it. */
    @Test
    void shouldUseSparkInOnePackageOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.pgofs.fleet.spark")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.spark..", "scala..")
                .check(CLASSES);
    }

    @Test
    void shouldKeepTheFleetOutOfTheDaemon() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.pgofs.fleet..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.pgofs.fleet..")
                .check(CLASSES);
    }

    /** A package that imports nothing of the fleet but itself. */
    private static ArchRule onlyAbove(String ground) {
        return noClasses()
                .that()
                .resideInAPackage(ground)
                .should()
                .dependOnClassesThat(resideInAPackage("org.pgofs.fleet..").and(not(resideInAPackage(ground))));
    }
}
