/** What writer and reader of indexed profiles both know of their format; it knows neither of them. */
package org.pgofs.profdata.format;
