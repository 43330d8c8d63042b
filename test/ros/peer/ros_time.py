"""The time of the peer's world: the machine's, or a simulated one that it publishes as /clock and that can pause, jump and begin anew."""
import time

from builtin_interfaces.msg import Time

SIM_BEGIN_NS = 100_000_000_000


class WorldTime:
    """Goes on with each step of physics; nanoseconds."""

    def __init__(self, simulated, speed):
        self.simulated, self.speed = simulated, speed
        self.paused = False
        self.sim_ns = SIM_BEGIN_NS
        self.wall_offset_ns = time.time_ns() - time.monotonic_ns()
        self.due_ns = time.monotonic_ns()

    def step(self, step_s, due_ns):
        """The step that is due at an instant of the monotonic clock."""
        self.due_ns = due_ns
        self.sim_ns += round(step_s * 1e9)

    @property
    def now_ns(self):
        return self.sim_ns if self.simulated else self.due_ns + self.wall_offset_ns

    @property
    def now(self):
        """Seconds."""
        return self.now_ns * 1e-9

    def stamp(self):
        return to_stamp(self.now_ns)


def to_stamp(ns):
    return Time(sec=ns // 1_000_000_000, nanosec=ns % 1_000_000_000)
