// The page of a key that was made just now. Its address becomes that of the list: to load it again would make another key.
import "./parts/copy.js";

history.replaceState(null, "", "/console/system/keys");
