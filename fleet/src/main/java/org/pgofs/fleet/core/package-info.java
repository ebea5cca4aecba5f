/**
 * Adds up the profiles of one image, in any order and grouping: it knows neither where they come from nor what distributes the
 * work.
 */
package org.pgofs.fleet.core;
