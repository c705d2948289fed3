// Whether something moves before a camera: compared are tiny pictures, in the browser.
const SIDE = 32; // pixels of a picture that is compared
const STIRRED = 8; // of 255: the mean difference that noise and light do not make
const AWAKE = 20000; // milliseconds after the last movement

// Returns a function that says whether somebody moved there lately; to be asked about once a second.
export function movement(camera) {
  let before, until = Date.now() + AWAKE;
  return () => {
    const canvas = camera.picture(SIDE);
    const now = canvas?.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    if (now && before?.length === now.length && difference(before, now) > STIRRED) until = Date.now() + AWAKE;
    before = now;
    return Date.now() < until;
  };
}

function difference(one, other) {
  let sum = 0;
  for (let at = 0; at < one.length; at += 4) sum += Math.abs(one[at + 1] - other[at + 1]); // green: most of brightness
  return sum / (one.length / 4);
}
