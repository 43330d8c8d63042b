/** A process that publishes known pictures: `pictures-peer.ts PARTITION COUNT RATE_HZ`. It waits for a subscriber, says `sent N` and leaves. */
import { LOOPBACK_NETWORK } from "../../runtime/bridge/gazebo/environment.ts";
import { PIXEL_FORMAT } from "../../runtime/bridge/gazebo/message-table.ts";
import { openGazeboNode } from "../../runtime/bridge/gazebo/node.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { HEIGHT_PX, pictureOf, WIDTH_PX } from "./known-pictures.ts";

const [partition = "", countText = "", rateText = ""] = process.argv.slice(2);
const count = Number(countText);
const clock = new SystemClock();
const node = await openGazeboNode({ clock, partition, network: LOOPBACK_NETWORK });
const publisher = node.publish("/known", "Image");
await publisher.whenSubscribed(30_000);
let number = 0;
await new Promise<void>((resolve) => {
  const stop = clock.every(1000 / Number(rateText), () => {
    if (number >= count) {
      stop();
      return resolve();
    }
    const nowNs = clock.nowNs();
    publisher.send({
      // The stamp is the shared monotonic clock, the picture's number stands beside it.
      header: {
        stamp: { sec: nowNs / 1_000_000_000n, nsec: Number(nowNs % 1_000_000_000n) },
        data: [{ key: "number", value: [`${number}`] }],
      },
      width: WIDTH_PX,
      height: HEIGHT_PX,
      step: WIDTH_PX * 3,
      pixelFormatType: PIXEL_FORMAT.rgbInt8,
      data: pictureOf(number),
    });
    number++;
  });
});
console.log(`sent ${publisher.sentCount}`);
await node.close();
