package org.pgofs.daemon.guest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.pgofs.counters.kernel.KernelStatus;
import org.pgofs.fs.fuse.Mount;

/** The daemon of a mount, as a command sees it. */
public final class Daemon {
    private static final int MAX_ANSWER = 64 << 10;

    private final Path mountPoint;

    /**
     * That of a mount.
     *
     * @param mountPoint where it is mounted
     */
    public Daemon(Path mountPoint) {
        this.mountPoint = mountPoint;
    }

    /** Has a kernel attached or detached. */
    void ask(GuestRequest request) throws IOException {
        ask(".guests", request.encode());
    }

    /**
     * Has a request done.
     *
     * @param file which requests it takes, in {@code pgo/}
     * @param request what is written into it
     * @throws IOException if it was not done; the message is the daemon's
     */
    public void ask(String file, ByteBuffer request) throws IOException {
        String answer;
        try (FileChannel channel = open(file)) {
            channel.write(request);
            ByteBuffer bytes = ByteBuffer.allocate(MAX_ANSWER);
            int count = 0;
            while (count >= 0 && bytes.hasRemaining()) {
                count = channel.read(bytes);
            }
            answer = StandardCharsets.UTF_8.decode(bytes.flip()).toString();
        } catch (AccessDeniedException e) {
            throw new IOException("only root can attach, detach and add", e);
        }
        if (!answer.equals(RequestFile.DONE)) {
            throw new IOException(answer);
        }
    }

    private FileChannel open(String file) throws IOException {
        Mount.require(mountPoint);
        return FileChannel.open(
                mountPoint.resolve("pgo").resolve(file), StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** The fields of a machine in the status, if it is attached. */
    Optional<Map<String, String>> guest(String name) throws IOException {
        return named("guests", name);
    }

    /** The fields of the kernel that runs this machine, if it is attached. */
    Optional<Map<String, String>> runningKernel() throws IOException {
        return named("loaded", KernelStatus.VMLINUX);
    }

    /** The fields of an object of a name in a list of the status. */
    private Optional<Map<String, String>> named(String list, String name) throws IOException {
        try (JsonParser parser =
                new JsonFactory().createParser(Files.readString(mountPoint.resolve("pgo/.status.json")))) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.FIELD_NAME
                        && parser.currentName().equals(list)) {
                    return named(parser, name);
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Map<String, String>> named(JsonParser parser, String name) throws IOException {
        Map<String, String> fields = new HashMap<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() == JsonToken.START_OBJECT) {
                fields.clear();
            } else if (parser.currentToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                parser.nextToken();
                fields.put(field, parser.getText());
            } else if (parser.currentToken() == JsonToken.END_OBJECT && name.equals(fields.get("name"))) {
                return Optional.of(fields);
            }
        }
        return Optional.empty();
    }
}
