// The page of a channel whose secret was made just now. Its address becomes that of the list: to load it again would make another.
import "./parts/copy.js";

history.replaceState(null, "", "/console/alerts/channels");
