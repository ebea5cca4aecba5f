package org.pgofs.profdata.format;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * Sorts as llvm-profdata does, which leaves equal elements of more than 16 in an order that depends on how it sorts: that of
 * the C++ library of GCC (introsort). Otherwise the bytes of a profile would differ, and nothing else.
 *
 * @param <T> what is sorted
 */
public final class UnstableSort<T> {
    private static final int THRESHOLD = 16;

    private final List<T> list;
    private final Comparator<? super T> order;

    private UnstableSort(List<T> list, Comparator<? super T> order) {
        this.list = list;
        this.order = order;
    }

    /**
     * Sorts a list in place.
     *
     * @param <T> what is sorted
     * @param list quick to look into at any place, and can be changed
     * @param order by which it is sorted
     */
    public static <T> void sort(List<T> list, Comparator<? super T> order) {
        UnstableSort<T> sort = new UnstableSort<>(list, order);
        int depth = list.isEmpty() ? 0 : 2 * (Integer.SIZE - 1 - Integer.numberOfLeadingZeros(list.size()));
        sort.partition(0, list.size(), depth);
        sort.insert();
    }

    private boolean isLess(int a, int b) {
        return order.compare(list.get(a), list.get(b)) < 0;
    }

    private void partition(int begin, int end, int depth) {
        int last = end;
        for (int left = depth; last - begin > THRESHOLD; left--) {
            if (left == 0) {
                list.subList(begin, last).sort(order);
                return;
            }
            medianToFront(begin, begin + 1, begin + (last - begin) / 2, last - 1);
            int cut = cut(begin, last);
            partition(cut, last, left - 1);
            last = cut;
        }
    }

    private void medianToFront(int front, int a, int b, int c) {
        int low = isLess(a, b) ? a : b;
        int high = low == a ? b : a;
        Collections.swap(list, front, isLess(high, c) ? high : isLess(low, c) ? c : low);
    }

    /** Exchanges what is on the wrong side of the first element; returns where the second side begins. */
    private int cut(int pivot, int end) {
        int low = pivot + 1;
        int high = end;
        while (true) {
            while (isLess(low, pivot)) {
                low++;
            }
            high--;
            while (isLess(pivot, high)) {
                high--;
            }
            if (low >= high) {
                return low;
            }
            Collections.swap(list, low, high);
            low++;
        }
    }

    private void insert() {
        for (int i = 1; i < list.size(); i++) {
            T element = list.get(i);
            int at = i;
            while (at > 0 && order.compare(element, list.get(at - 1)) < 0) {
                list.set(at, list.get(at - 1));
                at--;
            }
            list.set(at, element);
        }
    }
}
