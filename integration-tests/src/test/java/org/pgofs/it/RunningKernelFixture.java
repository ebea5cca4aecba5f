package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kernel that pgofs itself runs on: a guest boots it, at a random place, with the files of this machine, and pgofs runs in
 * the guest. All that was done there is done once; the tests look at what it left.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(1800)
abstract class RunningKernelFixture {
    private static final String SYSTEM_CALL = "__x64_sys_getppid";
    /** Of the files in /proc that are read in this way; the memory of the kernel is one. */
    private static final String READ = "fs/proc/inode.c:proc_reg_read_iter";

    @TempDir
    static Path share;

    private final Toolchain toolchain;
    final RunningKernel kernel;

    RunningKernelFixture(Toolchain toolchain, RunningKernel kernel) {
        this.toolchain = toolchain;
        this.kernel = kernel;
    }

    @BeforeAll
    @Timeout(1800)
    void runPgofsInAGuest() throws IOException {
        Path script = Checkout.SOURCES.resolve("resources/kernel/in-guest.sh");
        toolchain.clang(share.resolve("getppids"), "-static", Checkout.SOURCES.resolve("c/getppids.c"));
        String steps = String.join("", DocumentCommands.of(RunningKernel.DOCUMENT, "## The seven steps"));
        Files.writeString(share.resolve("steps"), steps.replace(Toolchain.DEFAULT.profdata(), toolchain.profdata()));
        Path build = kernel.build();
        kernel.boot(share, "%s %s".formatted(script, build)).ok();
    }

    private Profile profile(String name) {
        return Profile.of(toolchain, share.resolve(name + ".profraw"));
    }

    private long most(String name, String function) {
        return Collections.max(profile(name).counts().get(named(function)).get(0));
    }

    /** A static function, which newer versions of clang separate from its file in another way. */
    private String named(String function) {
        return toolchain.version() < 18 ? function : function.replace(':', ';');
    }

    @Test
    void shouldRunTheStepsOfTheDocument() {
        Profile profile = Profile.of(toolchain, share.resolve("vmlinux.profdata"));
        assertEquals(0, Collections.max(profile.counts().get("start_kernel").get(0)));
        assertTrue(Collections.max(profile.counts().get("vfs_read").get(0)) > 500, "files were read");
    }

    @Test
    void shouldCountTheCallsBetweenAResetAndACopyExactly() {
        Profile profile = profile("getppid");
        assertEquals(10_000, profile.calls(SYSTEM_CALL));
        for (String function : List.of("start_kernel", "mnt_init")) {
            assertEquals(0, Collections.max(profile.counts().get(function).get(0)), function);
        }
    }

    /** Whoever looks on lets the kernel do nothing, in which it would count. */
    @Test
    void shouldReadNoCountersForTheStatus() {
        long readsOfACopy = reads("poll-2") - reads("poll-1");
        assertTrue(readsOfACopy > 0, () -> "reads: " + readsOfACopy);
        assertEquals(readsOfACopy, reads("poll-3") - reads("poll-2"));
    }

    private long reads(String name) {
        return most(name, READ);
    }

    @Test
    void shouldNameTheTargetsOfIndirectCalls() {
        String targets = Shell.in(share)
                .bash("\"$1\" show --ic-targets --function=vfs_read getppid.profraw", toolchain.profdata())
                .ok()
                .output();
        assertTrue(targets.matches("(?s).*\\[ *\\d+, \\S*proc_reg_read(_iter)?, +[1-9].*"), targets);
    }

    @Test
    void shouldBeShownInABrowser() throws Exception {
        Shell.in(share)
                .run(Checkout.PGOFS.toString(), "report", "-o", "kernel.html", "getppid.profraw")
                .ok();
        try (Browser browser = Browser.start(share)) {
            ReportPage page = ReportPage.open(browser, share.resolve("kernel.html"));
            // Of a raw profile llvm-profdata counts a function twice that two translation units have.
            Shell.in(share)
                    .run(toolchain.profdata(), "merge", "-o", "getppid.profdata", "getppid.profraw")
                    .ok();
            page.assertNumbersOf(toolchain, share.resolve("getppid.profdata"));
            assertTrue(page.count("#map [data-group='kernel']") > 0, "directories of the source");
            page.search(SYSTEM_CALL);
            assertEquals(List.of(SYSTEM_CALL), page.names());
        }
    }

    @Test
    void shouldKeepWhatAnUnloadedModuleCountedAndGoOn() {
        assertEquals(100, most("loaded", "fs/ext2/namei.c:ext2_create"));
        assertEquals(100, most("unloaded", "fs/ext2/namei.c:ext2_create"));
        assertEquals(1, most("unloaded", "cleanup_module"));
        assertEquals(150, most("again", "fs/ext2/namei.c:ext2_create"));
    }

    @Test
    void shouldLoseNothingWhenTheDaemonIsKilled() {
        assertEquals(36, most("killed-module", "fs/ext2/namei.c:ext2_create"));
        // The command pgofs is a shell, which asks for its parent too.
        long calls = profile("killed").calls(SYSTEM_CALL);
        assertTrue(calls >= 345 && calls < 365, () -> "calls: " + calls);
    }

    @Test
    void shouldSayThatALockdownForbidsIt() throws IOException {
        assertEquals(profile("killed").calls(SYSTEM_CALL) + 1, profile("locked").calls(SYSTEM_CALL));
        String said = Files.readString(share.resolve("lockdown.txt"), StandardCharsets.UTF_8);
        assertTrue(said.contains("lockdown"), said);
    }
}
