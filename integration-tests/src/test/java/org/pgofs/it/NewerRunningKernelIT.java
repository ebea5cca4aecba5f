package org.pgofs.it;

import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Linux 6.12, built by clang 19: raw version 10, and another way to read memory. */
@EnabledIfSystemProperty(named = "pgofs.full", matches = "true")
final class NewerRunningKernelIT extends RunningKernelFixture {
    NewerRunningKernelIT() {
        super(new Toolchain(19), RunningKernel.NEWER);
    }
}
