package org.pgofs.profraw;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.pgofs.counters.format.Variant;

/** Whole files, for tests. */
final class TestFiles {
    private TestFiles() {}

    /** An image's profile in a version, read at once. */
    static ByteBuffer bytes(TestImage image, int number) {
        return bytes(new RawProfile(image, RawLayouts.of(number)).with(image.snapshot()));
    }

    /** The profiles of images in a version, one after another. */
    static RawBytes sequence(List<TestImage> images, int number) {
        return profiles(images, number)
                .with(images.stream().map(TestImage::snapshot).toList());
    }

    /** The same without counts. */
    static RawProfileSequence profiles(List<TestImage> images, int number) {
        RawLayout layout = RawLayouts.of(number);
        return new RawProfileSequence(
                images.stream().map(image -> new RawProfile(image, layout)).toList());
    }

    static ByteBuffer bytes(RawBytes source) {
        ByteBuffer file = ByteBuffer.allocate(Math.toIntExact(source.size())).order(ByteOrder.LITTLE_ENDIAN);
        source.read(0, file);
        return file.flip();
    }

    static void write(Path file, ByteBuffer bytes) {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.write(bytes.duplicate());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The only profile of a file. */
    static ParsedProfile parse(ByteBuffer file) throws MalformedProfileException {
        List<ParsedProfile> all = RawProfileReader.readAll(file);
        if (all.size() != 1) {
            throw new AssertionError(all.size() + " profiles");
        }
        return all.get(0);
    }

    /**
     * A profile's bytes with 0 where the program's addresses are. These move with the program; all of them are listed
     * here.
     */
    static ByteBuffer withoutAddresses(ByteBuffer file, ParsedProfile profile) {
        boolean isNew = Variant.version(profile.rawVersion()) == 10;
        ByteBuffer copy = ByteBuffer.allocate(profile.size()).order(ByteOrder.LITTLE_ENDIAN);
        copy.put(file.slice(profile.begin(), profile.size())).flip();
        IntStream header = isNew
                ? IntStream.of(80, 88, 96) // counters delta, bitmaps delta, names delta
                : IntStream.of(64, 72); // counters delta, names delta
        header.forEach(at -> copy.putLong(at, 0));
        int[] record = isNew
                ? new int[] {16, 24, 40} // counter pointer, bitmap pointer, values
                : new int[] {16, 32}; // counter pointer, values
        int recordSize = isNew ? 64 : 48;
        int recordsBegin = (isNew ? 128 : 88) + profile.binaryIds().remaining();
        for (int i = 0; i < profile.functions().size(); i++) {
            for (int at : record) {
                copy.putLong(recordsBegin + i * recordSize + at, 0);
            }
        }
        return copy;
    }

    /** The values of all sites of a profile or image, in their order, which a map would not compare. */
    static List<List<Map.Entry<Long, Long>>> values(TestImage image, int kinds) {
        List<List<Map.Entry<Long, Long>>> values = new ArrayList<>();
        for (TestImage.Function function : image.all()) {
            int sites = function.sites().stream()
                    .limit(kinds)
                    .mapToInt(Integer::intValue)
                    .sum();
            for (int site = 0; site < sites; site++) {
                values.add(List.copyOf(
                        image.values().at(function.valueSite() + site).entrySet()));
            }
        }
        return values;
    }
}
