"""The maker's SDK drives an arm on a port as its examples do: pings, reads, writes, sync reads and sync writes. Arguments: SDK's folder, port. JSON lines of what it found."""
import json
import sys
import time

sys.path.insert(0, sys.argv[1])
import scservo_sdk as sdk  # noqa: E402

port = sdk.PortHandler(sys.argv[2])
assert port.openPort() and port.setBaudRate(1000000)
IS_NEW = hasattr(sdk, "sms_sts")
packets = sdk.sms_sts(port) if IS_NEW else sdk.PacketHandler(0)


def call(name, *arguments):
    method = getattr(packets, name)
    return method(*arguments) if IS_NEW else method(port, *arguments)


def group(kind, *arguments):
    return kind(packets, *arguments) if IS_NEW else kind(port, packets, *arguments)


def must(name, *arguments):
    """Asked again a few times, as every program on this bus does; what comes late meanwhile is let pass, since the SDK takes it for the next answer."""
    result = None
    for _ in range(10):
        try:
            *found, result, error = call(name, *arguments)
        except (IndexError, TypeError):  # The old SDK trusts that there is an answer, and its length.
            result = -7
        if result == 0:
            return (*found, error)
        time.sleep(0.1)
        port.clearPort()
    raise SystemExit(f"{name}{arguments}: {packets.getTxRxResult(result)}")


def position(servo):
    return must("read2ByteTxRx", servo, 56)[0]


def tell(what, value):
    print(json.dumps({what: value}), flush=True)


tell("models", [must("ping", servo)[0] for servo in range(1, 7)])
tell("nobody", call("ping", 9)[1])
tell("voltage", must("read1ByteTxRx", 1, 62)[0])

# EEPROM: nothing while it is locked, then unlocked, written, locked.
must("write1ByteTxRx", 3, 21, 20)
locked = must("read1ByteTxRx", 3, 21)[0]
must("write1ByteTxRx", 3, 55, 0)
must("write1ByteTxRx", 3, 21, 20)
must("write1ByteTxRx", 3, 55, 1)
tell("gain", [locked, must("read1ByteTxRx", 3, 21)[0]])

# The shoulder goes 150 steps on by a sync write to all, each told to stay but one.
for servo in range(1, 7):
    must("write2ByteTxRx", servo, 42, position(servo))
    must("write1ByteTxRx", servo, 40, 1)
before = [position(servo) for servo in range(1, 7)]
writes = group(sdk.GroupSyncWrite, 42, 6)
for servo in range(1, 7):
    goal = before[servo - 1] + (150 if servo == 1 else 0)
    writes.addParam(servo, [goal & 0xFF, goal >> 8, 0, 0, 1000 & 0xFF, 1000 >> 8])
for _ in range(3):
    writes.txPacket()
    time.sleep(0.2)
reads = group(sdk.GroupSyncRead, 56, 15)
for servo in range(1, 7):
    reads.addParam(servo)
moved = []
for _ in range(100):  # Until the shoulder is there, which on a busy machine takes its time.
    if reads.txRxPacket() == 0:
        moved = [reads.getData(servo, 56, 2) - at for servo, at in zip(range(1, 7), before)]
        if abs(moved[0] - 150) <= 3:
            break
    else:
        port.clearPort()
    time.sleep(0.1)
tell("moved", moved)
for servo in range(1, 7):
    must("write1ByteTxRx", servo, 40, 0)
port.closePort()
