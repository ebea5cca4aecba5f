package org.pgofs.daemon.demangle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FunctionNameTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "main | '' | main",
                "src/a.c;helper | src/a.c | helper",
                "a.c:helper | a.c | helper",
                "a.cc;_ZN12_GLOBAL__N_13runEv | a.cc | (anonymous namespace)::run()",
                "a.cc:_ZL3addii.llvm.77 | a.cc | add(int, int) .llvm.77",
                "-[Door open:with:] | '' | -[Door open:with:]",
                "tally.7rcbfp3g-cgu.0;_RNvC6_123foo3bar | tally.7rcbfp3g-cgu.0 | 123foo::bar",
                "'a\u202eb' | '' | a?b",
                "';x' | '' | ';x'"
            })
    void shouldTakeNamesApart(String bytes, String file, String readable) {
        FunctionName name =
                FunctionName.of(new String(bytes.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
        assertEquals(file, name.file());
        assertEquals(readable, name.readable());
    }

    @Test
    void shouldPutTheFileBeforeTheName() {
        assertEquals("a.cc:run()", FunctionName.of("a.cc;_ZL3runv").qualified());
        assertEquals("run()", FunctionName.of("_Z3runv").qualified());
    }
}
