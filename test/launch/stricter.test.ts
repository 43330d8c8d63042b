/** Limits while the arm runs, whoever asks: page, MQTT, Foxglove and ROS each make them stricter, and none makes them looser than the launch file. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createRosLimits, parametersOf } from "../../launch/backends/ros2/limits.ts";
import { loadLaunch } from "../../launch/config/load.ts";
import { createPageOrders } from "../../launch/run/page-orders.ts";
import { pandaSpec } from "../../robots/panda/spec.ts";
import { type Body, openBody } from "../../runtime/assemble/body.ts";
import { createDesk } from "../../runtime/assemble/desk.ts";
import { createParameters } from "../../runtime/bridge/foxglove/parameters.ts";
import { carryOut } from "../../runtime/bridge/mqtt/carry-out.ts";
import { type InstantAction, instantActionSchema } from "../../runtime/bridge/mqtt/commands.ts";
import type { Desk } from "../../runtime/core/desk.ts";
import { displacementAxes } from "../../runtime/core/model.ts";
import { atRest, quinticSegment } from "../../runtime/core/segment.ts";
import type { SupervisorState } from "../../runtime/core/supervision.ts";

const NOW_NS = 1_000_000_000n;
const config = loadLaunch("launch/panda-push.launch.yaml", ["guards.maxToolSpeedMPerS:=0.25", "guards.payloadKg:=1"]);
const { maxObservationAgeMs, maxPlanAgeMs, maxToolSpeedMPerS, payloadKg } = config.guards;

let body: Body;
before(async () => {
  const model = { axes: displacementAxes({ axes: ["x", "y"], scaleM: 0.03 }), toolHeightM: 0.1, controlPeriodS: 0.2 };
  body = await openBody({ robot: pandaSpec, model, ...config.guards });
});
after(() => body[Symbol.dispose]());

const openDesk = (): Desk =>
  createDesk({
    supervisor: { state: { agent: "idle" } as SupervisorState, command: () => null, assign: () => null, preempt: () => null },
    body,
    ages: config.guards,
    onGoal: () => {},
  });

/** What the guards say to a step of the tool at 0.2 m/s and more. */
function said(): string {
  const rest = atRest(Float64Array.from(pandaSpec.homeRad));
  const segment = quinticSegment({ id: 0, startNs: NOW_NS, from: rest, toRad: rest.positionRad.with(0, 0.08), durationS: 0.4 });
  const verdict = body.guard.check(segment, {
    ...{ nowNs: NOW_NS, observationReceivedNs: NOW_NS - 50_000_000n, observationStampNs: NOW_NS - 50_000_000n, planMadeNs: NOW_NS },
    ...{ commanded: rest, restRad: rest.positionRad, restInS: 0, toolAt: body.toolAt },
  });
  return verdict.kind === "pass" ? "" : verdict.why.join("; ");
}

interface Way {
  /** Null when it was taken; else why not. */
  limit(limits: { readonly speed?: number; readonly payload?: number }): unknown;
  /** Of what it was decided on, milliseconds; where this way has it. */
  age?(ms: number): unknown;
}

const WAYS: Readonly<Record<string, (desk: Desk) => Way>> = {
  page(desk) {
    const orders = createPageOrders({
      ...{ desk, facts: { goals: [], cameras: [], ends: "when-told" }, workspace: config.guards.workspace, frames: () => [] },
      ...{ jog: null, recorder: { saveLast: null }, onDone: () => {}, onLimits: () => {} },
    });
    return {
      limit: ({ speed, payload }) =>
        orders.limit?.({
          ...(speed !== undefined && { maxToolSpeedMPerS: speed }),
          ...(payload !== undefined && { payloadKg: payload }),
        }),
    };
  },
  mqtt: (desk) => ({
    limit({ speed, payload }) {
      const action = {
        type: "limitTool",
        ...(speed !== undefined && { maxToolSpeedMPerS: speed }),
        ...(payload !== undefined && { payloadKg: payload }),
      };
      const read = instantActionSchema.shape.action.safeParse(action);
      if (!read.success) return read.error.message;
      const command = { topic: "instantActions", commander: "fleet", action: read.data } as { topic: "instantActions" } & InstantAction;
      return carryOut(command, desk, { state() {}, factsheet() {} });
    },
  }),
  foxglove(desk) {
    const limits = { maxObservationAgeMs, maxPlanAgeMs, maxToolSpeedMPerS, payloadKg };
    const parameters = createParameters({ desk, who: "foxglove", limits, facts: {} });
    return {
      limit: ({ speed, payload }) =>
        speed === undefined ? parameters.set("guards.payloadKg", payload) : parameters.set("guards.maxToolSpeedMPerS", speed),
      age: (ms) => parameters.set("guards.maxObservationAgeMs", ms),
    };
  },
  ros(desk) {
    const parameters = parametersOf(
      config,
      createRosLimits(() => desk, "normal"),
    );
    const set = (name: string, value: number): string | null => {
      const { min, max, set: take } = parameters.find((each) => each.name === name)!;
      return value >= min && value <= max && take ? take(value) : `${value} is outside ${min} to ${max}`; // As its node does.
    };
    return {
      limit: ({ speed, payload }) => (speed === undefined ? set("payload_kg", payload!) : set("max_tool_speed_m_per_s", speed)),
      age: (ms) => set("max_observation_age_ms", ms),
    };
  },
};

for (const [name, open] of Object.entries(WAYS))
  test(`over ${name} the tool becomes slower, its payload heavier and news staler, and never the other way`, () => {
    const way = open(openDesk());
    assert.match(said(), /^$/, "as the launch file says");
    assert.equal(way.limit({ speed: 0.1 }), null);
    assert.match(said(), /at most 0\.100 m\/s/);
    way.limit({ speed: 2 }); // Taken or refused: the launch file's holds.
    const loosened = said();
    assert.ok(loosened === "" || /at most 0\.100 m\/s/.test(loosened), loosened);
    way.limit({ speed: 0.25 });
    assert.equal(said(), "", "taken back, the launch file's limit holds");
    assert.equal(way.limit({ payload: 30 }), null);
    assert.match(said(), /with 30 kg at the tool/);
    way.limit({ payload: 0.2 });
    assert.ok(said() === "" || /with 30 kg/.test(said()), said());
    way.limit({ payload: 1 });
    assert.equal(said(), "");
    if (way.age === undefined) return;
    assert.equal(way.age(40), null);
    assert.match(said(), /observation received 50\.0 ms ago, at most 40 ms/);
    way.age(maxObservationAgeMs);
    assert.equal(said(), "");
  });

test("even asked past every door, no speed beyond the launch file's and no payload below it is taken by the body", () => {
  const desk = openDesk();
  desk.limitTool("anybody", { maxToolSpeedMPerS: 100, payloadKg: -5 });
  desk.limitAges("test", { maxObservationAgeMs: 1e9, maxPlanAgeMs: 1e9 });
  const rest = atRest(Float64Array.from(pandaSpec.homeRad));
  const segment = quinticSegment({ id: 0, startNs: NOW_NS, from: rest, toRad: rest.positionRad.with(0, 0.2), durationS: 0.4 });
  const verdict = body.guard.check(segment, {
    ...{ nowNs: NOW_NS, observationReceivedNs: NOW_NS, observationStampNs: NOW_NS, planMadeNs: NOW_NS },
    ...{ commanded: rest, restRad: rest.positionRad, restInS: 0, toolAt: body.toolAt },
  });
  assert.ok(verdict.kind === "clip");
  assert.match(verdict.why[0]!, /at most 0\.250 m\/s/);
});
