#!/usr/bin/env python3
"""An independent stand-in for ros2_control and a small arm, in Python: the other side of every test in this folder.

It knows nothing of Foresight: joint_states, /clock, FollowJointTrajectory with tolerances, replacement and cancellation, a trajectory topic and a
position stream, gripper actions. Each joint follows its set-point as a first-order lag. `peer.py --help` lists its knobs; lines of JSON on its
standard input change them while it runs ({"fault": "reject"}), lines of JSON on its standard output tell what happened.
"""
import argparse
import json
import math
import sys
import threading
import time

import rclpy
from builtin_interfaces.msg import Time
from control_msgs.action import FollowJointTrajectory, GripperCommand, ParallelGripperCommand
from rclpy.action import ActionServer, CancelResponse, GoalResponse
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.executors import MultiThreadedExecutor
from rclpy.qos import QoSProfile, ReliabilityPolicy, qos_profile_sensor_data
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray
from trajectory_msgs.msg import JointTrajectory

PANDA_HOME = [0.0, -0.7854, 0.0, -2.3562, 0.0, 1.5708, 0.7854]


def seconds(stamp):
    return stamp.sec + stamp.nanosec * 1e-9


def quintic(start, end, duration, t):
    """Position, velocity, acceleration at t between two (position, velocity, acceleration), as joint_trajectory_controller's spline."""
    p0, v0, a0 = start
    p1, v1, a1 = end
    d = duration
    c = [p0, v0, a0 / 2,
         (20 * p1 - 20 * p0 - (8 * v1 + 12 * v0) * d - (3 * a0 - a1) * d * d) / (2 * d**3),
         (30 * p0 - 30 * p1 + (14 * v1 + 16 * v0) * d + (3 * a0 - 2 * a1) * d * d) / (2 * d**4),
         (12 * p1 - 12 * p0 - (6 * v1 + 6 * v0) * d - (a0 - a1) * d * d) / (2 * d**5)]
    position = sum(k * t**i for i, k in enumerate(c))
    velocity = sum(i * k * t**(i - 1) for i, k in enumerate(c) if i > 0)
    acceleration = sum(i * (i - 1) * k * t**(i - 2) for i, k in enumerate(c) if i > 1)
    return position, velocity, acceleration


class Trajectory:
    """Points from a message, blended from the set-point at which it came."""

    def __init__(self, begin, setpoint, message, order):
        stamp = seconds(message.header.stamp)
        self.begin = begin
        shift = (stamp - begin) if stamp > 0 else 0.0
        self.times, self.states = [0.0], [setpoint]
        for point in message.points:
            t = seconds(point.time_from_start) + shift
            if t <= self.times[-1]:
                continue
            self.times.append(t)
            self.states.append([(point.positions[i], point.velocities[i] if point.velocities else 0.0,
                                 point.accelerations[i] if point.accelerations else 0.0) for i in order])

    @property
    def end(self):
        return self.begin + self.times[-1]

    def at(self, now):
        t = now - self.begin
        if t >= self.times[-1]:
            return [(p, 0.0, 0.0) for p, _, _ in self.states[-1]]
        k = next(i for i, time_ in enumerate(self.times) if time_ > t)
        t0, t1 = self.times[k - 1], self.times[k]
        return [quintic(a, b, t1 - t0, t - t0) for a, b in zip(self.states[k - 1], self.states[k])]


class Arm:
    """First-order joints behind a set-point; everything behind one lock."""

    def __init__(self, names, home, lag):
        self.names, self.lag = names, lag
        self.lock = threading.RLock()
        self.position = list(home)
        self.velocity = [0.0] * len(home)
        self.setpoint = [(p, 0.0, 0.0) for p in home]
        self.trajectory = None
        self.stuck = False

    def step(self, now, dt):
        with self.lock:
            if self.trajectory is not None:
                self.setpoint = self.trajectory.at(now)
            gain = 1.0 - math.exp(-dt / self.lag)
            for i, (target, _, _) in enumerate(self.setpoint):
                before = self.position[i]
                if not self.stuck:
                    self.position[i] += gain * (target - before)
                self.velocity[i] = (self.position[i] - before) / dt

    def follow(self, now, message):
        with self.lock:
            order = [list(message.joint_names).index(name) for name in self.names]
            self.trajectory = Trajectory(now, list(self.setpoint), message, order)
            return self.trajectory

    def hold(self, now, decelerate=0.15):
        """Comes to rest within `decelerate` seconds from the present set-point."""
        with self.lock:
            state = list(self.setpoint)
            self.trajectory = Trajectory(now, state, JointTrajectory(), [])
            self.trajectory.times.append(decelerate)
            self.trajectory.states.append([(p + v * decelerate / 2, 0.0, 0.0) for p, v, _ in state])


