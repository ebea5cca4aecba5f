package org.pgofs.counters.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What C's compilers for either machine say; QEMU runs the program for the other one. */
@Tag("compilers")
class AbiTest {
    private static final String HEADERS =
            """
            #define _GNU_SOURCE
            #include <dirent.h>
            #include <fcntl.h>
            #include <linux/cn_proc.h>
            #include <linux/connector.h>
            #include <linux/kcmp.h>
            #include <linux/magic.h>
            #include <linux/netlink.h>
            #include <linux/openat2.h>
            #include <poll.h>
            #include <signal.h>
            #include <stddef.h>
            #include <stdio.h>
            #include <sys/eventfd.h>
            #include <sys/file.h>
            #include <sys/inotify.h>
            #include <sys/ioctl.h>
            #include <sys/mman.h>
            #include <sys/mount.h>
            #include <sys/resource.h>
            #include <sys/socket.h>
            #include <sys/stat.h>
            #include <sys/syscall.h>
            #include <sys/un.h>
            #include <sys/vfs.h>
            #include <time.h>
            #include <unistd.h>
            #define SAY(name, value) printf("%s %lld\\n", name, (long long)(value))
            int main(void) {
            """;

    /** For the test's other JVM: the table as it is there. */
    static final class Print {
        public static void main(String[] arguments) throws IllegalAccessException {
            for (Field field : fields().toList()) {
                System.out.println(field.getName() + " " + ((Number) field.get(null)).longValue());
            }
        }
    }

    private static Stream<Field> fields() {
        return Arrays.stream(Abi.class.getDeclaredFields())
                .filter(field -> !Modifier.isPrivate(field.getModifiers()) && !field.isSynthetic());
    }

    @ParameterizedTest
    @CsvSource({"x86_64, amd64", "aarch64, aarch64"})
    void shouldBeThatOfTheCompiler(String machine, String nameInJava, @TempDir Path directory) throws Exception {
        String table = run(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dos.arch=" + nameInJava,
                "-cp",
                System.getProperty("java.class.path"),
                Print.class.getName());
        assertTrue(table.lines().count() > 100, table);
        assertEquals(said(machine, nameInJava.equals(System.getProperty("os.arch")), directory), table);
    }

    private static String said(String machine, boolean isThisOne, Path directory) throws Exception {
        Path source = directory.resolve("abi.c");
        Path program = directory.resolve("abi");
        Files.writeString(
                source,
                fields().map(field -> "SAY(\"" + field.getName() + "\", " + expression(field) + ");")
                        .collect(Collectors.joining("\n", HEADERS, "}")));
        run(isThisOne ? "cc" : machine + "-linux-gnu-gcc", "-static", "-o", program.toString(), source.toString());
        return isThisOne ? run(program.toString()) : run("qemu-" + machine, program.toString());
    }

    private static String expression(Field field) {
        return Optional.ofNullable(field.getAnnotation(Abi.C.class))
                .map(Abi.C::value)
                .orElse(field.getName());
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(command))
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), () -> String.join(" ", command) + ": " + said);
        return said;
    }
}
