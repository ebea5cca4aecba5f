package org.pgofs.daemon.profile;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pgofs.daemon.demangle.FunctionName;

/**
 * A profile for flamegraph.pl, speedscope and what else reads stacks as lines of text: for each function that ran its image,
 * the directories and the file that it is in, the function, and the sum of its counters.
 */
final class CollapsedStacks {
    private CollapsedStacks() {}

    /** The lines. */
    static String of(ImageProfile image) {
        return image.content().functions().stream()
                .filter(function -> function.total() != 0)
                .map(function -> stack(image, function.name()) + " " + function.total() + "\n")
                .sorted()
                .collect(Collectors.joining());
    }

    private static String stack(ImageProfile image, String function) {
        return Stream.of(
                        Stream.of(image.name()),
                        Stream.of(image.file(function).split("/", -1)).filter(name -> !name.isEmpty()),
                        Stream.of(FunctionName.of(function).readable()))
                .flatMap(frames -> frames)
                .map(frame -> frame.replace(';', ':'))
                .collect(Collectors.joining(";"));
    }
}