class Peer:
    def __init__(self, options):
        self.options = options
        self.fault = None
        self.node = rclpy.create_node('peer', namespace=options.namespace)
        self.started = time.monotonic()
        self.sim_now = 100.0
        self.arm = Arm(options.joints, options.home, options.lag)
        self.active = None
        self.group = ReentrantCallbackGroup()
        reliable = QoSProfile(depth=10)
        joint_qos = QoSProfile(depth=10, reliability=ReliabilityPolicy.BEST_EFFORT) if options.best_effort else reliable
        self.states = self.node.create_publisher(JointState, 'joint_states', joint_qos)
        self.clock = self.node.create_publisher(Clock, '/clock', QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT))
        self.server = ActionServer(self.node, FollowJointTrajectory, 'arm_controller/follow_joint_trajectory', self.execute,
                                   goal_callback=self.on_goal, cancel_callback=lambda goal: self.on_cancel(goal), callback_group=self.group)
        self.node.create_subscription(JointTrajectory, 'arm_controller/joint_trajectory', self.on_trajectory, 10, callback_group=self.group)
        self.node.create_subscription(Float64MultiArray, 'arm_controller/commands', self.on_stream, qos_profile_sensor_data,
                                      callback_group=self.group)
        self.gripper = 0.08
        self.gripper_server = ActionServer(self.node, GripperCommand, 'gripper/gripper_cmd', self.execute_gripper, callback_group=self.group)
        self.parallel_server = ActionServer(self.node, ParallelGripperCommand, 'gripper/parallel_cmd', self.execute_parallel,
                                            callback_group=self.group)
        self.tick_count = 0
        self.halt_until = None
        self.thread = threading.Thread(target=self.beat, daemon=True)
        self.thread.start()

    def tell(self, what, **more):
        print(json.dumps({'what': what, 'at': time.monotonic() - self.started, **more}), flush=True)

    def now(self):
        return self.sim_now if self.options.sim_time else time.time()

    def stamp(self, now):
        return Time(sec=int(now), nanosec=int((now - int(now)) * 1e9))

    def beat(self):
        """Physics, joint_states and /clock at one rate, on the machine's monotonic clock."""
        period = 1.0 / self.options.rate
        due = time.monotonic()
        while rclpy.ok():
            due += period
            wait = due - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            else:
                due = time.monotonic()
            if self.fault != 'clock-paused':
                self.sim_now += period * self.options.speed
            now = self.now()
            self.arm.step(now, period * (self.options.speed if self.options.sim_time else 1.0))
            try:
                self.publish(now)
            except Exception:  # The context was shut down between the check and here.
                return

    def publish(self, now):
        self.tick_count += 1
        if self.options.sim_time and self.fault != 'clock-silent':
            self.clock.publish(Clock(clock=self.stamp(now)))
        if self.fault == 'joints-silent' or (self.fault == 'joints-late' and self.tick_count % 100):
            return
        message = JointState()
        message.header.stamp = self.stamp(now)
        order = self.options.order or list(range(len(self.arm.names)))
        if self.fault == 'joints-reordered':
            order = order[self.tick_count % len(order):] + order[:self.tick_count % len(order)]
        with self.arm.lock:
            message.name = [self.arm.names[i] for i in order] + self.options.extra
            message.position = [self.arm.position[i] for i in order] + [0.04] * len(self.options.extra)
            message.velocity = [self.arm.velocity[i] for i in order] + [0.0] * len(self.options.extra)
        if self.options.no_velocity:
            message.velocity = []
        if self.fault == 'joints-nan':
            message.position[0] = math.nan
        if self.fault == 'joints-renamed':
            message.name = ['other_' + name for name in message.name]
        self.states.publish(message)

    def on_goal(self, goal):
        trajectory = goal.trajectory
        if self.fault == 'reject' or sorted(trajectory.joint_names) != sorted(self.arm.names) or not trajectory.points:
            self.tell('rejected')
            return GoalResponse.REJECT
        if self.fault == 'mute':
            time.sleep(1.0)
        return GoalResponse.ACCEPT

    def on_cancel(self, goal):
        self.tell('cancel-requested')
        return CancelResponse.ACCEPT

    def execute(self, handle):
        request = handle.request
        self.active = handle
        trajectory = self.arm.follow(self.now(), request.trajectory)
        self.tell('goal', points=len(request.trajectory.points), duration=trajectory.times[-1],
                  last=list(request.trajectory.points[-1].positions))
        tolerance = {t.name: t.position for t in request.goal_tolerance if t.position > 0}
        grace = seconds(request.goal_time_tolerance)
        result = FollowJointTrajectory.Result()
        feedback = FollowJointTrajectory.Feedback(joint_names=self.arm.names)
        while rclpy.ok():
            if self.active is not handle:
                handle.abort() if not handle.is_cancel_requested else handle.canceled()
                result.error_string = 'replaced by a newer goal'
                return result
            if handle.is_cancel_requested:
                self.arm.hold(self.now())
                handle.canceled()
                self.tell('canceled')
                return result
            if self.fault == 'abort':
                self.arm.hold(self.now())
                handle.abort()
                result.error_code, result.error_string = -4, 'path tolerance violated (test)'
                return result
            if self.fault == 'preempt':
                self.arm.hold(self.now())
                handle.canceled() if handle.is_cancel_requested else handle.abort()
                result.error_code, result.error_string = 0, 'preempted by another client'
                return result
            now = self.now()
            with self.arm.lock:
                feedback.actual.positions = list(self.arm.position)
                off = [name for i, name in enumerate(self.arm.names)
                       if abs(self.arm.position[i] - trajectory.states[-1][i][0]) > tolerance.get(name, 1e9)]
            handle.publish_feedback(feedback)
            if now >= trajectory.end and self.fault != 'endless':
                if not off:
                    handle.succeed()
                    return result
                if now >= trajectory.end + grace:
                    handle.abort()
                    result.error_code, result.error_string = -5, f'{off[0]} is off'
                    return result
            time.sleep(0.01)
        return result

    def on_trajectory(self, message):
        self.arm.follow(self.now(), message)
        self.tell('trajectory', points=len(message.points))

    def on_stream(self, message):
        with self.arm.lock:
            self.arm.trajectory = None
            self.arm.setpoint = [(p, 0.0, 0.0) for p in message.data]

    def execute_gripper(self, handle):
        command = handle.request.command
        result = GripperCommand.Result(position=command.position, reached_goal=True)
        if self.fault == 'gripper-stalls':
            result = GripperCommand.Result(position=(self.gripper + command.position) / 2, stalled=True)
        if self.fault == 'gripper-endless':
            while rclpy.ok() and not handle.is_cancel_requested and self.fault == 'gripper-endless':
                time.sleep(0.01)
            handle.canceled() if handle.is_cancel_requested else handle.abort()
            return result
        self.gripper = result.position
        self.tell('gripper', position=command.position, effort=command.max_effort)
        handle.succeed()
        return result

    def execute_parallel(self, handle):
        command = handle.request.command
        self.gripper = command.position[0]
        self.tell('gripper', position=command.position[0], effort=command.effort[0] if command.effort else 0.0, name=list(command.name))
        result = ParallelGripperCommand.Result(reached_goal=True)
        result.state.name, result.state.position = list(command.name), [self.gripper]
        handle.succeed()
        return result

    def obey(self, order):
        if 'fault' in order:
            self.fault = order['fault']
        if 'stuck' in order:
            self.arm.stuck = order['stuck']
        if 'clock' in order:
            self.sim_now = order['clock']
        if 'ask' in order:
            with self.arm.lock:
                self.tell('state', position=list(self.arm.position), velocity=list(self.arm.velocity), gripper=self.gripper)
        self.tell('obeyed', order=order)


