/** The world around a virtual arm, for whoever tries it there: put somewhere, and asked where everything is; over a socket of this machine beside its port, never over the servo bus. */
import { createServer } from "node:net";
import { AgentError } from "../../runtime/core/errors.ts";
import { removeSocket } from "../../runtime/core/own-files.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import type { CameraSpec, Frame } from "../../runtime/core/sensing.ts";
import { type Objects, parseTrial, poseOf, type TrialStart, type WorldState } from "../../runtime/core/trial.ts";
import { createRenderer } from "../camera/renderer.ts";
import { type FromServedWorld, receiveOn, sendOn, type ToServedWorld } from "../world-link.ts";
import type { ArmBody } from "./arm-body.ts";
import type { VirtualArm } from "./virtual-arm.ts";

export interface ArmWorldOptions {
  readonly arm: Pick<VirtualArm, "place">;
  readonly body: Pick<ArmBody, "world">;
  readonly spec: RobotSpec;
  /** In the size that a model sees. */
  readonly cameras: readonly CameraSpec[];
}

/** As the pictures that models learned from were made. */
const SUPERSAMPLE = 2;
const AS_HIGH_M = 0.002;

/** Answers "reset" with a Trial, and "truth". Throws AgentError `launch.invalid`. */
export function createArmWorld({ arm, body: { world }, spec, cameras }: ArmWorldOptions): (name: string, payload: unknown) => unknown {
  const resting = world.objects();
  const renderer = createRenderer(world.model, { supersample: SUPERSAMPLE });
  const picture = (camera: CameraSpec): Frame => {
    const { name, widthPx, heightPx } = camera;
    return { camera: name, widthPx, heightPx, rgb: renderer.render(world.data, camera), stampNs: 0n, receivedNs: 0n };
  };
  const truth = (): WorldState => {
    const openingM = world.openingM();
    return { toolM: world.toolM(), objects: world.objects(), ...(openingM === undefined ? {} : { openingM }) };
  };
  return (name, payload) => {
    if (name === "truth") return truth();
    if (name !== "reset") throw new AgentError("launch.invalid", `virtual arm: no question "${name}"; ask "reset" or "truth"`);
    const { start, goal } = parseTrial(payload, spec.joints.length);
    for (const { objects } of [start, goal]) checkLying(objects, resting); // Before anything moves.
    arm.place(goal);
    const goalFrames = cameras.map(picture);
    arm.place(start);
    return { goalFrames, truth: truth() } satisfies TrialStart;
  };
}

/** Whoever tries a thing of another size means another world. */
function checkLying(objects: Objects, resting: Objects): void {
  for (const [name, { positionM }] of Object.entries(objects)) {
    const [asked, here] = [positionM[2], poseOf(resting, name).positionM[2]];
    if (Math.abs(asked - here) < AS_HIGH_M) continue;
    throw new AgentError(
      "launch.invalid",
      `virtual arm: "${name}" is to lie with its middle at ${asked.toFixed(3)} m, here it lies at ${here.toFixed(3)} m; start the arm with --scene and the launch file of this task`,
    );
  }
}

/** Resolves when it can be asked. Throws the system's error when the socket cannot be made. */
export async function serveArmWorld(options: ArmWorldOptions, socketPath: string): Promise<AsyncDisposable> {
  const answer = createArmWorld(options);
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy()); // A killed keeper resets its connection.
    receiveOn<ToServedWorld>(socket, (message) => {
      if (message.kind !== "command") sendOn(socket, replyTo(message, answer));
    });
  });
  removeSocket(socketPath); // Of an arm that was killed.
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, resolve);
  });
  return {
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}

function replyTo(
  { request, name, payload }: Exclude<ToServedWorld, { kind: "command" }>,
  answer: ReturnType<typeof createArmWorld>,
): FromServedWorld {
  try {
    return { kind: "reply", request, value: answer(name, payload) };
  } catch (error) {
    const { code, message } = error instanceof AgentError ? error : { code: "robot.lost", message: String(error) };
    return { kind: "refusal", request, code, message };
  }
}
