"""The physics: MuJoCo on the model it is given as text; an arm of position servos, a gripper, and loose things with free joints."""
import collections
import threading
import time

import mujoco
import numpy as np

REST_RAD_PER_S = 0.01
HISTORY_STEPS = 10_000


class World:
    """Everything behind one lock; positions and velocities in the order of the configured joints."""

    def __init__(self, config, step):
        self.model = mujoco.MjModel.from_xml_string(config['mjcf'])
        if step:
            self.model.opt.timestep = step
        self.data = mujoco.MjData(self.model)
        self.lock = threading.RLock()
        joints = [self.model.joint(name) for name in config['joints']]
        self.fingers = (config.get('gripper') or {}).get('fingers', [])
        self.finger_qpos = [int(self.model.joint(name).qposadr[0]) for name in self.fingers]
        self.qpos = np.array([joint.qposadr[0] for joint in joints])
        self.dofs = np.array([joint.dofadr[0] for joint in joints])
        self.servos = np.array([self._servo_of(joint.id) for joint in joints])
        # force = kp (ctrl - q) - kv qd: with this lead a moving target is followed without lag.
        self.lead = -self.model.actuator_biasprm[self.servos, 2] / self.model.actuator_gainprm[self.servos, 0]
        self.home = np.array(config['homeRad'], float)
        self.stuck = False
        self.speeds = collections.deque(maxlen=HISTORY_STEPS)
        self.reset()

    def _servo_of(self, joint):
        drives = (self.model.actuator_trntype == mujoco.mjtTrn.mjTRN_JOINT) & (self.model.actuator_trnid[:, 0] == joint)
        return int(np.flatnonzero(drives)[0])

    @property
    def step_s(self):
        return self.model.opt.timestep

    @property
    def position(self):
        return self.data.qpos[self.qpos].copy()

    @property
    def velocity(self):
        return self.data.qvel[self.dofs].copy()

    def reset(self):
        with self.lock:
            mujoco.mj_resetData(self.model, self.data)
            self.place_arm(self.home)

    def place_arm(self, position):
        """At rest there, from now on."""
        with self.lock:
            self.data.qpos[self.qpos], self.data.qvel[:] = position, 0.0
            self.data.ctrl[self.servos] = position
            mujoco.mj_forward(self.model, self.data)

    def place_object(self, name, position, quaternion):
        """A body with a free joint, at rest; the quaternion is (w, x, y, z)."""
        with self.lock:
            joint = self.model.body(name).jntadr[0]
            qpos, dof = self.model.jnt_qposadr[joint], self.model.jnt_dofadr[joint]
            self.data.qpos[qpos:qpos + 7] = [*position, *quaternion]
            self.data.qvel[dof:dof + 6] = 0.0
            mujoco.mj_forward(self.model, self.data)

    def has_object(self, name):
        body = mujoco.mj_name2id(self.model, mujoco.mjtObj.mjOBJ_BODY, name)
        if body < 0 or self.model.body_jntnum[body] != 1:
            return False
        return self.model.jnt_type[self.model.body_jntadr[body]] == mujoco.mjtJoint.mjJNT_FREE

    def object_pose(self, name):
        """(position, quaternion)."""
        with self.lock:
            body = self.data.body(name)
            return body.xpos.copy(), body.xquat.copy()

    def command(self, position, velocity):
        """The set-point of the servos until the next one."""
        self.data.ctrl[self.servos] = position + self.lead * velocity

    def advance(self):
        """One step of physics. A stuck arm does not move, whatever it is commanded."""
        held = self.position
        mujoco.mj_step(self.model, self.data)
        if self.stuck:
            self.data.qpos[self.qpos], self.data.qvel[self.dofs] = held, 0.0
        self.speeds.append((time.monotonic_ns(), float(np.abs(self.data.qvel[self.dofs]).max())))

    def rest_after(self, since_ns):
        """How the arm came to rest after an instant of the machine's monotonic clock, by its measured speed."""
        with self.lock:
            history = [(at, speed) for at, speed in self.speeds if at >= since_ns]
        moving = [at for at, speed in history if speed > REST_RAD_PER_S]
        rested = history and history[-1][1] <= REST_RAD_PER_S
        return {
            'speedAtLoss': history[0][1] if history else None,
            'speedMax': max((speed for _, speed in history), default=None),
            'speedNow': history[-1][1] if history else None,
            # The first step after the last one that moved.
            'restAfterMs': (next((at for at, _ in history if not moving or at > moving[-1])) - since_ns) / 1e6 if rested else None,
        }
