/**
 * An executable or shared library as its image file describes it: functions, names, link-time addresses.
 */
package org.pgofs.counters.image;
