package org.pgofs.daemon.profile;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.image.Names;
import org.pgofs.daemon.demangle.FunctionName;

/**
 * In which files functions are. A profile names the file of each function that others cannot call, and has the names of a
 * translation unit together: so its other functions are of the same file. What several units have is of a header.
 */
final class FilesOfFunctions implements Names.Visitor {
    /** Stands for a file that is not known. */
    private static final String NONE = "";

    private final ByteArrayOutputStream name = new ByteArrayOutputStream();
    private final List<String> unit = new ArrayList<>();
    private final Set<String> filesOfUnit = new HashSet<>();
    private final Map<String, String> files = new HashMap<>();

    private FilesOfFunctions() {}

    /**
     * Finds them.
     *
     * @param names of the functions, as the compiler made them
     * @return files by the names of functions, a character for each byte, of those whose own name has none
     */
    static Map<String, String> of(ByteBuffer names) {
        FilesOfFunctions found = new FilesOfFunctions();
        try {
            Names.read(names, found);
        } catch (InvalidFileException e) {
            return Map.of(); // whoever reads the profile says so
        }
        found.files.values().removeIf(NONE::equals);
        return found.files;
    }

    @Override
    public void part(byte[] bytes, int offset, int length) {
        name.write(bytes, offset, length);
    }

    @Override
    public void end() {
        String own = name.toString(StandardCharsets.ISO_8859_1);
        name.reset();
        String file = FunctionName.of(own).file();
        if (file.isEmpty()) {
            unit.add(own);
        } else {
            filesOfUnit.add(file);
        }
    }

    @Override
    public void endOfUnit() {
        // After optimisation across units one has functions of several files.
        String file = filesOfUnit.size() == 1 ? filesOfUnit.iterator().next() : NONE;
        unit.forEach(function -> files.merge(function, file, (other, same) -> other.equals(same) ? same : NONE));
        unit.clear();
        filesOfUnit.clear();
    }
}
