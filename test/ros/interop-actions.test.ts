/** Interop matrix, actions and services: accept, feedback, result, abort, cancel, reject of every action, service calls and parameters, both ways. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { rosNodeSchema } from "../../runtime/bridge/ros2/config.ts";
import type { ActionClient, Message, ServerGoal } from "../../runtime/bridge/ros2/library.ts";
import { openRosNode, type RosNode } from "../../runtime/bridge/ros2/node.ts";
import { type KnownAction, knownActions } from "./known-goals.ts";
import { domainId, type Peer, rosSkip, startPython, until } from "./peer.ts";
import { compare, type Tally, toPlain } from "./plain.ts";

type End = "reject" | "succeed" | "abort" | "cancel";
const ENDS: readonly End[] = ["reject", "succeed", "abort", "cancel"];
const STATUS = { succeed: "succeeded", abort: "aborted", cancel: "canceled" } as const;

if (rosSkip) test("actions and services pass between rclnodejs and rclpy without loss", { skip: rosSkip }, () => {});
else
  describe("actions and services between rclnodejs and rclpy", () => {
    let ros: RosNode;
    let partner: Peer;
    before(async () => {
      partner = await startPython("partner.py", []);
      ros = await openRosNode({ config: rosNodeSchema.parse({ domainId, discovery: "localhost" }), warn: console.error });
    });
    after(async () => {
      await ros[Symbol.asyncDispose]();
      await partner[Symbol.asyncDispose]();
    });

    for (const action of knownActions) {
      test(`${action.type}: goals sent from here to rclpy end as its server says, with every field`, async (context) => {
        const name = `to_rclpy_${action.type.split("/").at(-1)}`;
        const { type, feedback, result } = action;
        await partner.order({ serve_action: { type, name, ends: ENDS, feedback: feedback.map(toPlain), result: toPlain(result) } });
        const client = new ros.library.rcl.ActionClient(ros.node, type, name);
        ros.onDispose(() => client.destroy());
        await until(() => client.isActionServerAvailable(), `the action ${name} of rclpy`);
        const tally = { messages: 0, fields: 0 };
        for (const end of ENDS) await sendFromHere({ client, partner, name, action, end, tally });
        tell(context, "rclnodejs client, rclpy server", tally);
      });

      test(`${action.type}: goals sent from rclpy end as the server here says, with every field`, async (context) => {
        const name = `from_rclpy_${action.type.split("/").at(-1)}`;
        const tally = { messages: 0, fields: 0 };
        const ends = [...ENDS];
        const count = (what: string): number => partner.told.filter((told) => told.what === what && told["name"] === name).length;
        const server = serveHere(ros, name, action, { ends, tally, count });
        ros.onDispose(() => server.destroy());
        for (const end of ENDS) await sendFromRclpy({ partner, name, action, end, tally });
        tell(context, "rclpy client, rclnodejs server", tally);
      });
    }

    test("services are called both ways, with every field of request and answer", async (context) => {
      const tally = { messages: 0, fields: 0 };
      for (const { type, request, response } of SERVICES) {
        const name = type.split("/").at(-1)!;
        await partner.order({ serve: { type, name: `at_rclpy_${name}`, response: toPlain(response) } });
        const client = ros.node.createClient(type, `at_rclpy_${name}`);
        await until(() => client.isServiceServerAvailable(), `the service ${name} of rclpy`);
        compare(tally, toPlain(await client.sendRequestAsync(request, { timeout: 20_000 })), toPlain(response));
        compare(tally, partner.told.find((told) => told["name"] === `at_rclpy_${name}`)?.["request"], toPlain(request));
        ros.node.createService(type, `here_${name}`, {}, (asked: Message, answer) => {
          compare(tally, toPlain(asked), toPlain(request));
          answer.send(response);
        });
        const answered = partner.next("answered");
        await partner.order({ call: { type, name: `here_${name}`, request: toPlain(request) } });
        compare(tally, (await answered)["response"], toPlain(response));
      }
      tell(context, "services both ways", tally);
    });

    test("parameters are read and set both ways, and one out of range is refused with a reason", async (context) => {
      const { rcl } = ros.library;
      const range = new rcl.FloatingPointRange(0, 1, 0);
      ros.node.declareParameter(new rcl.Parameter("share", 3, 0.5), new rcl.ParameterDescriptor("share", 3, "of something", false, range));
      const set = (value: number) => ({ parameters: [{ name: "share", value: { type: 3, double_value: value } }] });
      const type = "rcl_interfaces/srv/SetParameters";
      const [good] = (await callFromRclpy(partner, type, "/foresight/set_parameters", set(0.25)))["results"] as { successful: boolean }[];
      assert.equal(good?.successful, true);
      assert.equal(ros.node.getParameter("share").value, 0.25);
      const [bad] = (await callFromRclpy(partner, type, "/foresight/set_parameters", set(7)))["results"] as { successful: boolean }[];
      assert.equal(bad?.successful, false);
      assert.equal(ros.node.getParameter("share").value, 0.25);
      const read = await callFromRclpy(partner, "rcl_interfaces/srv/GetParameters", "/foresight/get_parameters", { names: ["share"] });
      assert.equal((read["values"] as { double_value: number }[])[0]?.double_value, 0.25);

      await partner.order({ param: { name: "theirs", value: 1.5 } });
      const client = ros.node.createClient("rcl_interfaces/srv/GetParameters", "/partner/get_parameters");
      await until(() => client.isServiceServerAvailable(), "rclpy's parameters");
      const theirs = (await client.sendRequestAsync({ names: ["theirs"] }, { timeout: 20_000 })) as { values: { double_value: number }[] };
      assert.equal(theirs.values[0]?.double_value, 1.5);
      context.diagnostic("parameters: set, refused and read by rclpy; read from rclpy");
    });
  });

interface Sending {
  readonly partner: Peer;
  readonly name: string;
  readonly action: KnownAction;
  readonly end: End;
  readonly tally: Tally;
}

async function sendFromHere({ client, partner, name, action, end, tally }: Sending & { readonly client: ActionClient }): Promise<void> {
  const heard: unknown[] = [];
  const asked = partner.next("goal");
  const handle = await client.sendGoal(action.goal, (feedback) => void heard.push(toPlain(feedback)));
  compare(tally, (await asked)["goal"], toPlain(action.goal));
  assert.equal(handle.isAccepted(), end !== "reject");
  if (end === "reject") return;
  await partner.order({ go: name });
  await until(() => heard.length === action.feedback.length, "all feedback before the end");
  await partner.order({ go: name });
  if (end === "cancel") await handle.cancelGoal();
  compare(tally, toPlain(await handle.getResult()), toPlain(action.result));
  assert.deepEqual([handle.isSucceeded(), handle.isAborted(), handle.isCanceled()], [end === "succeed", end === "abort", end === "cancel"]);
  await compareFeedback(tally, () => heard, action);
}

async function sendFromRclpy({ partner, name, action, end, tally }: Sending): Promise<void> {
  const from = partner.told.length;
  const of = (what: string) => partner.told.slice(from).filter((told) => told.what === what && told["name"] === name);
  const cancelAfter = end === "cancel" ? action.feedback.length : null;
  await partner.order({ act: { type: action.type, name, goal: toPlain(action.goal), cancelAfter } });
  await until(() => of("answered-goal").length > 0, `an answer to rclpy's goal that is to ${end}`);
  assert.equal(of("answered-goal")[0]?.["accepted"], end !== "reject");
  if (end === "reject") return;
  await until(() => of("result").length > 0, `a result of rclpy's goal that is to ${end}`);
  const [result] = of("result");
  assert.equal(result?.["status"], STATUS[end]);
  compare(tally, result?.["result"], toPlain(action.result));
  await compareFeedback(tally, () => of("feedback").map((told) => told["feedback"]), action);
}

/** Feedback comes on another way than the result, and so may come after it. */
async function compareFeedback(tally: Tally, heard: () => readonly unknown[], { feedback }: KnownAction): Promise<void> {
  await until(() => heard().length >= feedback.length, `${feedback.length} feedbacks`);
  assert.equal(heard().length, feedback.length);
  for (const [index, each] of heard().entries()) compare(tally, each, toPlain(feedback[index]));
}

