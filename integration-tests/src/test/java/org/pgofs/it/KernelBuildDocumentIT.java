package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands of docs/kernel-build.md, with the smallest configuration that has a module. */
@Tag("kernel")
@Timeout(1800)
final class KernelBuildDocumentIT {
    @TempDir
    Path directory;

    @Test
    void shouldBuildAKernelAndAPackageByMakeAlone() throws IOException {
        RunningKernel.OF_THE_DOCUMENT.build(); // which unpacks the source
        Shell shell = UserModeLinuxFixture.shell(directory);
        shell.bash(
                        "ln -s \"$1\" linux; make -C linux O=$PWD/start LLVM=-14 tinyconfig;"
                                + "linux/scripts/config --file start/.config -e 64BIT -e PRINTK -e PROC_FS -e MODULES -m CRC_ITU_T;"
                                + "make -C linux O=$PWD/start LLVM=-14 olddefconfig; mv start/.config my.config; rm -r start",
                        UserModeLinuxFixture.SOURCE)
                .ok();
        DocumentCommands.run(
                shell, String.join("", DocumentCommands.of(Checkout.ROOT.resolve("docs/kernel-build.md"), "")));
        String notes = shell.bash("readelf -nW build/vmlinux").ok().output();
        assertTrue(notes.matches("(?s).*\\n +pgofs +0x00000078\\s.*"), notes);
        String files = shell.bash("dpkg-deb -c linux-image-*-pgo_*.deb").ok().output();
        assertTrue(files.contains("/vmlinuz-"), files);
        assertTrue(files.contains("/crc-itu-t.ko"), files);
    }
}
