"""LeRobot's own FeetechMotorsBus drives a virtual arm: handshake, calibration, configuration, sync reads and writes. Not in CI (see lerobot): arguments: port, calibration file."""
import importlib.metadata
import json
import sys
import time
from unittest.mock import MagicMock

# LeRobot's terminal helpers import these; nothing of the bus does.
for heavy in ("torch", "accelerate", "datasets", "datasets.utils", "datasets.utils.logging"):
    sys.modules.setdefault(heavy, MagicMock())

from lerobot.motors import Motor, MotorCalibration, MotorNormMode  # noqa: E402
from lerobot.motors.feetech import FeetechMotorsBus, OperatingMode  # noqa: E402

port, file = sys.argv[1:]
kept = {joint: MotorCalibration(**values) for joint, values in json.load(open(file)).items()}
motors = {
    joint: Motor(values.id, "sts3215", MotorNormMode.RANGE_0_100 if joint == "gripper" else MotorNormMode.DEGREES) for joint, values in kept.items()
}
RETRIES = 10  # Of a shared machine; owners set 3 to 6.


def tell(what, value):
    print(f"{what:<28}{value}")


def again(what):
    """Steps that LeRobot takes without a retry: on a shared machine a packet is lost now and then, and an owner starts them again."""
    for attempt in range(RETRIES):
        try:
            return what()
        except (ConnectionError, RuntimeError) as error:
            if attempt == RETRIES - 1:
                raise
            if bus.is_connected and not is_found:
                bus.disconnect(disable_torque=False)
            tell("once more, since", str(error).splitlines()[0].split(". ")[0])


def rounded(values):
    return {joint: round(float(value), 1) for joint, value in values.items()}


tell("lerobot", importlib.metadata.version("lerobot"))
tell("python", sys.version.split()[0])
is_found = False
bus = FeetechMotorsBus(port, motors, calibration=kept)
again(lambda: bus.connect(handshake=True))
is_found = True
tell("connected, handshake", bus.is_connected)
tell("calibrated as the file", again(lambda: bus.is_calibrated))
read = again(bus.read_calibration)
tell("calibration it reads", "equals the file" if read == kept else read)

bus.disable_torque(num_retry=RETRIES)
again(bus.configure_motors)
for joint in motors:
    bus.write("Operating_Mode", joint, OperatingMode.POSITION.value, num_retry=RETRIES)
    bus.write("P_Coefficient", joint, 16, num_retry=RETRIES)
    bus.write("I_Coefficient", joint, 0, num_retry=RETRIES)
    bus.write("D_Coefficient", joint, 32, num_retry=RETRIES)
tell("configured", {joint: bus.read("Return_Delay_Time", joint, num_retry=RETRIES) for joint in motors})

limp = bus.sync_read("Present_Position", num_retry=RETRIES)
tell("limp, degrees", rounded(limp))
bus.sync_write("Goal_Position", limp, num_retry=RETRIES)
bus.enable_torque(num_retry=RETRIES)
time.sleep(0.5)
before = bus.sync_read("Present_Position", num_retry=RETRIES)
goal = {**before, "shoulder_pan": before["shoulder_pan"] + 15, "wrist_roll": before["wrist_roll"] - 20}
bus.sync_write("Goal_Position", goal, num_retry=RETRIES)
for _ in range(100):  # Until both are there, which on a busy machine takes its time.
    after = bus.sync_read("Present_Position", num_retry=RETRIES)
    if all(abs(after[joint] - goal[joint]) < 1 for joint in ("shoulder_pan", "wrist_roll")):
        break
    time.sleep(0.1)
tell("moved, degrees", rounded({joint: after[joint] - before[joint] for joint in motors}))
assert abs(after["shoulder_pan"] - goal["shoulder_pan"]) < 1, "shoulder_pan is not where it was told to go"
assert abs(after["wrist_roll"] - goal["wrist_roll"]) < 1, "wrist_roll is not where it was told to go"
tell("voltage, temperature", (bus.sync_read("Present_Voltage", num_retry=RETRIES), bus.sync_read("Present_Temperature", num_retry=RETRIES)))

bus.disable_torque(num_retry=RETRIES)
homings = again(bus.set_half_turn_homings)
tell("homing offsets it makes", homings)
time.sleep(0.05)  # A servo reckons with its new offset from its next turn on.
tell("middle it then reads", {joint: int(value) for joint, value in bus.sync_read("Present_Position", normalize=False, num_retry=RETRIES).items()})
again(lambda: bus.write_calibration(kept))
tell("calibration put back", again(lambda: bus.is_calibrated))
bus.disconnect()
tell("disconnected", not bus.is_connected)
