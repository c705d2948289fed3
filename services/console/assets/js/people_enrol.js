// Enrols somebody: pictures by the camera, which says whether the one it has would do, and from files.
import { choose } from "./people_enrol/chosen.js";
import { viewfinder } from "./people_enrol/viewfinder.js";

const form = document.querySelector("[data-enrol]");
if (form) {
  const add = choose(form);
  viewfinder(form.querySelector("[data-camera]"), add);
}
