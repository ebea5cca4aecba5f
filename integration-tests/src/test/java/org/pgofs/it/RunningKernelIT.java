package org.pgofs.it;

import org.junit.jupiter.api.Tag;

/** Linux 6.1, built by clang 14. */
@Tag("kernel")
final class RunningKernelIT extends RunningKernelFixture {
    RunningKernelIT() {
        super(Toolchain.DEFAULT, RunningKernel.OF_THE_DOCUMENT);
    }
}
