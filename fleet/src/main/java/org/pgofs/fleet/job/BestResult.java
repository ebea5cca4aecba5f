package org.pgofs.fleet.job;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.pgofs.fleet.store.ImageId;
import org.pgofs.fleet.store.UnusableObjectException;

/** Finds the newest result of one build of a program, or else of another build of it. */
public final class BestResult {
    private static final int LEAST_DIGITS = 8;
    private static final int MOST_READ = 20;

    private final ResultReader results;
    private final String variant;
    private final List<String> problems = new ArrayList<>();

    /** Whose results may be there, in the order in which they are looked at: not empty. */
    private record Build(ImageId image, String variant, List<Window> windows) {}

    /**
     * A search.
     *
     * @param results where to search
     * @param variant how the image must be instrumented; empty for plain instrumentation if there is any, and else what there is
     */
    public BestResult(ResultReader results, String variant) {
        this.results = results;
        this.variant = variant;
    }

    /**
     * The newest result of a build.
     *
     * @param id its build id, or 8 digits of it or more
     * @return nothing if there is none that is whole
     * @throws IOException if the store does not answer; the message names it
     */
    public Optional<StoredResult> ofBuild(String id) throws IOException {
        return newest(image -> isBuild(image, id));
    }

    private static boolean isBuild(ImageId image, String id) {
        return image.id().equals(id)
                || (id.length() >= LEAST_DIGITS && image.id().startsWith(id));
    }

    /**
     * The newest result of any build of a program.
     *
     * @param name the base name of its file
     * @return nothing if there is none that is whole
     * @throws IOException if the store does not answer; the message names it
     */
    public Optional<StoredResult> ofProgram(String name) throws IOException {
        return newest(image -> image.name().equals(name));
    }

    /**
     * The name of the program of a build.
     *
     * @param id as {@link #ofBuild} takes it
     * @return nothing if the store does not have the build at all
     * @throws IOException if the store does not answer; the message names it
     */
    public Optional<String> nameOf(String id) throws IOException {
        return results.images().stream()
                .filter(image -> isBuild(image, id))
                .map(ImageId::name)
                .findFirst();
    }

    private Optional<StoredResult> newest(Predicate<ImageId> wanted) throws IOException {
        List<Build> builds = new ArrayList<>();
        for (ImageId image : results.images()) {
            if (wanted.test(image)) {
                try {
                    build(image).ifPresent(builds::add);
                } catch (AccessDeniedException | UnusableObjectException e) {
                    problems.add(image.key() + ": " + e.getMessage());
                }
            }
        }
        builds.sort(Comparator.comparing((Build build) -> build.windows.get(0)).reversed());
        for (Build build : builds) {
            for (Window window : build.windows.subList(0, Math.min(MOST_READ, build.windows.size()))) {
                try {
                    return Optional.of(results.read(build.image, build.variant, window));
                } catch (OutOfMemoryError e) {
                    problems.add(build.image.key() + " of " + window.name() + ": there is not enough memory for it");
                } catch (IOException e) {
                    problems.add(build.image.key() + " of " + window.name() + ": " + e.getMessage());
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Build> build(ImageId image) throws IOException {
        for (String one : results.variants(image)) {
            if (variant.isEmpty() || variant.equals(one)) {
                List<Window> windows = results.windows(image, one);
                if (!windows.isEmpty()) {
                    return Optional.of(new Build(image, one, windows));
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Results that were passed over.
     *
     * @return which, and why
     */
    public List<String> problems() {
        return problems;
    }
}
