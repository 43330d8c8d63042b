"""A joint trajectory controller by the rules of ros2_control's: FollowJointTrajectory goals, a trajectory topic, and a stream of positions."""
import threading

import numpy as np
from control_msgs.action import FollowJointTrajectory
from rclpy.action import ActionServer, CancelResponse, GoalResponse
from rclpy.qos import DurabilityPolicy, QoSProfile, qos_profile_sensor_data
from std_msgs.msg import Float64MultiArray
from trajectory_msgs.msg import JointTrajectory

from spline import State, Trajectory, seconds

NAME = 'joint_trajectory_controller'
STREAM = 'forward_position_controller/commands'
DECELERATE_S = 0.15
FEEDBACK_S = 0.05
LOOK_S = 0.005
# A stream of positions has no velocities; the drive estimates them, smoothed over this long.
STREAM_SMOOTH_S = 0.02
# As in ros2_control (rcl's default); rclpy's are 15 minutes, and at five goals a second each change of one then tells of thousands.
RESULTS_S = 10
Result = FollowJointTrajectory.Result


class Goal:
    """One accepted goal, until it has an outcome: (succeed | abort | cancel, code, words)."""

    def __init__(self, handle, trajectory):
        request = handle.request
        self.trajectory = trajectory
        self.path = {it.name: it.position for it in request.path_tolerance if it.position > 0}
        self.end = {it.name: it.position for it in request.goal_tolerance if it.position > 0}
        self.grace = seconds(request.goal_time_tolerance)
        self.outcome = None
        self.done = threading.Event()

    def finish(self, how, code=Result.SUCCESSFUL, words=''):
        if self.outcome is None:
            self.outcome = how, code, words
            self.done.set()


