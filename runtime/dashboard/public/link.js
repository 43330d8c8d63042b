// The way to the agent and back: messages over the socket, orders with the token of the printed address.
const RECONNECT_MS = 2000;
const RECONNECTS_MAX = 1800;
const STOP_TRIES = 3;
const ANSWER_MS_MAX = 2000;

const token = new URLSearchParams(location.hash.slice(1)).get("token");
export const mayCommand = token !== null;

let reconnects = 0;

/** `onMessage` gets every message; `onLost` is told whether it will be tried again. */
export function connect(onMessage, onLost) {
  const socket = new WebSocket(`ws://${location.host}/live`);
  socket.onmessage = ({ data }) => {
    reconnects = 0;
    onMessage(JSON.parse(data));
  };
  socket.onclose = () => {
    const again = reconnects++ < RECONNECTS_MAX;
    onLost(again);
    if (again) setTimeout(() => connect(onMessage, onLost), RECONNECT_MS);
  };
}

/** Null when done, else a sentence why not. */
export async function order(path, body, answerMsMax = ANSWER_MS_MAX) {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(answerMsMax),
    });
    return (await response.json()).refused;
  } catch {
    return "it did not reach the agent. If the robot moves, use its emergency stop";
  }
}

/** A stop that gets no answer is sent again: twice does no harm. */
export async function stop() {
  let refused = null;
  for (let tries = 0; tries < STOP_TRIES; tries++) {
    refused = await order("/command", { command: "stop" });
    if (refused === null || !refused.startsWith("it did not reach")) break;
  }
  return refused;
}
