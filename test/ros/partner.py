#!/usr/bin/env python3
"""A ROS 2 node made of rclpy that does as it is told, for any type: publishes, listens, calls, serves, sends and serves action goals.

Orders are lines of JSON on its standard input, what happened lines of JSON on its standard output. Messages are plain objects with every field;
64-bit integers are decimal text with an n at the end, arrays of bytes are base64, so that nothing is lost on the way.
"""
from peer.lines import run, tell  # Before ROS.

import array
import base64
import importlib
import os
import threading
import time

import numpy as np
import rclpy
from action_msgs.msg import GoalStatus
from rclpy.action import ActionClient, ActionServer, CancelResponse, GoalResponse
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy

STATUS = {GoalStatus.STATUS_SUCCEEDED: 'succeeded', GoalStatus.STATUS_CANCELED: 'canceled', GoalStatus.STATUS_ABORTED: 'aborted'}
# Its executor takes one message a turn, and slower than one in 2 ms on a busy machine: a reader's queue keeps only its newest, so there is room for a burst.
DEPTH = 1000
QOS = {
    'reliable': QoSProfile(depth=DEPTH),
    'sensor': QoSProfile(depth=DEPTH, reliability=ReliabilityPolicy.BEST_EFFORT),
    'latched': QoSProfile(depth=DEPTH, durability=DurabilityPolicy.TRANSIENT_LOCAL),
}
# A client hears only what is published after it has heard that its goal is accepted.
WAIT_S = 20
THREADS = 6


def type_of(name):
    """'sensor_msgs/msg/Image' to its class."""
    package, kind, message = name.split('/')
    return getattr(importlib.import_module(f'{package}.{kind}'), message)


def to_plain(value, kind=''):
    if hasattr(value, 'get_fields_and_field_types'):
        return {field: to_plain(getattr(value, field), of) for field, of in value.get_fields_and_field_types().items()}
    if kind.startswith(('sequence<uint8', 'uint8[')):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, bytes):
        return value[0]  # A `byte`.
    if isinstance(value, (list, tuple, np.ndarray)) or type(value).__name__ == 'array':
        inner = kind.partition('<')[2].rpartition('>')[0].partition(',')[0] or kind.partition('[')[0]
        return [to_plain(item, inner) for item in (value.tolist() if hasattr(value, 'tolist') else value)]
    return f'{value}n' if kind in ('int64', 'uint64') else value


def from_plain(message, plain):
    """Fills the fields that are named; returns the message."""
    kinds = message.get_fields_and_field_types()
    for field, value in plain.items():
        setattr(message, field, _field(getattr(message, field), value, kinds[field]))
    return message


def _field(old, value, kind):
    if hasattr(old, 'get_fields_and_field_types'):
        return from_plain(old, value)
    if kind.startswith(('sequence<uint8', 'uint8[')):
        return array.array('B', base64.b64decode(value))
    if isinstance(old, bytes):
        return bytes([value])
    if isinstance(value, list):
        inner = kind.partition('<')[2].rpartition('>')[0].partition(',')[0] or kind.partition('[')[0]
        if '/' in inner:
            package, name = inner.split('/')
            return [from_plain(type_of(f'{package}/msg/{name}')(), item) for item in value]
        return [_field(0, item, inner) for item in value]
    if kind in ('float', 'double'):
        return float(value)
    return int(value[:-1]) if kind in ('int64', 'uint64') else value


def number(message, count):
    if hasattr(message, 'position'):
        message.position[0] = float(count)
    else:
        message.data = array.array('B', bytes([count >> 8 & 255, count & 255, 77]) * (message.width * message.height))


