package org.pgofs.it;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;
import static org.junit.platform.launcher.TagFilter.excludeTags;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs the tests of packages where there is nothing but Java: no Maven, and no compilers. */
final class TestsOfPackages {
    private TestsOfPackages() {}

    /** Names the tests that are not passed. */
    private static final class Listener implements TestExecutionListener {
        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
                System.out.println(result.getStatus() + " " + test.getUniqueId());
            }
        }

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            System.out.println("SKIPPED " + test.getUniqueId() + ": " + reason);
        }
    }

    /**
     * Runs them.
     *
     * @param packages their names
     */
    public static void main(String[] packages) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(
                        Arrays.stream(packages).map(name -> selectPackage(name)).toList())
                .filters(excludeTags("compilers"))
                .build();
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, summary, new Listener());
        TestExecutionSummary seen = summary.getSummary();
        seen.printFailuresTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8), 20);
        System.out.printf(
                "seen: tests %d passed, %d failed, %d skipped%n",
                seen.getTestsSucceededCount(), seen.getTotalFailureCount(), seen.getTestsSkippedCount());
        System.exit(seen.getTotalFailureCount() == 0 ? 0 : 1);
    }
}
