/** Takes the pictures of the page that the READMEs show: `npm run pictures`. A simulated Panda pushes in lockstep, so that they show the same on any machine. */
import { join } from "node:path";
import type { BrowserContextOptions } from "playwright-core";
import sharp from "sharp";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { openBrowser } from "../helpers/browser.ts";
import { startCli } from "../helpers/cli.ts";
import { until } from "../helpers/until.ts";

const DECISIONS = 6;
const SHOTS: Readonly<Record<string, { readonly width: number; readonly height: number; readonly options: BrowserContextOptions }>> = {
  page: { width: 1400, height: 1010, options: {} },
  "page-phone": { width: 390, height: 844, options: { colorScheme: "dark", isMobile: true, hasTouch: true } },
};

for (const [name, { width, height, options }] of Object.entries(SHOTS)) {
  const running = startCli([
    "run",
    "launch/panda-push.launch.yaml",
    "dashboard.port:=0",
    "dashboard.lifecycle:=ready",
    "backend.mode:=lockstep",
  ]);
  const watched = await openBrowser({ width, height }, options);
  const { page } = watched;
  await page.goto(/page: (\S+)/.exec(await running.saw(/page: \S+/))![1]!);
  await until("the arm is drawn", async () => (await page.getAttribute("#space", "data-goal-at")) !== null);
  await page.getByRole("button", { name: "Start" }).click();
  await until(
    "it is on its way",
    async () => Number(/(\d+) decisions/.exec((await page.textContent("#sentence")) ?? "")?.[1] ?? 0) >= DECISIONS,
  );
  await page.getByRole("button", { name: "Hold", exact: true }).click();
  await until("it rests, drawn as it is", async () => (await page.getAttribute("body", "data-agent")) === "holding");
  await page.waitForTimeout(1000);
  await sharp(await page.screenshot())
    .png({ palette: true })
    .toFile(join(packageRoot, `runtime/dashboard/${name}.png`));
  await watched.close();
  running.child.kill("SIGINT");
  await running.result;
}
