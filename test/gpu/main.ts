/** What the bundle for a GPU machine runs: `bench gpu` on a model package beside it. Bundled by test/gpu/bundle; not a test. */
import { parseArgs } from "node:util";
import { benchGpu, printBenchGpu } from "../../launch/measure/bench/gpu.ts";
import { boundedSkill } from "../../runtime/plan/bounded-skill.ts";
import { loadModelPackage } from "../../runtime/predict/model-package.ts";
import { push } from "../../skills/push/skill.ts";

/** That of the Panda's launch files: what a plan costs does not depend on it. */
const WORKSPACE = { minM: [0.25, -0.45, 0.01], maxM: [0.75, 0.45, 0.6], tableZM: 0, tableClearanceM: 0.01 } as const;

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    plans: { type: "string", default: "100" },
    samples: { type: "string", default: "64,128,512,2048" },
    json: { type: "boolean", default: false },
  },
});
const result = await benchGpu({
  model: await loadModelPackage(values.model ?? "model"),
  skill: boundedSkill(push, WORKSPACE),
  samples: values.samples.split(",").map(Number),
  plans: Number(values.plans),
  threads: 2,
  onProgress: (line) => console.error(line),
  signal: new AbortController().signal,
});
console.log(values.json ? JSON.stringify(result) : printBenchGpu(result));