interface Serving {
  readonly ends: End[];
  readonly tally: Tally;
  /** How much of a kind the client has told. */
  readonly count: (what: "answered-goal" | "feedback") => number;
}

/** An action server here, whose goals end in turn as told. */
function serveHere(ros: RosNode, name: string, action: KnownAction, { ends, tally, count }: Serving) {
  const { rcl } = ros.library;
  let end: End = "reject";
  let goals = 0;
  const execute = async (handle: ServerGoal): Promise<Message> => {
    compare(tally, toPlain(handle.request), toPlain(action.goal));
    // Feedback that comes before the client knows of its goal, or before it is known here that the client listens, is lost.
    await until(() => count("answered-goal") >= goals, "rclpy knowing of its goal");
    await until(() => ros.node.countSubscribers(`/${name}/_action/feedback`) > 0, "rclpy listening to feedback");
    const heard = count("feedback") + action.feedback.length;
    for (const each of action.feedback) handle.publishFeedback(each);
    await until(() => count("feedback") >= heard, "rclpy hearing the feedback, which it forgets with the result");
    if (end === "cancel") await until(() => handle.isCancelRequested, "rclpy cancelling");
    if (end === "succeed") handle.succeed();
    else if (end === "abort") handle.abort();
    else handle.canceled();
    return action.result;
  };
  const onGoal = (): number => {
    goals++;
    end = ends.shift() ?? "reject";
    return end === "reject" ? rcl.GoalResponse.REJECT : rcl.GoalResponse.ACCEPT;
  };
  return new rcl.ActionServer(ros.node, action.type, name, execute, onGoal, null, () => rcl.CancelResponse.ACCEPT);
}

