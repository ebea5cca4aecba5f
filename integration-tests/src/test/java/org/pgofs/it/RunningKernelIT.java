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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kernel that pgofs itself runs on: a guest boots it, at a random place, with the files of this machine, and pgofs runs in
 * the guest. All that was done there is done once; the tests look at what it left.
 */
@Tag("kernel")
@Timeout(1800)
final class RunningKernelIT {
    private static final Toolchain TOOLCHAIN = Toolchain.DEFAULT;
    private static final String SYSTEM_CALL = "__x64_sys_getppid";

    @TempDir
    static Path share;

    @BeforeAll
    @Timeout(1800)
    static void runPgofsInAGuest() throws IOException {
        Path script = Checkout.SOURCES.resolve("resources/kernel/in-guest.sh");
        TOOLCHAIN.clang(share.resolve("getppids"), "-static", Checkout.SOURCES.resolve("c/getppids.c"));
        Files.writeString(
                share.resolve("steps"),
                String.join("", DocumentCommands.of(RunningKernel.DOCUMENT, "## The seven steps")));
        Path build = RunningKernel.build();
        RunningKernel.boot(share, "%s %s".formatted(script, build)).ok();
    }

    private static Profile profile(String name) {
        return Profile.of(TOOLCHAIN, share.resolve(name + ".profraw"));
    }

    private static long most(String name, String function) {
        return Collections.max(profile(name).counts().get(function).get(0));
    }

    @Test
    void shouldRunTheStepsOfTheDocument() {
        Profile profile = Profile.of(TOOLCHAIN, share.resolve("vmlinux.profdata"));
        assertEquals(0, Collections.max(profile.counts().get("start_kernel").get(0)));
        assertTrue(Collections.max(profile.counts().get("vfs_read").get(0)) > 500, "files were read");
    }

    @Test
    void shouldCountTheCallsBetweenAResetAndACopyExactly() {
        Profile profile = profile("getppid");
        assertEquals(10_000, profile.calls(SYSTEM_CALL));
        for (String function : List.of("start_kernel", "rest_init", "mnt_init")) {
            assertEquals(0, Collections.max(profile.counts().get(function).get(0)), function);
        }
    }

    @Test
    void shouldNameTheTargetsOfIndirectCalls() {
        String targets = Shell.in(share)
                .bash("\"$1\" show --ic-targets --function=vfs_read getppid.profraw", TOOLCHAIN.profdata())
                .ok()
                .output();
        assertTrue(targets.matches("(?s).*\\[ *\\d+, \\S*proc_reg_read(_iter)?, +[1-9].*"), targets);
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
