/**
 * The files that programs publish: found in the segment directory, checked, joined to images, and folded when nobody uses
 * them any more.
 */
package org.pgofs.counters.segment;
