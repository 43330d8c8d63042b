#!/usr/bin/env python3
"""A user of the agent's node, in Python: drives its lifecycle, sets parameters, calls its services, sends skills, and tells what it hears.

Lines of JSON on standard input are orders, each answered by a line of JSON on standard output with the same name in "what".
"""
from peer.lines import run, tell  # Before ROS.

import sys
import threading

import rclpy
from action_msgs.msg import GoalStatus
from diagnostic_msgs.msg import DiagnosticArray
from foresight_msgs.action import RunSkill
from foresight_msgs.msg import AgentState
from lifecycle_msgs.msg import Transition, TransitionEvent
from lifecycle_msgs.srv import ChangeState, GetAvailableTransitions, GetState
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rcl_interfaces.srv import DescribeParameters, GetParameters, SetParameters
from rclpy.action import ActionClient
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_srvs.srv import Trigger
from visualization_msgs.msg import MarkerArray

WAIT_S = 60.0
STATUS = {GoalStatus.STATUS_SUCCEEDED: 'succeeded', GoalStatus.STATUS_ABORTED: 'aborted', GoalStatus.STATUS_CANCELED: 'canceled'}
THREADS = 1


class User:
    def __init__(self, name):
        self.node, self.name = rclpy.create_node('user'), name
        self.diagnostics, self.markers, self.feedback, self.goal = None, 0, 0, None
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self.node.create_subscription(AgentState, f'{name}/state', self.on_state, latched)
        self.node.create_subscription(TransitionEvent, f'{name}/transition_event', self.on_transition, 10)
        self.node.create_subscription(DiagnosticArray, '/diagnostics', self.on_diagnostics, 10)
        self.node.create_subscription(MarkerArray, f'{name}/imagined', self.on_markers, 10)
        self.action = ActionClient(self.node, RunSkill, f'{name}/run_skill')

    def on_state(self, state):
        tell('agent-state', agent=state.agent, task=state.task, skill=state.skill, reason=state.reason, mayAct=state.may_act)

    def on_transition(self, event):
        tell('transition', id=event.transition.id, start=event.start_state.label, goal=event.goal_state.label)

    def on_diagnostics(self, array):
        self.diagnostics = array

    def on_markers(self, array):
        self.markers += 1

    def call(self, kind, service, request):
        client = self.node.create_client(kind, f'{self.name}/{service}')
        if not client.wait_for_service(WAIT_S):
            raise RuntimeError(f'there is no {service}')
        future, done = client.call_async(request), threading.Event()
        future.add_done_callback(lambda _: done.set())
        if not done.wait(WAIT_S):
            raise RuntimeError(f'{service} did not answer')
        self.node.destroy_client(client)
        return future.result()

    def order_change(self, label):
        success = self.call(ChangeState, 'change_state', ChangeState.Request(transition=Transition(label=label))).success
        tell('change', success=success)

    def order_lifecycle(self, _):
        state = self.call(GetState, 'get_state', GetState.Request()).current_state
        offered = self.call(GetAvailableTransitions, 'get_available_transitions', GetAvailableTransitions.Request()).available_transitions
        tell('lifecycle', id=state.id, label=state.label, offered=[each.transition.label for each in offered])

    def order_trigger(self, service):
        answer = self.call(Trigger, service, Trigger.Request())
        tell('trigger', success=answer.success, message=answer.message)

    def order_set(self, pair):
        name, number = pair
        value = ParameterValue(type=ParameterType.PARAMETER_DOUBLE, double_value=float(number))
        result = self.call(SetParameters, 'set_parameters', SetParameters.Request(parameters=[Parameter(name=name, value=value)])).results[0]
        after = self.call(GetParameters, 'get_parameters', GetParameters.Request(names=[name])).values[0].double_value
        tell('set', success=result.successful, reason=result.reason, after=after)

    def order_describe(self, name):
        described = self.call(DescribeParameters, 'describe_parameters', DescribeParameters.Request(names=[name])).descriptors[0]
        limits = [[each.from_value, each.to_value] for each in described.floating_point_range]
        tell('describe', description=described.description, readOnly=described.read_only, range=limits)

    def order_heard(self, _):
        statuses = self.diagnostics.status if self.diagnostics else []
        tell('heard', markers=self.markers, feedback=self.feedback, diagnostics=[
            {'name': each.name, 'level': each.level[0], 'message': each.message, 'values': {pair.key: pair.value for pair in each.values}}
            for each in statuses])

    def order_run(self, wanted):
        goal = RunSkill.Goal(skill=wanted['skill'], goal_kind=wanted['kind'], timeout_s=float(wanted.get('timeoutS', 0)))
        goal.position_m.x, goal.position_m.y, goal.position_m.z = wanted.get('positionM', [0.0, 0.0, 0.0])
        if not self.action.wait_for_server(WAIT_S):
            raise RuntimeError('there is no run_skill')
        self.feedback = 0
        self.action.send_goal_async(goal, self.on_feedback).add_done_callback(self.on_goal)

    def on_feedback(self, message):
        self.feedback += 1
        if self.feedback == 1:
            feedback = message.feedback
            tell('feedback', state=feedback.state, decisions=feedback.decisions, toolZ=feedback.tool_m.z, distanceM=feedback.distance_m)

    def on_goal(self, future):
        self.goal = future.result()
        tell('run', accepted=self.goal.accepted)
        if self.goal.accepted:
            self.goal.get_result_async().add_done_callback(self.on_result)

    def on_result(self, future):
        answer = future.result()
        result = answer.result
        tell('result', status=STATUS.get(answer.status, str(answer.status)), outcome=result.outcome, reason=result.reason,
             decisions=result.decisions, distanceLeftM=result.distance_left_m)

    def order_cancel(self, _):
        self.goal.cancel_goal_async().add_done_callback(lambda future: tell('cancel', goals=len(future.result().goals_canceling)))


if __name__ == '__main__':
    run(lambda: User(sys.argv[1]), THREADS)
