// The parts of ECharts that are drawn with. What is hovered is told by our own element (tip.js), not by its tooltips:
// those need inline styles, and take names for templates.
import { BarChart, LineChart, PieChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, PieChart, GridComponent, CanvasRenderer]);

export { init };
