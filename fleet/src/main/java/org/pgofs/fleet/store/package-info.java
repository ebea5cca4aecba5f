/** Where the pieces of a fleet lie: the names of objects, what is said beside each piece, and the stores that hold them. */
package org.pgofs.fleet.store;
