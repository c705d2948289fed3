// What is said to who pressed the button.
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

// Of the recognizer's answer: whether somebody was signed, and lines to show.
export function answered({ signed, faces }) {
  if (signed.length) return { good: true, lines: signed.map(line) };
  if (!faces) return { good: false, lines: ["No face was seen.", "Look into the camera, and press the button again."] };
  return { good: false, lines: ["Nobody here is known.", "Come closer and press the button again, or ask to be enrolled."] };
}

function line({ name, direction, at, repeated }) {
  const way = direction === "in" ? "in" : "out", time = clock.format(new Date(at));
  return repeated ? `${name} is signed ${way} already, since ${time}` : `${name} signed ${way} at ${time}`;
}
