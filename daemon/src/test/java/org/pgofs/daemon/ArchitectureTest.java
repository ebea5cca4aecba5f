package org.pgofs.daemon;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgofs.counters.linux.Linux;

/** The direction of imports that docs/architecture.md shows. */
class ArchitectureTest {
    private static final String COUNTERS = "org.pgofs.counters";

    /** From the ground up: each may import those before it. */
    private static final List<String> FLOORS = List.of(
            "linux", "format", "image", "counts", "state", "limits", "segment", "guest", "kernel", "process",
            "written");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.pgofs");

    @Test
    void shouldImportDownwardsOnlyInCounters() {
        LayeredArchitecture floors = layeredArchitecture().consideringOnlyDependenciesInAnyPackage(COUNTERS + "..");
        for (String floor : FLOORS) {
            floors = floors.layer(floor).definedBy(COUNTERS + "." + floor);
        }
        floors = floors.layer("store").definedBy(COUNTERS).whereLayer("store").mayNotBeAccessedByAnyLayer();
        for (int i = 0; i < FLOORS.size(); i++) {
            String[] above = new String[FLOORS.size() - i];
            FLOORS.subList(i + 1, FLOORS.size()).toArray(above);
            above[above.length - 1] = "store";
            floors = floors.whereLayer(FLOORS.get(i)).mayOnlyBeAccessedByLayers(above);
        }
        floors.check(CLASSES);
    }

    @Test
    void shouldImportDownwardsOnlyInTheFileSystem() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("org.pgofs.fs..")
                .layer("tree")
                .definedBy("org.pgofs.fs")
                .layer("open")
                .definedBy("org.pgofs.fs.open")
                .layer("fuse")
                .definedBy("org.pgofs.fs.fuse")
                .whereLayer("fuse")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("open")
                .mayOnlyBeAccessedByLayers("fuse")
                .check(CLASSES);
    }

    @Test
    void shouldKeepReadingAndWritingOfIndexedProfilesApart() {
        String profdata = "org.pgofs.profdata";
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage(profdata + "..")
                .layer("format")
                .definedBy(profdata + ".format")
                .layer("read")
                .definedBy(profdata + ".read")
                .layer("write")
                .definedBy(profdata)
                .whereLayer("read")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("write")
                .mayNotBeAccessedByAnyLayer()
                .check(CLASSES);
    }

    @Test
    void shouldKeepProfilesOutOfTheFileSystem() {
        noClasses()
                .that()
                .resideInAPackage("org.pgofs.fs..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.pgofs.profraw..", "org.pgofs.profdata..", "org.pgofs.daemon..", COUNTERS)
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage(FLOORS.stream()
                        .skip(1)
                        .map(floor -> COUNTERS + "." + floor)
                        .toArray(String[]::new))
                .check(CLASSES);
    }

    @Test
    void shouldKeepTheFileSystemOutOfProfiles() {
        noClasses()
                .that()
                .resideInAnyPackage("org.pgofs.profraw..", "org.pgofs.profdata..", COUNTERS + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.pgofs.fs..", "org.pgofs.daemon..", "ru.serce..")
                .check(CLASSES);
    }

    @Test
    void shouldCallNativeCodeFromTwoPackagesOnly() {
        onlyInNativePackages().check(CLASSES);
    }

    /** A rule that nothing breaks may be one that nothing can break. */
    @Test
    void shouldSeeWhoCallsNativeCode() {
        ArchRule nobody = noClasses().should().dependOnClassesThat().resideInAnyPackage("jnr..", "com.kenai..");

        assertThrows(AssertionError.class, () -> nobody.check(new ClassFileImporter().importClasses(Linux.class)));
    }

    private static ArchRule onlyInNativePackages() {
        return noClasses()
                .that()
                .resideOutsideOfPackages(COUNTERS + ".linux", "org.pgofs.fs.fuse")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jnr..", "com.kenai..", "ru.serce..");
    }
}
