/** Distributes the work over the executors of Apache Spark, which is there only if somebody wants that. */
package org.pgofs.fleet.spark;
