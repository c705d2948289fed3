// One panel of the dashboard, as a page of its own.
import "./dashboard.js";
