package org.pgofs.profraw;

/** Version 7: clang 13. */
final class RawLayout7 extends RawLayout {
    RawLayout7() {
        super(7, RawLayout8.HEADER, RawLayout8.RECORD);
    }
}
