package org.pgofs.counters.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FusePackageTest {
    @TempDir
    Path directory;

    private String on(String osRelease) throws IOException {
        return FusePackage.howToInstall(Files.writeString(directory.resolve("os-release"), osRelease));
    }

    @ParameterizedTest
    @CsvSource({
        "debian, '', 12, apt-get install libfuse2",
        "debian, '', 13, apt-get install libfuse2t64",
        "ubuntu, debian, 22.04, apt-get install libfuse2",
        "ubuntu, debian, 24.04, apt-get install libfuse2t64",
        "fedora, '', 41, dnf install fuse-libs",
        "rocky, rhel centos fedora, 9.4, dnf install fuse-libs",
        "opensuse-leap, suse opensuse, 15.6, zypper install libfuse2",
        "arch, '', '', pacman -S fuse2",
    })
    void shouldNameThePackageOfASystem(String id, String like, String version, String expected) throws IOException {
        assertEquals(expected, on("NAME=x\nID=%s\nID_LIKE=\"%s\"\nVERSION_ID=\"%s\"\n".formatted(id, like, version)));
    }

    @Test
    void shouldSayWhatToDoOnDebiansTesting() throws IOException {
        assertTrue(on("ID=debian\nVERSION_CODENAME=forky\n").contains("libfuse2t64 of Debian 13"));
    }

    @Test
    void shouldNameBothWhereNothingIsKnown() throws IOException {
        String both = "install libfuse 2, whose package Debian and Ubuntu call libfuse2 or libfuse2t64";
        assertEquals(both, on("ID=other\nVERSION_ID=rolling\n"));
        assertEquals(both, FusePackage.howToInstall(directory.resolve("absent")));
    }
}
