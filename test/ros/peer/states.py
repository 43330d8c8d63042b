"""joint_states and /clock, as they should be and as they should not."""
import collections
import math

from rclpy.qos import QoSProfile, ReliabilityPolicy
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import JointState

BEST_EFFORT = ReliabilityPolicy.BEST_EFFORT
LATE_S = 0.6


class States:
    def __init__(self, node, world, clock, options, names):
        self.world, self.clock, self.options, self.names = world, clock, options, names
        self.fault = None
        self.count = 0
        self.waiting = collections.deque()
        qos = QoSProfile(depth=10, reliability=BEST_EFFORT) if options.best_effort else QoSProfile(depth=10)
        self.states = node.create_publisher(JointState, 'joint_states', qos)
        self.clocks = node.create_publisher(Clock, '/clock', QoSProfile(depth=1, reliability=BEST_EFFORT)) if clock.simulated else None

    def publish_clock(self):
        if self.clocks and self.fault != 'clock-silent':
            self.clocks.publish(Clock(clock=self.clock.stamp()))

    def publish(self):
        self.count += 1
        message = self._message()
        if self.fault == 'joints-late':
            self.waiting.append((self.clock.now + LATE_S, message))
            if self.waiting[0][0] > self.clock.now:
                return
            message = self.waiting.popleft()[1]
        else:
            self.waiting.clear()
        if self.fault != 'joints-silent':
            self.states.publish(message)

    def _message(self):
        """What the joints are now; its stamp is that of the state, however late it is sent."""
        options, fault = self.options, self.fault
        with self.world.lock:
            position, velocity = self.world.position, self.world.velocity
            fingers = [float(self.world.data.qpos[at]) for at in self.world.finger_qpos]
            stamp = self.clock.stamp()
        order = options.order or list(range(len(self.names)))
        if fault == 'joints-reordered':
            turn = self.count % len(order)
            order = order[turn:] + order[:turn]
        if fault == 'joints-missing':
            order = order[1:]
        message = JointState()
        message.header.stamp = stamp
        message.name = [('other_' if fault == 'joints-renamed' else '') + self.names[i] for i in order] + options.extra + self.world.fingers
        message.position = [float(position[i]) for i in order] + [0.04] * len(options.extra) + fingers
        if not options.no_velocity:
            message.velocity = [float(velocity[i]) for i in order] + [0.0] * (len(options.extra) + len(fingers))
        if fault == 'joints-nan':
            message.position[0] = math.nan
        return message