def read_orders(peer):
    for line in sys.stdin:
        if line.strip():
            peer.obey(json.loads(line))
    rclpy.try_shutdown()  # The test that started it is gone.


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--joints', nargs='+', default=[f'panda_joint{i}' for i in range(1, 8)])
    parser.add_argument('--home', nargs='+', type=float, default=PANDA_HOME)
    parser.add_argument('--order', nargs='+', type=int, default=None, help='order of the joints in joint_states')
    parser.add_argument('--extra', nargs='*', default=[], help='joints that are in joint_states besides')
    parser.add_argument('--namespace', default='')
    parser.add_argument('--rate', type=float, default=100.0, help='joint_states and /clock [Hz]')
    parser.add_argument('--lag', type=float, default=0.02, help='time constant of each joint [s]')
    parser.add_argument('--speed', type=float, default=1.0, help='simulated seconds per second')
    parser.add_argument('--sim-time', action='store_true', help='stamps come from /clock, which it publishes')
    parser.add_argument('--no-velocity', action='store_true')
    parser.add_argument('--best-effort', action='store_true')
    options = parser.parse_args()
    rclpy.init(args=[])
    peer = Peer(options)
    threading.Thread(target=read_orders, args=(peer,), daemon=True).start()
    peer.tell('ready')
    executor = MultiThreadedExecutor(num_threads=4)
    executor.add_node(peer.node)
    try:
        executor.spin()
    except (KeyboardInterrupt, rclpy.executors.ExternalShutdownException):
        pass


if __name__ == '__main__':
    main()
