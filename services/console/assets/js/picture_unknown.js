// The page of a picture of which nothing is known yet.
import { wait } from "./picture/wait.js";

wait(document.querySelector("[data-picture]"));
