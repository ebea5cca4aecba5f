package org.pgofs.counters.counts;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntToLongFunction;
import org.pgofs.counters.image.StoredImage;

/**
 * How much memory the values of live processes may take up while one request is served: what is left of the bounds of
 * the users whose processes they are. Guarded by the store's lock.
 */
public final class ValueRoom {
    private final IntToLongFunction ofUser;
    private final LeavingOut leavingOut;
    private final Map<Integer, Long> left = new HashMap<>();
    private long total;

    /** Is told of values for which there is no room. */
    public interface LeavingOut {
        /**
         * Notes that some values of an image are left out.
         *
         * @param user whose processes observed them
         */
        void note(StoredImage image, int user);
    }

    /**
     * Room for one request.
     *
     * @param total bytes for all users together
     * @param ofUser bytes for a user
     */
    public ValueRoom(long total, IntToLongFunction ofUser, LeavingOut leavingOut) {
        this.total = total;
        this.ofUser = ofUser;
        this.leavingOut = leavingOut;
    }

    private long left(int user) {
        return Math.min(total, left.computeIfAbsent(user, ofUser::applyAsLong));
    }

    private void take(int user, long bytes) {
        total -= bytes;
        left.merge(user, -bytes, Long::sum);
    }

    /** The values of a member, as far as there is room for them: the list says whether there was. */
    ValueList list(MemberReader reader, Member member, StoredImage image) throws IOException {
        int user = member.owner();
        ValueList list = new ValueList(left(user) / ValueList.BYTES);
        reader.addValues(member, image, list);
        take(user, (long) list.size() * ValueList.BYTES);
        if (list.isFull()) {
            leavingOut.note(image, user);
        }
        return list;
    }

    /** Where values of a member are: in its memory, or in a list. */
    interface Source {
        void addTo(ValueSink sink) throws IOException;
    }

    /** Adds the values of a member to a sum, as far as there is room for them. */
    void addTo(ValueCounts sum, Member member, StoredImage image, Source source) throws IOException {
        int user = member.owner();
        long before = sum.size();
        boolean wasFull = sum.isFull();
        sum.setRoom(left(user) / ValueCounts.CHARGED_BYTES);
        source.addTo(sum);
        sum.setRoom(Long.MAX_VALUE);
        take(user, (sum.size() - before) * ValueCounts.CHARGED_BYTES);
        if (sum.isFull() && !wasFull) {
            leavingOut.note(image, user);
        }
    }
}
