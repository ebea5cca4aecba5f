package org.pgofs.fleet.ship;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pgofs.daemon.client.ServedMount;
import org.pgofs.daemon.json.JsonTree;

/** A mount on this machine. */
final class CountedMount implements Counted {
    /** As the daemon has it. */
    private static final String HELD_TAKE = ".held-take";

    private static final int HEADER = 4096;

    private final Path mountPoint;

    CountedMount(Path mountPoint) {
        this.mountPoint = mountPoint;
    }

    @Override
    public Said ask() throws IOException {
        Map<?, ?> status = JsonTree.object(ServedMount.of(mountPoint).read(".status.json"));
        if (!(status.get("takes") instanceof Map<?, ?> takes)) {
            throw new IOException("the daemon of " + mountPoint + " is of an older pgofs, whose takes have no numbers:"
                    + " pgofs umount " + mountPoint + ", and mount it again");
        }
        Map<String, Long> keepers = new HashMap<>();
        ((Map<?, ?>) takes.get("keepers")).forEach((keeper, number) -> keepers.put((String) keeper, (Long) number));
        List<String> images = new ArrayList<>();
        for (Object image : (List<?>) status.get("images")) {
            Map<?, ?> fields = (Map<?, ?>) image;
            if ((Long) fields.get("nonzero_counters") > 0) {
                images.add((String) fields.get("name"));
            }
        }
        Map<String, List<String>> dropped = new HashMap<>();
        for (Object file : (List<?>) status.get("dropped")) {
            Map<?, ?> fields = (Map<?, ?>) file;
            dropped.computeIfAbsent((String) fields.get("file"), name -> new ArrayList<>())
                    .add((String) fields.get("reason"));
        }
        List<String> attention = ((List<?>) status.get("attention"))
                .stream().map(String.class::cast).toList();
        return new Said((String) takes.get("store"), keepers, attention, images, dropped);
    }

    @Override
    public Held hold(String image) throws IOException {
        Path file = mountPoint.resolve("pgo/images").resolve(image).resolve(HELD_TAKE);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            return new HeldImage(channel);
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    private static final class HeldImage implements Held {
        private final FileChannel channel;
        private final Map<?, ?> header;
        private final byte[] profile;

        HeldImage(FileChannel channel) throws IOException {
            this.channel = channel;
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
            while (bytes.hasRemaining()) {
                if (channel.read(bytes) < 0) {
                    throw new EOFException("the take is shorter than it was said to be");
                }
            }
            header = JsonTree.object(new String(bytes.array(), 0, HEADER, StandardCharsets.UTF_8));
            profile = new byte[bytes.capacity() - HEADER];
            bytes.position(HEADER).get(profile);
        }

        @Override
        public Map<?, ?> header() {
            return header;
        }

        @Override
        public byte[] profile() {
            return profile;
        }

        @Override
        public void commit(String keeper) throws IOException {
            channel.write(StandardCharsets.US_ASCII.encode("commit " + keeper), 0);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
