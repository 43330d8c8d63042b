// A plot as every view of the page draws it: over steps, as wide as its box, in the style sheet's colours.
import uPlot from "/uplot.js";

const made = new Set();

/** `over` names a step; `lines` are uPlot's series; `axisPx` is for the numbers; `range` of y, uPlot's. */
export function makeChart(box, { over, heightPx, lines, axisPx = 44, range, incrs }) {
  const ink = () => getComputedStyle(document.querySelector("h2")).color;
  const font = "12px system-ui, sans-serif";
  const axis = { stroke: ink, grid: { stroke: "#8883", width: 1 }, ticks: { show: false }, font };
  const options = {
    width: box.clientWidth,
    height: heightPx,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false }, y: range ? { range } : {} },
    axes: [
      { ...axis, size: 20, label: over, labelSize: 16, labelGap: 0, labelFont: font, ...(incrs ? { incrs } : {}) },
      { ...axis, size: axisPx },
    ],
    series: [{}, ...lines.map((line) => ({ points: { show: false }, ...line }))],
  };
  const chart = new uPlot(options, [[], ...lines.map(() => [])], box);
  new ResizeObserver(() => box.clientWidth > 0 && chart.setSize({ width: box.clientWidth, height: heightPx })).observe(box);
  made.add(chart);
  return chart;
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const chart of made) chart.redraw(false);
});
