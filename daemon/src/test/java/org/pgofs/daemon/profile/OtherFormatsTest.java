package org.pgofs.daemon.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.pgofs.profdata.read.IndexedContent;
import org.pgofs.profdata.read.ProfiledFunction;

/** Whatever a reader of the files takes for given. Real readers are asked by {@code CollectIT}. */
final class OtherFormatsTest {
    private static final ImageProfile IMAGE = image(
            function("zlib/inflate.c;step", 3, 4),
            function("main", 1L << 40),
            function("unused", 0, 0),
            function("_ZN3foo3barEi", 200),
            function("/usr/src/a b.c;_ZL4onlyv", -1, 5),
            function("helper", 7));

    private static ImageProfile image(ProfiledFunction... functions) {
        return new ImageProfile(
                "server-0123abcd",
                "/opt/server",
                "0123abcdef",
                "2 processes",
                "2026-01-01T00:00:00Z",
                "2026-01-01T00:01:30Z",
                new IndexedContent(7, List.of(functions), List.of()),
                Map.of("helper", "lib/helper.c"));
    }

    private static ProfiledFunction function(String name, long... counts) {
        ByteBuffer counters = ByteBuffer.allocate(counts.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        counters.asLongBuffer().put(counts);
        return new ProfiledFunction(name, 1, counters, ByteBuffer.allocate(0), List.of());
    }

    @Test
    void shouldMakeAStackOfEachFunctionThatRan() {
        assertEquals(
                List.of(
                        "server-0123abcd;foo::bar(int) 200",
                        "server-0123abcd;lib;helper.c;helper 7",
                        "server-0123abcd;main 1099511627776",
                        "server-0123abcd;usr;src;a b.c;only() " + Long.MAX_VALUE,
                        "server-0123abcd;zlib;inflate.c;step 7"),
                CollapsedStacks.of(IMAGE).lines().toList());
    }

    /** A frame must not become two, and a line not either. */
    @Test
    void shouldKeepFramesApart() {
        assertEquals("server-0123abcd;a:b.c;?what 1\n", CollapsedStacks.of(image(function("a;b.c;\nwhat", 1))));
    }

    @Test
    void shouldWriteWhatPprofReads() throws IOException {
        Message profile = Message.of(new GZIPInputStream(new ByteArrayInputStream(PprofFile.of(IMAGE))).readAllBytes());
        List<String> texts = profile.texts(6);
        assertEquals("", texts.get(0));
        assertEquals(texts.size(), texts.stream().distinct().count());

        Message type = profile.messages(1).get(0);
        assertEquals(
                List.of("counts", "count"),
                Stream.of(1, 2)
                        .map(field -> texts.get((int) type.number(field)))
                        .toList());
        Message mapping = profile.messages(3).get(0);
        assertEquals(1, mapping.number(1));
        assertEquals("/opt/server", texts.get((int) mapping.number(5)));
        assertEquals("0123abcdef", texts.get((int) mapping.number(6)));
        assertEquals(List.of(1L, 1L), List.of(mapping.number(7), mapping.number(8)), "names and files are known");
        assertEquals(1767225600L, TimeUnit.NANOSECONDS.toSeconds(profile.number(9)));
        assertEquals(90, TimeUnit.NANOSECONDS.toSeconds(profile.number(10)));
        assertEquals(
                "counts are entries of functions and of blocks in them, not time", texts.get((int) profile.number(13)));

        List<String> functions = new ArrayList<>();
        for (Message sample : profile.messages(2)) {
            Message location = withId(profile.messages(4), sample.number(1));
            assertEquals(1, location.number(2), "its mapping");
            Message function =
                    withId(profile.messages(5), location.messages(4).get(0).number(1));
            functions.add(String.join(
                    " | ",
                    "" + sample.number(2),
                    texts.get((int) function.number(2)),
                    texts.get((int) function.number(3)),
                    texts.get((int) function.number(4))));
        }
        assertEquals(
                List.of(
                        "7 | step | step | zlib/inflate.c",
                        "1099511627776 | main | main | ",
                        "200 | foo::bar(int) | _ZN3foo3barEi | ",
                        Long.MAX_VALUE + " | only() | _ZL4onlyv | /usr/src/a b.c",
                        "7 | helper | helper | lib/helper.c"),
                functions);
    }

    /** A profile of a file does not say since when it counts, nor where the program is. */
    @Test
    void shouldWriteWhatIsNotKnown() throws IOException {
        ImageProfile file =
                new ImageProfile("x.profdata", null, "", null, null, "2026-01-01T00:01:30Z", IMAGE.content(), Map.of());
        Message profile = Message.of(new GZIPInputStream(new ByteArrayInputStream(PprofFile.of(file))).readAllBytes());
        Message mapping = profile.messages(3).get(0);
        assertEquals("x.profdata", profile.texts(6).get((int) mapping.number(5)));
        assertEquals("", profile.texts(6).get((int) mapping.number(6)));
        assertEquals(1767225690L, TimeUnit.NANOSECONDS.toSeconds(profile.number(9)));
        assertEquals(0, profile.number(10));
    }

    private static Message withId(List<Message> messages, long id) {
        List<Message> found =
                messages.stream().filter(message -> message.number(1) == id).toList();
        assertEquals(1, found.size(), "messages with number " + id);
        assertNotEquals(0, id, "0 stands for none");
        return found.get(0);
    }

    /** A message of protocol buffers: numbers, and bytes that are texts or messages, by their fields. */
    private record Message(List<Field> fields) {
        record Field(int number, long value, ByteBuffer bytes) {}

        static Message of(byte[] bytes) {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            List<Field> fields = new ArrayList<>();
            while (in.hasRemaining()) {
                long tag = varint(in);
                long value = varint(in);
                if ((tag & 7) == 0) {
                    fields.add(new Field((int) (tag >> 3), value, null));
                } else {
                    assertEquals(2, tag & 7, "type of a field");
                    fields.add(new Field((int) (tag >> 3), 0, in.slice(in.position(), (int) value)));
                    in.position(in.position() + (int) value);
                }
            }
            return new Message(fields);
        }

        private static long varint(ByteBuffer in) {
            long value = 0;
            int shift = 0;
            byte next;
            do {
                next = in.get();
                value |= (next & 0x7fL) << shift;
                shift += 7;
            } while (next < 0);
            return value;
        }

        private Stream<Field> all(int number) {
            return fields.stream().filter(field -> field.number == number);
        }

        long number(int number) {
            return all(number).mapToLong(Field::value).sum();
        }

        List<String> texts(int number) {
            return all(number)
                    .map(field -> StandardCharsets.UTF_8
                            .decode(field.bytes.duplicate())
                            .toString())
                    .toList();
        }

        List<Message> messages(int number) {
            return all(number)
                    .map(field -> {
                        byte[] own = new byte[field.bytes.remaining()];
                        field.bytes.duplicate().get(own);
                        return of(own);
                    })
                    .toList();
        }
    }
}
