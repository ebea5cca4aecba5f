package org.pgofs.counters;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.image.StoredImage;

/** What is asked for to choose images. */
class SelectionTest {
    private static Image image(long key) throws InvalidFileException {
        return StoredImage.restore(new TestTarget(Path.of("/"), key).image().array(), "any");
    }

    @Test
    void shouldAskOnlyForTheImagesThatAreToRemain() throws IOException, InvalidFileException {
        Image here = image(1);
        Image gone = image(2);
        Selection.All all = new Selection.All() {
            @Override
            public List<Image> list() {
                throw new IllegalStateException("asked for all");
            }

            @Override
            public boolean has(Image image) {
                return image == here;
            }
        };
        assertEquals(List.of(here), Selection.remaining(List.of(here, gone)).among(all));
        assertEquals(List.of(here), Selection.remaining(List.of(here, gone)).of(List.of(image(3), here)));
    }
}
