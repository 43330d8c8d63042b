/** The UDP side of discovery: one multicast group, one port, one interface. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { AgentError } from "../../core/errors.ts";
import { type GazeboNetwork, isLoopback } from "./environment.ts";

export interface Datagrams {
  /** Resolves when the datagram left this process; a network that refuses it is not an error: discovery repeats itself. */
  send(datagram: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export interface DatagramEvents {
  onDatagram(bytes: Uint8Array): void;
  /** Arrived from outside the loopback range while loopback was asked for; it is not looked at. */
  onForeign(bytes: Uint8Array, ip: string): void;
}

/** Joins the group. Throws AgentError `bridge.failed` when the interface is not there. */
export async function openDatagrams(network: GazeboNetwork, port: number, events: DatagramEvents): Promise<Datagrams> {
  const { hostIp, multicastGroup } = network;
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  try {
    socket.bind(port, "0.0.0.0");
    await once(socket, "listening");
    socket.addMembership(multicastGroup, hostIp);
    socket.setMulticastInterface(hostIp);
    socket.setMulticastLoopback(true);
    socket.setMulticastTTL(1);
  } catch (cause) {
    socket.close();
    const remedy = "is that interface up, and is the address one of this machine?";
    const message = `Gazebo discovery: cannot join ${multicastGroup}:${port} on ${hostIp} (${(cause as Error).message}); ${remedy}`;
    throw new AgentError("bridge.failed", message, { cause });
  }
  socket.on("message", (bytes, { address }) => {
    if (isLoopback(hostIp) && !isLoopback(address) && address !== hostIp) events.onForeign(bytes, address);
    else events.onDatagram(bytes);
  });
  socket.on("error", () => {}); // A send that failed, reported to its callback too; the next heartbeat tries again.
  let open = true;
  return {
    send: (datagram) =>
      new Promise((resolve) => {
        if (open) socket.send(datagram, port, multicastGroup, () => resolve());
        else resolve();
      }),
    close: async () => {
      if (!open) return;
      open = false;
      socket.close();
      await once(socket, "close");
    },
  };
}
