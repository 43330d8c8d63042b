// A button that acts while it is held, by finger, mouse or key, and not an instant longer than it takes to answer.
const AGAIN_MS = 150;

/** `press` is awaited, then called again while it is held; it says whether to go on. */
export function whileHeld(button, press) {
  let isHeld = false;
  const run = async () => {
    while (isHeld && (await press())) await new Promise((done) => setTimeout(done, AGAIN_MS));
    isHeld = false;
  };
  const hold = () => {
    if (isHeld) return;
    isHeld = true;
    run();
  };
  const letGo = () => {
    isHeld = false;
  };
  button.addEventListener("pointerdown", hold);
  for (const type of ["pointerup", "pointerleave", "pointercancel", "blur", "contextmenu"]) button.addEventListener(type, letGo);
  button.addEventListener("keydown", ({ key }) => (key === " " || key === "Enter") && hold());
  button.addEventListener("keyup", letGo);
  addEventListener("blur", letGo);
  document.addEventListener("visibilitychange", letGo);
}