class ArmController:
    """Owns the set-point of the arm; `update` is called once a step of physics, everything under the world's lock."""

    def __init__(self, node, group, world, clock, options, names, tell):
        self.world, self.clock, self.options, self.names, self.tell = world, clock, options, names, tell
        self.active = True
        self.fault = None
        self.setpoint = State.at_rest(world.position)
        self.trajectory = None
        self.goal = None
        self.streamed = None
        self.server = ActionServer(node, FollowJointTrajectory, f'{NAME}/follow_joint_trajectory', self.execute, goal_callback=self.on_goal,
                                   cancel_callback=self.on_cancel, callback_group=group, result_timeout=RESULTS_S)
        # With transient local a volatile publisher is not heard: a mismatch to be noticed.
        qos = QoSProfile(depth=10, durability=DurabilityPolicy.TRANSIENT_LOCAL if options.latched_commands else DurabilityPolicy.VOLATILE)
        node.create_subscription(JointTrajectory, f'{NAME}/joint_trajectory', self.on_trajectory, qos, callback_group=group)
        node.create_subscription(Float64MultiArray, STREAM, self.on_stream, qos_profile_sensor_data, callback_group=group)

    # What the physics sees.

    def update(self):
        now, step_s = self.clock.now, self.world.step_s
        if self.trajectory is not None:
            self.setpoint = self.trajectory.at(now)
        elif self.streamed is not None:
            gain = step_s / (STREAM_SMOOTH_S + step_s)
            velocity = self.setpoint.velocity + gain * ((self.streamed - self.setpoint.position) / step_s - self.setpoint.velocity)
            self.setpoint = State(self.streamed, velocity, np.zeros_like(velocity))
        self.world.command(self.setpoint.position, self.setpoint.velocity)
        if self.goal is not None and self.goal.outcome is None:
            self._judge(self.goal, now)

    def _judge(self, goal, now):
        off = np.abs(self.world.position - self.setpoint.position)
        broken = [name for i, name in enumerate(self.names) if off[i] > goal.path.get(name, np.inf)]
        if self.fault == 'abort' or (broken and now < goal.trajectory.end):
            self.hold()
            goal.finish('abort', Result.PATH_TOLERANCE_VIOLATED, f'{(broken or self.names)[0]} left its path')
        if now < goal.trajectory.end or self.fault == 'endless':
            return
        short = np.abs(self.world.position - goal.trajectory.last)
        left = [name for i, name in enumerate(self.names) if short[i] > goal.end.get(name, np.inf)]
        if not left:
            goal.finish('succeed')
        elif now >= goal.trajectory.end + goal.grace:
            self.hold()
            goal.finish('abort', Result.GOAL_TOLERANCE_VIOLATED, f'{left[0]} is short of its goal')

    # What moves it.

    def follow(self, message):
        """A new trajectory takes the place of what runs, from the measured state, as by default in ros2_control, or from the set-point."""
        with self.world.lock:
            start = self.setpoint
            if self.options.blend == 'measured':
                start = State(self.world.position, self.world.velocity, np.zeros(len(self.names)))
            self.trajectory = Trajectory(self.clock.now, start, message, self.names)
            return self.trajectory

    def hold(self):
        """Comes to rest from the present set-point."""
        with self.world.lock:
            self.trajectory, self.streamed = Trajectory.stop(self.clock.now, self.setpoint, DECELERATE_S), None

    def place(self):
        """The arm was put elsewhere: whatever ran is over."""
        with self.world.lock:
            if self.goal is not None:
                self.goal.finish('abort', Result.INVALID_GOAL, 'the arm was placed elsewhere')
            self.trajectory = self.streamed = None
            self.setpoint = State.at_rest(self.world.position)

    def activate(self, active):
        with self.world.lock:
            self.active = active
            if active:
                return
            if self.goal is not None:
                self.goal.finish('abort', Result.INVALID_GOAL, 'the controller was deactivated')
            self.hold()

    # What ROS sees.

    def why_refused(self, message):
        """By the checks of joint_trajectory_controller; None when it may run."""
        if not self.active:
            return 'the controller is not active'
        if self.fault == 'reject':
            return 'told to refuse'
        if sorted(message.joint_names) != sorted(self.names):
            return f'joints {list(message.joint_names)} are not {self.names}'
        if not message.points:
            return 'no points'
        times = [seconds(point.time_from_start) for point in message.points]
        if any(b <= a for a, b in zip(times, times[1:])):
            return 'times do not increase'
        stamp = seconds(message.header.stamp)
        if stamp > 0 and stamp + times[-1] < self.clock.now:
            return 'ends in the past'
        if any(abs(v) > 1e-6 for v in message.points[-1].velocities):
            return 'moves at its end'
        if any(len(point.positions) != len(self.names) or not np.all(np.isfinite(point.positions)) for point in message.points):
            return 'positions are missing or not finite'
        return None

    def on_goal(self, goal):
        if self.fault == 'mute':
            self.tell('muted')
            threading.Event().wait(self.options.mute_s)
        why = self.why_refused(goal.trajectory)
        if why:
            self.tell('rejected', why=why)
        return GoalResponse.REJECT if why else GoalResponse.ACCEPT

    def on_cancel(self, _handle):
        self.tell('cancel-requested')
        return CancelResponse.ACCEPT

    def execute(self, handle):
        with self.world.lock:
            if self.goal is not None:
                self.goal.finish('cancel', Result.INVALID_GOAL, 'cancelled by a new goal')
            goal = self.goal = Goal(handle, self.follow(handle.request.trajectory))
        self.tell('goal', points=len(handle.request.trajectory.points), duration=goal.trajectory.times[-1], last=list(goal.trajectory.last))
        self._watch(handle, goal)
        how, code, words = goal.outcome
        if how == 'succeed':
            handle.succeed()
        elif how == 'abort':
            handle.abort()
        else:
            end_as_canceled(handle)
        self.tell('goal-ended', how=how, code=code)
        return Result(error_code=code, error_string=words)

    def _watch(self, handle, goal):
        """Until it has an outcome: publishes feedback, and hears cancelling."""
        since_feedback = FEEDBACK_S
        while not goal.done.wait(LOOK_S):
            if handle.is_cancel_requested:
                with self.world.lock:
                    if goal.outcome is None:
                        self.hold()
                        goal.finish('cancel')
                return
            since_feedback += LOOK_S
            if since_feedback >= FEEDBACK_S:
                since_feedback = 0.0
                handle.publish_feedback(self._feedback())

    def _feedback(self):
        feedback = FollowJointTrajectory.Feedback(joint_names=self.names)
        with self.world.lock:
            actual, desired = self.world.position, self.setpoint.position
            feedback.header.stamp = self.clock.stamp()
            feedback.actual.velocities = self.world.velocity.tolist()
        feedback.actual.positions = actual.tolist()
        feedback.desired.positions = desired.tolist()
        feedback.error.positions = (desired - actual).tolist()
        return feedback

    def on_trajectory(self, message):
        if not message.points and not message.joint_names:
            self.hold()  # An empty message means: stop and hold.
            self.tell('trajectory', points=0)
            return
        why = self.why_refused(message)
        if why:
            self.tell('rejected', why=why)
            return
        self.follow(message)
        self.tell('trajectory', points=len(message.points))

    def on_stream(self, message):
        with self.world.lock:
            if not self.active or len(message.data) != len(self.names) or not np.all(np.isfinite(message.data)):
                return
            if self.streamed is None:
                self.setpoint = State(self.setpoint.position, self.setpoint.velocity, np.zeros(len(self.names)))
            self.trajectory, self.streamed = None, np.array(message.data)


def end_as_canceled(handle):
    """A goal that a newer one ended was not asked to cancel; rclcpp cancels it all the same when its handle is dropped."""
    from rclpy.impl.implementation_singleton import rclpy_implementation as implementation
    if not handle.is_cancel_requested:
        handle._update_state(implementation.GoalEvent.CANCEL_GOAL)
    handle.canceled()
