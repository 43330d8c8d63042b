#!/usr/bin/env python3
"""An independent stand-in for ros2_control and a simulated arm: the other side of the tests in test/ros.

It knows nothing of Foresight but two of its service types. MuJoCo moves the arm whose model it is given; a controller follows goals by the
rules of joint_trajectory_controller; joint_states, /clock, pictures, gripper actions, and services that put the world where an episode
begins. Lines of JSON on its standard input change it while it runs ({"fault": "reject"}), lines of JSON on its standard output tell what happened.
"""
from lines import run, tell  # Before ROS.

import argparse
import json
import threading
import time

import rclpy
from rclpy.callback_groups import ReentrantCallbackGroup

from arm_controller import ArmController
from cameras import Cameras
from episodes import Episodes
from gripper import Gripper
from intruder import Intruder
from ros_time import WorldTime
from states import States
from world import World

# The closed list of what can go wrong; None is none of it.
FAULTS = (
    None, 'joints-silent', 'joints-late', 'joints-nan', 'joints-reordered', 'joints-renamed', 'joints-missing', 'image-frozen', 'image-silent',
    'clock-silent', 'reject', 'abort', 'endless', 'mute', 'gripper-reject', 'gripper-abort', 'gripper-endless', 'service-mute')
# Held up for longer, the world loses time rather than racing through it.
CATCH_UP_NS_MAX = 100_000_000
THREADS = 8


class Peer:
    def __init__(self, options, config):
        self.options = options
        names = config.get('rosNames') or config['joints']
        self.node = rclpy.create_node('peer', namespace=options.namespace)
        group = ReentrantCallbackGroup()
        self.world = World(config, options.step)
        self.clock = WorldTime(options.sim_time, options.speed)
        self.controller = ArmController(self.node, group, self.world, self.clock, options, names, tell)
        self.states = States(self.node, self.world, self.clock, options, names)
        self.episodes = Episodes(self.node, group, self.world, self.clock, self.controller, names, tell)
        self.intruder = Intruder(self.node, group, self.world, names)
        self.gripper = Gripper(self.node, group, self.world, config['gripper'], tell) if config.get('gripper') else None
        self.cameras = Cameras(self.node, self.world, self.clock, config, tell) if config.get('cameras') else None
        self.parts = [part for part in (self.controller, self.states, self.episodes, self.gripper, self.cameras) if part]
        threading.Thread(target=self.beat, daemon=True).start()
        if self.cameras:
            self.cameras.start()

    def beat(self):
        """Physics on the machine's monotonic clock; joint_states and /clock every so many steps of it."""
        step_s = self.world.step_s
        step_ns = round(step_s / self.options.speed * 1e9)
        every_ns = round(1e9 / self.options.rate / self.options.speed)
        due = publish_due = time.monotonic_ns()
        while rclpy.ok():
            due += step_ns
            behind = time.monotonic_ns() - due
            if behind < 0:
                time.sleep(-behind * 1e-9)
            elif behind > CATCH_UP_NS_MAX:
                due += behind
            with self.world.lock:
                if not self.clock.paused:
                    self.clock.step(step_s, due)
                    self.controller.update()
                    self.world.advance()
            if due < publish_due:
                continue
            publish_due = max(publish_due + every_ns, due - every_ns)
            try:
                self.states.publish_clock()
                if not self.clock.paused:
                    self.states.publish()
            except Exception:  # pylint: disable=broad-except
                if rclpy.ok():
                    raise
                return

    def order_fault(self, fault):
        if fault not in FAULTS:
            raise ValueError(f'fault {fault!r} is none of {FAULTS}')
        for part in self.parts:
            part.fault = fault

    def order_stuck(self, stuck):
        """Freed again it stays where it is: its drive has given up what it was commanded."""
        with self.world.lock:
            self.world.stuck = stuck
            if not stuck:
                self.world.place_arm(self.world.position)
                self.controller.place()

    def order_active(self, active):
        self.controller.activate(active)

    def order_pause(self, paused):
        self.clock.paused = paused

    def order_clock(self, seconds):
        self.clock.sim_ns = round(seconds * 1e9)

    def order_reset(self, _):
        """What a simulator's reset does: the clock begins anew and everything stands where it stood."""
        with self.world.lock:
            self.clock.sim_ns = 0
            self.world.reset()
            self.controller.place()

    def order_intrude(self, joint_rad):
        self.intruder.move(joint_rad)

    def order_rest(self, since_ns):
        tell('rest', **self.world.rest_after(int(since_ns)))

    def order_state(self, _):
        with self.world.lock:
            tell('state', position=self.world.position.tolist(), velocity=self.world.velocity.tolist(),
                 setpoint=self.controller.setpoint.position.tolist(), gripper=self.gripper.opening if self.gripper else None,
                 drawMs=self.cameras.draw_ms[-200:] if self.cameras else [])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help='JSON file: mjcf, joints, rosNames, homeRad, gripper, cameras, cameraRateHz, draw')
    parser.add_argument('--namespace', default='')
    parser.add_argument('--rate', type=float, default=100.0, help='joint_states and /clock [Hz]')
    parser.add_argument('--step', type=float, default=None, help='step of the physics [s]; default the model\'s')
    parser.add_argument('--speed', type=float, default=1.0, help='simulated seconds per second, with --sim-time')
    parser.add_argument('--sim-time', action='store_true', help='stamps come from /clock, which it publishes')
    parser.add_argument('--blend', choices=('measured', 'setpoint'), default='measured', help='from where a new trajectory begins')
    parser.add_argument('--order', nargs='+', type=int, default=None, help='order of the joints in joint_states')
    parser.add_argument('--extra', nargs='*', default=[], help='joints that are in joint_states besides')
    parser.add_argument('--no-velocity', action='store_true', help='joint_states without velocities')
    parser.add_argument('--best-effort', action='store_true', help='joint_states published best effort')
    parser.add_argument('--latched-commands', action='store_true', help='the trajectory topic is heard only from latching publishers')
    parser.add_argument('--mute-s', type=float, default=1.0, help='how late a goal is answered under the fault "mute" [s]')
    options = parser.parse_args()
    with open(options.config, encoding='utf8') as file:
        config = json.load(file)
    run(lambda: Peer(options, config), THREADS)


if __name__ == '__main__':
    main()
