// The banner keeps the room that it needed once: nothing under it moves while what it says comes and goes.
const banner = document.getElementById("banner");
let widthPx = 0;

new ResizeObserver(() => {
  if (banner.offsetWidth !== widthPx) banner.style.minHeight = "";
  widthPx = banner.offsetWidth;
  if (widthPx > 0) banner.style.minHeight = `${banner.offsetHeight}px`;
}).observe(banner);
