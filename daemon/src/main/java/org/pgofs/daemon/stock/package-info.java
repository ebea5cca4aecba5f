/** Programs with the compiler's own runtime: what their files say, and the commands that attach them. */
package org.pgofs.daemon.stock;
