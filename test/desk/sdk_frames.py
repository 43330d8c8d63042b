"""What the maker's SDK writes to a port for each request, as JSON lines of bytes. The folder of the SDK is the first argument."""
import json
import sys

sys.path.insert(0, sys.argv[1])
import scservo_sdk as sdk  # noqa: E402


class Ear(sdk.PortHandler):
    """A port on which nobody answers: what is written is kept."""

    def __init__(self):
        super().__init__("nowhere")
        self.frames = []

    def clearPort(self):
        pass

    def readPort(self, length):
        return []

    def writePort(self, packet):
        self.frames.append([int(byte) for byte in packet])
        return len(packet)

    def isPacketTimeout(self):
        return True


ear = Ear()
packets = sdk.sms_sts(ear) if hasattr(sdk, "sms_sts") else sdk.PacketHandler(0)


def call(name, *arguments):
    method = getattr(packets, name)
    return method(*arguments) if hasattr(sdk, "sms_sts") else method(ear, *arguments)


def group(kind, *arguments):
    return kind(packets, *arguments) if hasattr(sdk, "sms_sts") else kind(ear, packets, *arguments)


def told(name, action):
    ear.frames.clear()
    ear.is_using = False
    action()
    print(json.dumps({"request": name, "frame": ear.frames[0]}))


def sync_read():
    reads = group(sdk.GroupSyncRead, 56, 15)
    for servo in range(1, 7):
        reads.addParam(servo)
    reads.txPacket()


def sync_write():
    writes = group(sdk.GroupSyncWrite, 42, 2)
    for servo in range(1, 7):
        goal = 2000 + servo
        writes.addParam(servo, [goal & 0xFF, goal >> 8])
    writes.txPacket()


told("ping 1", lambda: call("ping", 1))
told("read 3 from 0, 5", lambda: call("readTx", 3, 0, 5))
told("read 253 from 40, 4", lambda: call("readTx", 253, 40, 4))
told("torque on 6", lambda: call("write1ByteTxRx", 6, 40, 1))
told("goal of 2", lambda: call("writeTxRx", 2, 42, 6, [2002 & 0xFF, 2002 >> 8, 0, 0, 1500 & 0xFF, 1500 >> 8]))
told("offset -85 of 4", lambda: call("write2ByteTxRx", 4, 31, 85 | 0x800))
told("sync read", sync_read)
told("sync write", sync_write)
