package org.pgofs.daemon.profile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.pgofs.profdata.read.IndexedContent;
import org.pgofs.profdata.read.IndexedReader;
import org.pgofs.profraw.ParsedProfile;
import org.pgofs.profraw.RawProfileReader;

/** Reads profiles image by image: those that a mount serves, and those in files. */
public final class ImageProfiles {
    private ImageProfiles() {}

    /**
     * All that a mount serves.
     *
     * @param mountPoint null for the only one
     * @return of each image that has counts
     * @throws IOException if they cannot be read, or nothing has counted; the message is one line
     */
    public static List<ImageProfile> served(Path mountPoint) throws IOException {
        ServedImages images = ServedImages.of(mountPoint);
        List<ImageProfile> profiles = new ArrayList<>();
        for (ServedImage image : images.list()) {
            if (image.hasCounts()) {
                profiles.add(served(images, image));
            }
        }
        if (profiles.isEmpty()) {
            throw ImageChoice.nothing();
        }
        return profiles;
    }

    /**
     * What a word means.
     *
     * @param word a file with a profile, or else an image of a mount
     * @param mountPoint null for the only one
     * @return of each image that is in it
     * @throws IOException if there is none, or it cannot be read; the message is one line
     */
    public static List<ImageProfile> of(String word, Path mountPoint) throws IOException {
        if (ProfileWord.isProfile(word)) {
            return file(ProfileWord.path(word));
        }
        ServedImages images = ServedImages.of(mountPoint);
        return List.of(served(images, ImageChoice.of(images.list(), word)));
    }

    private static ImageProfile served(ServedImages images, ServedImage image) throws IOException {
        Path file = images.file(image, "profraw");
        Instant now = Instant.now();
        ByteBuffer bytes = ProfileInput.bytes(file);
        try {
            return served(image, now, bytes, IndexedReader.read(ProfileInput.indexed(image.name(), bytes.duplicate())));
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /** An image whose raw profile was read, of which also the content is known. */
    static ImageProfile served(ServedImage image, Instant read, ByteBuffer raw, IndexedContent content)
            throws IOException {
        List<ParsedProfile> profiles = RawProfileReader.readAll(raw.duplicate().order(ByteOrder.LITTLE_ENDIAN));
        return new ImageProfile(
                image.name(),
                image.program(),
                image.buildId(),
                image.processes(),
                image.since(),
                text(read),
                content,
                profiles.isEmpty()
                        ? Map.of()
                        : FilesOfFunctions.of(profiles.get(0).names()));
    }

    private static List<ImageProfile> file(Path file) throws IOException {
        try {
            ByteBuffer bytes = ProfileInput.bytes(file);
            String written = text(Files.getLastModifiedTime(file).toInstant());
            String name = file.getFileName().toString();
            return RawProfileReader.isRaw(bytes)
                    ? raw(name, written, bytes)
                    : List.of(new ImageProfile(
                            name,
                            null,
                            "",
                            null,
                            null,
                            written,
                            IndexedReader.read(ProfileInput.indexed(name, bytes)),
                            Map.of()));
        } catch (NoSuchFileException e) {
            throw new IOException(file + " does not exist", e);
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /** A file of raw profiles has one of each image. */
    private static List<ImageProfile> raw(String name, String written, ByteBuffer bytes) throws IOException {
        List<ParsedProfile> images = RawProfileReader.readAll(bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN));
        List<ImageProfile> profiles = new ArrayList<>();
        for (ParsedProfile image : images) {
            ByteBuffer own = bytes.slice(image.begin(), image.size()).order(ByteOrder.LITTLE_ENDIAN);
            String number = images.size() == 1 ? "" : ", image " + (profiles.size() + 1);
            profiles.add(new ImageProfile(
                    name + number,
                    null,
                    buildId(image.binaryIds().duplicate().order(ByteOrder.LITTLE_ENDIAN)),
                    null,
                    null,
                    written,
                    IndexedReader.read(ProfileInput.indexed(name, own)),
                    FilesOfFunctions.of(image.names())));
        }
        return profiles;
    }

    /** The first one. */
    private static String buildId(ByteBuffer binaryIds) {
        if (binaryIds.remaining() < Long.BYTES) {
            return "";
        }
        byte[] id = new byte[(int) Math.min(binaryIds.getLong(), binaryIds.remaining())];
        binaryIds.get(id);
        return HexFormat.of().formatHex(id);
    }

    private static String text(Instant moment) {
        return moment.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
