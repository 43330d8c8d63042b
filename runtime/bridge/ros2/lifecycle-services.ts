/** The services and the topic by which lifecycle managers drive a managed node. */
import { allStates, describe, type IdLabel, type Lifecycle, type LifecycleStep, STEPS, type TransitionEvent } from "./lifecycle.ts";
import type { RosNode } from "./node.ts";

/** Publishes transition_event; call it before the lifecycle is made. */
export function advertiseTransitions(ros: RosNode): (event: TransitionEvent) => void {
  const events = ros.advertise("lifecycle_msgs/msg/TransitionEvent", "~/transition_event", "reliable");
  let isOver = false;
  ros.onDispose(() => {
    isOver = true;
  });
  return ({ transition: { id, label }, from, to }) => {
    if (isOver) return;
    events.publish({ timestamp: ros.node.now().nanoseconds, transition: { id, label }, start_state: from, goal_state: to });
  };
}

export function serveLifecycle(ros: RosNode, lifecycle: Lifecycle): void {
  let isOver = false;
  ros.onDispose(() => {
    isOver = true;
  });
  const serve = <T>(name: string, type: string, answer: (request: T) => object | Promise<object>): void => {
    ros.node.createService(`lifecycle_msgs/srv/${type}`, `~/${name}`, {}, (request: T, response) => {
      void Promise.resolve(answer(request)).then((message) => {
        if (!isOver) response.send(message);
      });
    });
  };
  serve("get_state", "GetState", () => ({ current_state: lifecycle.state }));
  serve("get_available_states", "GetAvailableStates", () => ({ available_states: allStates() }));
  serve("get_available_transitions", "GetAvailableTransitions", () => ({ available_transitions: lifecycle.available.map(toDescription) }));
  serve("get_transition_graph", "GetAvailableTransitions", () => ({ available_transitions: STEPS.map(toDescription) }));
  serve("change_state", "ChangeState", async ({ transition }: { readonly transition: IdLabel }) => ({
    success: await lifecycle.change(transition),
  }));
}

const toDescription = ({ id, label, from, to }: LifecycleStep): object => ({
  transition: { id, label },
  start_state: describe(from),
  goal_state: describe(to),
});