class Partner:
    """Every method `order_X` obeys the order X."""

    def __init__(self):
        self.node = rclpy.create_node('partner', parameter_overrides=[], automatically_declare_parameters_from_overrides=True)
        self.group = ReentrantCallbackGroup()
        self.kept = {}
        self.sent = {}

    def order_listen(self, order):
        topic = order['topic']

        def hear(message):
            tell('heard', topic=topic, message=to_plain(message))
        self.kept[f'listen {topic}'] = self.node.create_subscription(type_of(order['type']), topic, hear, QOS[order['qos']])

    def order_publishers(self, topic):
        """How many publishers the subscription of `order_listen` has."""
        tell('publishers', topic=topic, count=self.kept[f'listen {topic}'].get_publisher_count())

    def order_publish(self, order):
        """All messages in turn, once someone listens (or at once)."""
        topic, kind = order['topic'], type_of(order['type'])
        publisher = self.kept.get(f'publish {topic}') or self.node.create_publisher(kind, topic, QOS[order['qos']])
        self.kept[f'publish {topic}'] = publisher

        def send():
            while not order.get('atOnce') and publisher.get_subscription_count() == 0:
                time.sleep(0.02)
            for plain in order['messages']:
                publisher.publish(from_plain(kind(), plain))
                time.sleep(order.get('everyMs', 0) / 1e3)
            tell('published', topic=topic, count=len(order['messages']))
        threading.Thread(target=send, daemon=True).start()

    def order_publish_late(self, order):
        """Becomes a publisher only once somebody listens."""
        topic = order['topic']

        def wait():
            while self.node.count_subscribers(topic) == 0:
                time.sleep(0.02)
            self.order_publish(order)
        threading.Thread(target=wait, daemon=True).start()

    def order_stream(self, order):
        """Goes on at its rate, each stamped with the time and numbered by `order_sent`'s count: joint states in the first position, pictures in red and green."""
        topic, kind = order['topic'], type_of(order['type'])
        publisher, message = self.node.create_publisher(kind, topic, QOS[order['qos']]), from_plain(kind(), order['message'])
        self.sent[topic] = 0

        def send():
            due = time.monotonic()
            while rclpy.ok():
                message.header.stamp = self.node.get_clock().now().to_msg()
                number(message, self.sent[topic])
                publisher.publish(message)
                self.sent[topic] += 1
                due = max(due + 1 / order['hz'], time.monotonic() - 0.1)  # Held up for longer, it does not race.
                time.sleep(max(0.0, due - time.monotonic()))
        threading.Thread(target=send, daemon=True).start()

    def order_sent(self, topic):
        tell('sent', topic=topic, count=self.sent[topic])

    def order_serve(self, order):
        kind, name = type_of(order['type']), order['name']

        def answer(request, response):
            tell('asked', name=name, request=to_plain(request))
            return from_plain(response, order['response'])
        self.kept[f'serve {name}'] = self.node.create_service(kind, name, answer, callback_group=self.group)

    def order_call(self, order):
        kind, name = type_of(order['type']), order['name']
        key = f'call {name}'
        client = self.kept.get(key) or self.node.create_client(kind, name, callback_group=self.group)
        self.kept[key] = client

        def call():
            if not client.wait_for_service(timeout_sec=order.get('waitS', 20)):
                return tell('answered', name=name, response=None)
            client.call_async(from_plain(kind.Request(), order['request'])).add_done_callback(
                lambda future: tell('answered', name=name, response=to_plain(future.result())))
        threading.Thread(target=call, daemon=True).start()

    def order_param(self, order):
        self.node.declare_parameter(order['name'], order['value'])

    def order_read_param(self, name):
        tell('param', name=name, value=self.node.get_parameter(name).value)

    def order_sim_time(self, on):
        self.node.set_parameters([Parameter('use_sim_time', Parameter.Type.BOOL, on)])

    def order_now(self, _):
        tell('now', ns=f'{self.node.get_clock().now().nanoseconds}n')

    def order_serve_action(self, order):
        """Goals in turn end as `ends` says: reject, succeed, abort, or cancel (waits until it is asked to)."""
        kind, name, ends = type_of(order['type']), order['name'], list(order['ends'])
        current, go = [], threading.Event()
        self.kept[f'go {name}'] = go

        def on_goal(goal):
            current[:] = [ends.pop(0)]
            tell('goal', name=name, goal=to_plain(goal), end=current[0])
            return GoalResponse.REJECT if current[0] == 'reject' else GoalResponse.ACCEPT

        def may_go():
            if not go.wait(WAIT_S):
                raise RuntimeError(f'nobody said that {name} may go on')
            go.clear()

        def execute(handle):
            end = current[0]
            may_go()
            while self.node.count_subscribers(f'/{name}/_action/feedback') == 0:
                time.sleep(0.01)
            for plain in order['feedback']:
                handle.publish_feedback(from_plain(kind.Feedback(), plain))
            may_go()
            while end == 'cancel' and not handle.is_cancel_requested:
                time.sleep(0.01)
            {'succeed': handle.succeed, 'abort': handle.abort, 'cancel': handle.canceled}[end]()
            return from_plain(kind.Result(), order['result'])
        self.kept[f'action {name}'] = ActionServer(self.node, kind, name, execute, goal_callback=on_goal, callback_group=self.group,
                                                   cancel_callback=lambda _: CancelResponse.ACCEPT)

    def order_go(self, name):
        """An action goes on: to its feedback when the client knows of its goal, to its end when that was heard."""
        self.kept[f'go {name}'].set()

    def order_act(self, order):
        """Sends one goal; cancels it after so many feedbacks where told to."""
        kind, name = type_of(order['type']), order['name']
        key = f'act {name}'
        client = self.kept.get(key) or ActionClient(self.node, kind, name, callback_group=self.group)
        self.kept[key] = client
        heard, handles = [], []

        def cancel_when_due():
            if handles and len(heard) >= (order.get('cancelAfter') or 1e9) and not handles[1:]:
                handles.append('cancelled')
                handles[0].cancel_goal_async()

        def on_feedback(message):
            heard.append(1)
            tell('feedback', name=name, feedback=to_plain(message.feedback))
            cancel_when_due()

        def on_result(future):
            answer = future.result()
            tell('result', name=name, status=STATUS.get(answer.status, str(answer.status)), result=to_plain(answer.result))

        def on_answer(future):
            handle = self.kept['handle'] = future.result()
            tell('answered-goal', name=name, accepted=handle.accepted)
            if handle.accepted:
                handles.append(handle)
                handle.get_result_async().add_done_callback(on_result)
                cancel_when_due()

        def act():
            if not client.wait_for_server(timeout_sec=20):
                return tell('answered-goal', name=name, accepted=None)
            client.send_goal_async(from_plain(kind.Goal(), order['goal']), feedback_callback=on_feedback).add_done_callback(on_answer)
        threading.Thread(target=act, daemon=True).start()

    def order_print(self, text):
        """As the middleware logs: on file descriptor 1, past Python."""
        os.write(1, text.encode())

    def order_cancel(self, _):
        self.kept['handle'].cancel_goal_async()


if __name__ == '__main__':
    run(Partner, THREADS)
