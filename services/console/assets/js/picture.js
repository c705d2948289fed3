// The page of one picture.
import "./parts/copy.js";
import { draw } from "./picture/draw.js";
import { groups } from "./picture/groups.js";
import { highlight } from "./picture/highlight.js";
import "./picture/json.js";
import { keys } from "./picture/keys.js";
import { unveil } from "./picture/veil.js";
import { wait } from "./picture/wait.js";
import { zoom } from "./picture/zoom.js";

const page = document.querySelector("[data-picture]");
const stage = document.querySelector("[data-stage]");
keys(stage);
wait(page);
if (stage) {
  highlight(stage.querySelector("[data-overlay]"));
  groups(stage);
  unveil(stage);
  zoom(stage);
  draw(stage);
}

const meant = document.getElementById(location.hash.slice(1)); // the face that somebody said something of
if (meant?.nodeName === "DETAILS") meant.open = true;
