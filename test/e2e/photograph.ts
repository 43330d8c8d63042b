/** Takes the pictures of the page that the READMEs show: `npm run pictures`. A simulated Panda carries a cube in lockstep, so that they show the same on any machine. */
import { join } from "node:path";
import type { BrowserContextOptions } from "playwright-core";
import sharp from "sharp";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { openBrowser } from "../helpers/browser.ts";
import { startCli } from "../helpers/cli.ts";
import { until } from "../helpers/until.ts";

const DECISIONS = 18;
const SHOTS: Readonly<Record<string, { readonly width: number; readonly height: number; readonly options: BrowserContextOptions }>> = {
  page: { width: 1400, height: 1010, options: {} },
  "page-phone": { width: 390, height: 844, options: { colorScheme: "dark", isMobile: true, hasTouch: true } },
};
/** Within the page: on a busy machine the task would be over before a click from here arrives. */
const HOLD_ON_ITS_WAY = `new MutationObserver((_, observer) => {
  if (!(Number(/(\\d+) decisions/.exec(document.getElementById("sentence").textContent)?.[1]) >= ${DECISIONS})) return;
  observer.disconnect();
  document.querySelector('[data-command="hold"]').click();
}).observe(document.getElementById("sentence"), { childList: true })`;

for (const [name, { width, height, options }] of Object.entries(SHOTS)) {
  const running = startCli([
    "run",
    "launch/panda-pick-place.launch.yaml",
    "dashboard.port:=0",
    "dashboard.lifecycle:=ready",
    "backend.mode:=lockstep",
  ]);
  try {
    await photograph(running, name, { width, height, options });
  } finally {
    running.child.kill("SIGINT");
    await running.result;
  }
}

async function photograph(
  running: ReturnType<typeof startCli>,
  name: string,
  { width, height, options }: (typeof SHOTS)[string],
): Promise<void> {
  const watched = await openBrowser({ width, height }, options);
  const { page } = watched;
  await page.goto(/page: (\S+)/.exec(await running.saw(/page: \S+/))![1]!);
  await until("the arm is drawn", async () => (await page.getAttribute("#space", "data-goal-at")) !== null);
  await page.evaluate(HOLD_ON_ITS_WAY);
  await page.getByRole("button", { name: "Start" }).click();
  await until("it rests, drawn as it is", async () => (await page.getAttribute("body", "data-agent")) === "holding");
  await page.waitForTimeout(1000);
  await sharp(await page.screenshot())
    .png({ palette: true })
    .toFile(join(packageRoot, `runtime/dashboard/${name}.png`));
  await watched.close();
}
