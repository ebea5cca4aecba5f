package org.pgofs.benchmarks;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Rectangle;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;
import org.jfree.svg.SVGGraphics2D;

/**
 * Draws what {@code ./pgofs bench sweep} measured. Standard input has lines of four fields with tabs between them: what
 * grows, how much of it there is, what is done, and how long that takes in us. Writes a chart for each thing that grows, as
 * {@code DIRECTORY/sweep-WHAT.svg}, and prints how the time grows with the last step: as the size to the power of a number.
 */
public final class SweepCharts {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 400;
    private static final double US_OF_A_MS = 1000;

    private SweepCharts() {}

    /**
     * Draws.
     *
     * @param args the directory
     * @throws IOException if it cannot be written
     */
    public static void main(String[] args) throws IOException {
        Map<String, Map<String, XYSeries>> charts = new LinkedHashMap<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] fields = line.split("\t");
                charts.computeIfAbsent(fields[0], key -> new LinkedHashMap<>())
                        .computeIfAbsent(fields[2], XYSeries::new)
                        .add(Double.parseDouble(fields[1]), Double.parseDouble(fields[3]) / US_OF_A_MS);
            }
        }
        for (Map.Entry<String, Map<String, XYSeries>> chart : charts.entrySet()) {
            XYSeriesCollection series = new XYSeriesCollection();
            for (XYSeries one : chart.getValue().values()) {
                series.addSeries(one);
                System.out.printf("%-10s %-16s grows as n^%.2f%n", chart.getKey(), one.getKey(), growth(one));
            }
            Files.writeString(Path.of(args[0], "sweep-" + chart.getKey() + ".svg"), draw(chart.getKey(), series));
        }
    }

    /** Of the last step: 1 is linear. */
    private static double growth(XYSeries series) {
        int last = series.getItemCount() - 1;
        double time = series.getY(last).doubleValue() / series.getY(last - 1).doubleValue();
        double size = series.getX(last).doubleValue() / series.getX(last - 1).doubleValue();
        return Math.log(time) / Math.log(size);
    }

    private static String draw(String what, XYSeriesCollection series) {
        JFreeChart chart = ChartFactory.createXYLineChart(null, what, "ms", series);
        XYPlot plot = chart.getXYPlot();
        plot.setDomainAxis(axis(what));
        plot.setRangeAxis(axis("ms"));
        plot.setBackgroundPaint(Color.WHITE);
        plot.setDomainGridlinePaint(Color.LIGHT_GRAY);
        plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer();
        renderer.setDefaultStroke(new BasicStroke(2));
        plot.setRenderer(renderer);
        SVGGraphics2D graphics = new SVGGraphics2D(WIDTH, HEIGHT);
        graphics.setDefsKeyPrefix("sweep-" + what); // the same bytes for the same numbers
        chart.draw(graphics, new Rectangle(0, 0, WIDTH, HEIGHT));
        return graphics.getSVGDocument();
    }

    private static LogAxis axis(String label) {
        LogAxis axis = new LogAxis(label);
        axis.setStandardTickUnits(NumberAxis.createIntegerTickUnits());
        return axis;
    }
}
