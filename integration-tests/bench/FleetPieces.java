import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Names;
import org.pgofs.fleet.store.ImageId;
import org.pgofs.fleet.store.PieceInfo;
import org.pgofs.fleet.store.PieceName;
import org.pgofs.profraw.ParsedFunction;
import org.pgofs.profraw.ParsedImage;
import org.pgofs.profraw.ParsedProfile;
import org.pgofs.profraw.RawBytes;
import org.pgofs.profraw.RawLayouts;
import org.pgofs.profraw.RawProfile;
import org.pgofs.profraw.RawProfileReader;
import org.pgofs.profraw.RawProfileSequence;

/**
 * Makes pieces of an image, as a store has them and as files for llvm-profdata. One function in 50 has run in each, another
 * one each time. Arguments: DIRECTORY PIECES FUNCTIONS RAW-VERSION.
 */
final class FleetPieces {
    private static final int COUNTERS = 4;
    private static final int HOSTS = 100;
    private static final int ONE_RAN_OF = 50;

    private FleetPieces() {}

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        int pieces = Integer.parseInt(args[1]);
        int functions = Integer.parseInt(args[2]);
        int version = Integer.parseInt(args[3]);
        ByteBuffer raw = raw(functions, version);
        int counters = RawProfileReader.readAll(raw).get(0).countersBegin();
        Path files = Files.createDirectories(directory.resolve("raw"));
        Instant hour = Instant.parse("2026-01-05T16:00:00Z");
        Random random = new Random(1);
        for (int piece = 0; piece < pieces; piece++) {
            byte[] bytes = raw.array().clone();
            ByteBuffer target = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            for (int ran = functions / ONE_RAN_OF; ran > 0; ran--) {
                int function = random.nextInt(functions);
                for (int i = 0; i < COUNTERS; i++) {
                    target.putLong(counters + (function * COUNTERS + i) * Long.BYTES, random.nextInt(100_000));
                }
            }
            String host = "host-" + piece % HOSTS;
            PieceName name = new PieceName(new ImageId("image", "0123456789abcdef"), "ir", hour, host, "0".repeat(32), piece);
            PieceInfo info = new PieceInfo(host, hour, hour, 1, 0, Variant.IR | version, bytes.length, List.of(), Map.of());
            write(directory.resolve("store").resolve(name.infoPath()), info.toJson().getBytes(StandardCharsets.UTF_8));
            write(directory.resolve("store").resolve(name.path()), Zstd.compress(bytes, 1));
            Files.write(files.resolve(piece + ".profraw"), bytes);
        }
    }

    /** Without the care for crashes, which takes most of the time. */
    private static void write(Path file, byte[] bytes) throws Exception {
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }

    /** An image of which nothing has run. */
    private static ByteBuffer raw(int count, int version) {
        List<ParsedFunction> functions = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = "function_with_a_name_" + i;
            byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            functions.add(new ParsedFunction(
                    new Names.Hash().of(bytes, 0, bytes.length), i, i * COUNTERS * Long.BYTES, COUNTERS, 0, 0,
                    0x1000 + i * 16L, 0, 0, List.of(0, 0, 0)));
            names.add(name);
        }
        ParsedImage image = new ParsedImage("image", new ParsedProfile(
                Variant.IR | version, functions, ByteBuffer.allocate(count * COUNTERS * Long.BYTES), ByteBuffer.allocate(0),
                ByteBuffer.wrap(blob(String.join("\u0001", names))), ByteBuffer.allocate(0), ByteBuffer.allocate(0),
                ByteBuffer.allocate(0), new ValueCounts(), 0, 0, 0, 0));
        RawBytes file = new RawProfileSequence(List.of(new RawProfile(image, RawLayouts.of(version))))
                .with(List.of(image.snapshot()));
        ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
        file.read(0, bytes);
        return bytes.flip();
    }

    private static byte[] blob(String joined) {
        ByteArrayOutputStream blob = new ByteArrayOutputStream();
        int size = joined.length();
        for (; size >= 0x80; size >>>= 7) {
            blob.write((size & 0x7f) | 0x80);
        }
        blob.write(size);
        blob.write(0);
        blob.writeBytes(joined.getBytes(StandardCharsets.UTF_8));
        return blob.toByteArray();
    }
}
