package org.pgofs.daemon.profile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.pgofs.daemon.demangle.FunctionName;
import org.pgofs.profdata.read.ProfiledFunction;

/**
 * A profile for pprof and what else reads its format: each function that ran is a sample whose weight is the sum of its
 * counters. The numbers of fields are those of {@code profile.proto} of github.com/google/pprof.
 */
final class PprofFile {
    private final ProtoMessage profile = new ProtoMessage();
    private final Map<String, Integer> texts = new HashMap<>();
    private long functions;

    private PprofFile() {
        text("");
    }

    /** The bytes of the file. */
    static byte[] of(ImageProfile image) {
        PprofFile file = new PprofFile();
        file.write(image);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(file.profile.toBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void write(ImageProfile image) {
        profile.message(1, new ProtoMessage().number(1, text("counts")).number(2, text("count")));
        profile.message(
                3,
                new ProtoMessage()
                        .number(1, 1)
                        .number(5, text(image.program() == null ? image.name() : image.program()))
                        .number(6, text(image.buildId()))
                        .number(7, 1)
                        .number(8, 1));
        for (ProfiledFunction function : image.content().functions()) {
            long total = function.total();
            if (total != 0) {
                write(FunctionName.of(function.name()), image.file(function.name()), total);
            }
        }
        long end = Instant.parse(image.read()).getEpochSecond();
        long begin = image.since() == null ? end : Instant.parse(image.since()).getEpochSecond();
        profile.number(9, TimeUnit.SECONDS.toNanos(begin)).number(10, TimeUnit.SECONDS.toNanos(end - begin));
        profile.number(13, text("counts are entries of functions and of blocks in them, not time"));
    }

    private void write(FunctionName name, String file, long total) {
        long id = ++functions;
        profile.message(2, new ProtoMessage().number(1, id).number(2, total));
        profile.message(4, new ProtoMessage().number(1, id).number(2, 1).message(4, new ProtoMessage().number(1, id)));
        profile.message(
                5,
                new ProtoMessage()
                        .number(1, id)
                        .number(2, text(name.readable()))
                        .number(3, text(name.symbol()))
                        .number(4, text(file)));
    }

    /** The number of a text, which is written when it is new. */
    private int text(String text) {
        Integer known = texts.putIfAbsent(text, texts.size());
        if (known == null) {
            profile.text(6, text);
            return texts.size() - 1;
        }
        return known;
    }
}