async function callFromRclpy(partner: Peer, type: string, name: string, request: object): Promise<Record<string, unknown>> {
  const answered = partner.next("answered");
  await partner.order({ call: { type, name, request } });
  return (await answered)["response"] as Record<string, unknown>;
}

const pose = (x: number) => ({ position: { x, y: -0.1, z: 0.025 }, orientation: { x: 0, y: 0, z: 0.6, w: 0.8 } });
const SERVICES: readonly { readonly type: string; readonly request: Message; readonly response: Message }[] = [
  { type: "std_srvs/srv/Trigger", request: {}, response: { success: false, message: "not now: the arm is stopped" } },
  { type: "std_srvs/srv/SetBool", request: { data: true }, response: { success: true, message: "äöü" } },
  {
    type: "foresight_msgs/srv/SetWorld",
    request: { joint_names: ["joint1", "joint2"], positions_rad: [0.1, -2.5], objects: ["cube", "ball"], poses: [pose(0.4), pose(0.6)] },
    response: { success: true, message: "", stamp: { sec: 5, nanosec: 999_999_999 } },
  },
  {
    type: "foresight_msgs/srv/GetWorld",
    request: { objects: ["cube"] },
    response: {
      success: true,
      message: "",
      stamp: { sec: 6, nanosec: 1 },
      joint_names: ["joint1"],
      positions_rad: [0.1],
      poses: [pose(0.5)],
    },
  },
];

const tell = (context: { diagnostic(text: string): void }, way: string, { messages, fields }: Tally): void =>
  context.diagnostic(`${way}: ${messages} messages, ${fields} fields compared, 0 differ`);
