/** Somebody with Foxglove, in a process of its own: subscribes to every topic and reads all that comes. Argument: the address. */
import { WebSocket } from "ws";

const socket = new WebSocket(process.argv[2] ?? "", ["foxglove.sdk.v1"]);
socket.on("message", (data, isBinary) => {
  if (isBinary) return;
  const { op, channels } = JSON.parse(String(data)) as { readonly op: string; readonly channels?: readonly { readonly id: number }[] };
  if (op !== "advertise" || !channels) return;
  socket.send(JSON.stringify({ op: "subscribe", subscriptions: channels.map(({ id }) => ({ id, channelId: id })) }));
  process.send?.({});
});
socket.on("close", () => process.exit(0));
socket.on("error", () => process.exit(1));
process.on("disconnect", () => process.exit(0));
