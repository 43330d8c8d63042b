"""The gripper of the simulated hand behind both gripper actions: GripperCommand and ParallelGripperCommand."""
import time

from control_msgs.action import GripperCommand, ParallelGripperCommand
from rclpy.action import ActionServer, CancelResponse, GoalResponse

ARRIVED_M = 0.002
STALLED_M_PER_S = 0.001
STALLED_LOOKS = 10
LOOK_S = 0.02
LOOKS_MAX = 250


class Gripper:
    """`scale` turns the actuator's length into the opening between the fingers."""

    def __init__(self, node, group, world, config, tell):
        self.world, self.tell, self.fault = world, tell, None
        self.actuator = world.model.actuator(config['actuator']).id
        self.scale = config['scale']
        self.limits = world.model.actuator_ctrlrange[self.actuator] * self.scale
        self.move_to(config['openM'])
        more = dict(goal_callback=self.on_goal, cancel_callback=lambda _: CancelResponse.ACCEPT, callback_group=group)
        self.servers = [ActionServer(node, GripperCommand, 'gripper/gripper_cmd', self.execute_command, **more),
                        ActionServer(node, ParallelGripperCommand, 'gripper/parallel_cmd', self.execute_parallel, **more)]

    @property
    def opening(self):
        return float(self.world.data.actuator_length[self.actuator]) * self.scale

    def move_to(self, opening):
        with self.world.lock:
            self.world.data.ctrl[self.actuator] = opening / self.scale

    def on_goal(self, _goal):
        return GoalResponse.REJECT if self.fault == 'gripper-reject' else GoalResponse.ACCEPT

    def execute_command(self, handle):
        command = handle.request.command
        self.tell('gripper', position=command.position, effort=command.max_effort)

        def told(kind, **flags):
            return kind(position=self.opening, effort=command.max_effort, **flags)
        reached, stalled = self._move(handle, command.position, lambda: told(GripperCommand.Feedback))
        return told(GripperCommand.Result, reached_goal=reached, stalled=stalled)

    def execute_parallel(self, handle):
        command = handle.request.command
        self.tell('gripper', position=command.position[0], effort=command.effort[0] if command.effort else 0.0, name=list(command.name))

        def told(kind, **flags):
            message = kind(**flags)
            message.state.name, message.state.position = list(command.name), [self.opening]
            return message
        reached, stalled = self._move(handle, command.position[0], lambda: told(ParallelGripperCommand.Feedback))
        return told(ParallelGripperCommand.Result, reached_goal=reached, stalled=stalled)

    def _move(self, handle, goal, feedback):
        """Until it is there, holds something, or is cancelled: (reached, stalled). Puts the goal into its final state."""
        goal = min(max(goal, self.limits[0]), self.limits[1])
        self.move_to(goal)
        still, before = 0, self.opening
        for _ in range(LOOKS_MAX):
            time.sleep(LOOK_S)
            if handle.is_cancel_requested:
                self.move_to(self.opening)
                handle.canceled()
                self.tell('gripper-canceled')
                return False, False
            handle.publish_feedback(feedback())
            opening = self.opening
            still = still + 1 if abs(opening - before) / LOOK_S < STALLED_M_PER_S else 0
            before = opening
            if self.fault == 'gripper-endless':
                continue
            if self.fault == 'gripper-abort':
                break
            reached, stalled = abs(opening - goal) < ARRIVED_M, still >= STALLED_LOOKS
            if reached or stalled:
                handle.succeed()
                return reached, stalled
        handle.abort()
        return False, False
