// Opens one of the device's cameras, and says in words why that does not work.
const SIZE = { width: { ideal: 1920 }, height: { ideal: 1080 } }; // recognition looks at no more than 2,048 pixels
const WORDS = {
  NotAllowedError: "The camera may not be used. Allow it for this page in the browser's settings, often behind a sign beside the address, then try again.",
  NotFoundError: "No camera was found. Connect one and try again, or choose a picture instead.",
};
const INSECURE = "Browsers let a page use the camera only over HTTPS, or on the machine that Onlooker runs on. Open the console that way, or choose a picture instead.";
const OTHERWISE = "The camera could not be started. Try again, or choose a picture instead.";
export const BUSY = "The camera does not answer. Perhaps another program is using it: close that, then try again.";

export class CameraError extends Error {}

// Returns the stream of the camera that faces "user" or "environment", where there are several. Throws a CameraError.
export async function openCamera(facing) {
  if (!navigator.mediaDevices?.getUserMedia) throw new CameraError(INSECURE);
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { facingMode: facing, ...SIZE } });
  } catch (error) {
    throw new CameraError(error.name === "NotReadableError" ? BUSY : WORDS[error.name] ?? OTHERWISE);
  }
}

export const closeCamera = (stream) => stream?.getTracks().forEach((track) => track.stop());

// Whether its picture is to be shown as in a mirror: one looks into it. What does not say so is a computer's.
export function isMirror(stream) {
  const facing = stream.getVideoTracks()[0].getSettings().facingMode;
  return facing ? facing === "user" : true;
}

export const countCameras = async () =>
  (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput").length;
