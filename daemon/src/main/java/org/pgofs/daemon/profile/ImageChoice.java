package org.pgofs.daemon.profile;

import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Which image a word means: one of that name, the newest build with counts of a program of that name, or the program of a
 * process.
 */
final class ImageChoice {
    private static final String PID = "[0-9]+";

    private final List<ServedImage> images;
    private final String word;

    private ImageChoice(List<ServedImage> images, String word) {
        this.images = images;
        this.word = word;
    }

    /**
     * Chooses.
     *
     * @param images all, the newest first
     * @param word null if there is only one to choose from
     * @throws IOException if no image is meant, or none that has counts; the message says which there are
     */
    static ServedImage of(List<ServedImage> images, String word) throws IOException {
        ImageChoice choice = new ImageChoice(images, word);
        return word == null ? choice.onlyProgram() : choice.named();
    }

    private ServedImage onlyProgram() throws IOException {
        List<String> programs = images.stream()
                .filter(ServedImage::hasCounts)
                .map(ServedImage::programName)
                .distinct()
                .toList();
        if (programs.isEmpty()) {
            throw nothing();
        }
        if (programs.size() > 1) {
            throw new IOException("several programs have counts, name one: " + list(programs));
        }
        return newest(image -> image.programName().equals(programs.get(0)));
    }

    /** What is wrong if no image has counts. */
    static IOException nothing() {
        return new IOException("nothing has counted: is the program instrumented, and did it run since the last reset?"
                + " pgofs doctor PROGRAM tells");
    }

    private ServedImage named() throws IOException {
        if (has(image -> image.name().equals(word))) {
            return newest(image -> image.name().equals(word));
        }
        if (has(image -> image.programName().equals(word))) {
            return newest(image -> image.programName().equals(word));
        }
        if (word.matches(PID)) {
            return ofProcess();
        }
        throw new IOException("there is no image of " + word + "; there are "
                + (images.isEmpty() ? "none at all" : list(names(images))));
    }

    private ServedImage ofProcess() throws IOException {
        List<ServedImage> ofPid = images.stream()
                .filter(image -> image.live().stream().anyMatch(pid -> word.equals(pid.toString())))
                .toList();
        if (ofPid.isEmpty()) {
            throw new IOException("no process " + word + " counts here: pgofs status shows those that do");
        }
        String program = ServedImages.program(Long.parseLong(word));
        List<ServedImage> candidates = ofPid.size() == 1
                ? ofPid
                : ofPid.stream()
                        .filter(image -> image.programName().equals(program))
                        .toList();
        if (candidates.size() != 1) {
            throw new IOException("process " + word + " has several images, name one: " + list(names(ofPid)));
        }
        return newest(candidates::contains);
    }

    private boolean has(Predicate<ServedImage> condition) {
        return images.stream().anyMatch(condition);
    }

    /** The newest that has counts. */
    private ServedImage newest(Predicate<ServedImage> condition) throws IOException {
        List<ServedImage> meant = images.stream().filter(condition).toList();
        return meant.stream()
                .filter(ServedImage::hasCounts)
                .findFirst()
                .orElseThrow(() -> new IOException(list(names(meant)) + " has counted nothing since "
                        + meant.get(0).since() + ": run the load, and collect again"));
    }

    private static List<String> names(List<ServedImage> images) {
        return images.stream().map(ServedImage::name).toList();
    }

    private static String list(List<String> words) {
        return words.stream().sorted().collect(Collectors.joining(", "));
    }
}
