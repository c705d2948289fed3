// Whether sensitive pictures are shown: this browser remembers it; veiled is what they are until somebody has said so.
const MEMORY = "onlooker.sensitive";

export const shown = () => localStorage.getItem(MEMORY) === "show";
export const remember = (show) => localStorage.setItem(MEMORY, show ? "show" : "veil");
