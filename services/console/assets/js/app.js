// What every page loads.
import "htmx.org";
import "./parts/htmx.js";
import "./parts/theme.js";
import "./parts/times.js";
import "./parts/dialogs.js";
import "./parts/forms.js";
import "./parts/told.js";
