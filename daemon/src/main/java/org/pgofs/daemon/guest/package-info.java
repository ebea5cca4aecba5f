/** Kernels in virtual machines: what their files say, and the commands that attach them. */
package org.pgofs.daemon.guest;
