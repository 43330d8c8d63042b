"""Trajectories as joint_trajectory_controller samples them: linear, cubic or quintic pieces, by which derivatives the points give."""
import numpy as np


def seconds(stamp):
    """Of a builtin_interfaces Time or Duration."""
    return stamp.sec + stamp.nanosec * 1e-9


class State:
    """Position, velocity and acceleration of every joint, shape (joints) each; what a point left out is None."""

    def __init__(self, position, velocity=None, acceleration=None):
        self.position, self.velocity, self.acceleration = position, velocity, acceleration

    @classmethod
    def at_rest(cls, position):
        return cls(np.array(position, float), np.zeros(len(position)), np.zeros(len(position)))


class Piece:
    """The polynomial between two states, `duration` seconds apart."""

    def __init__(self, start, end, duration):
        d, p0, p1 = duration, start.position, end.position
        if end.velocity is None:
            self.coefficients = [p0, (p1 - p0) / d]
            return
        v0, v1 = (np.zeros_like(p0) if v is None else v for v in (start.velocity, end.velocity))
        if end.acceleration is None:
            self.coefficients = [p0, v0, (3 * (p1 - p0) - (2 * v0 + v1) * d) / d**2, (2 * (p0 - p1) + (v0 + v1) * d) / d**3]
            return
        a0, a1 = (np.zeros_like(p0) if a is None else a for a in (start.acceleration, end.acceleration))
        self.coefficients = [
            p0, v0, a0 / 2,
            (20 * (p1 - p0) - (8 * v1 + 12 * v0) * d - (3 * a0 - a1) * d**2) / (2 * d**3),
            (30 * (p0 - p1) + (14 * v1 + 16 * v0) * d + (3 * a0 - 2 * a1) * d**2) / (2 * d**4),
            (12 * (p1 - p0) - (6 * v1 + 6 * v0) * d - (a0 - a1) * d**2) / (2 * d**5)]

    def at(self, t):
        c = self.coefficients
        position = sum(k * t**i for i, k in enumerate(c))
        velocity = sum(i * k * t**(i - 1) for i, k in enumerate(c) if i > 0)
        acceleration = sum((i * (i - 1) * k * t**(i - 2) for i, k in enumerate(c) if i > 1), np.zeros_like(position))
        return State(position, velocity, acceleration)


class Trajectory:
    """A trajectory_msgs/JointTrajectory that begins at `begin` (ROS seconds) from the state `start`."""

    def __init__(self, begin, start, message, names):
        order = [list(message.joint_names).index(name) for name in names]
        stamp = seconds(message.header.stamp)
        shift = stamp - begin if stamp > 0 else 0.0
        self.begin, self.times, self.states = begin, [0.0], [start]
        for point in message.points:
            t = seconds(point.time_from_start) + shift
            if t > self.times[-1]:
                self._add(t, State(*(np.array([values[i] for i in order]) if len(values) else None
                                     for values in (point.positions, point.velocities, point.accelerations))))
        self._join()

    @classmethod
    def stop(cls, begin, start, duration):
        """To rest within `duration` seconds, where a constant deceleration would end."""
        trajectory = cls.__new__(cls)
        trajectory.begin, trajectory.times, trajectory.states = begin, [0.0, duration], [start]
        trajectory.states.append(State.at_rest(start.position + start.velocity * duration / 2))
        trajectory._join()
        return trajectory

    def _add(self, t, state):
        self.times.append(t)
        self.states.append(state)

    def _join(self):
        pairs = zip(self.states, self.states[1:], self.times, self.times[1:])
        self.pieces = [Piece(a, b, t1 - t0) for a, b, t0, t1 in pairs]

    @property
    def end(self):
        return self.begin + self.times[-1]

    @property
    def last(self):
        return self.states[-1].position

    def at(self, now):
        t = max(0.0, now - self.begin)
        if t >= self.times[-1]:
            return State.at_rest(self.last)
        piece = next(i for i, end in enumerate(self.times[1:]) if end > t)
        return self.pieces[piece].at(t - self.times[piece])
