"""Lines of JSON with whoever started this program: orders come on standard input, what happened is told on standard output.

Imported before anything of ROS. The middleware logs on standard output from C++, in the middle of a line if need be; from here on its
file descriptor is that of standard error, and only `tell` writes where standard output was.
"""
import json
import math
import os
import sys
import threading
import time

_output = os.fdopen(os.dup(1), 'w', encoding='utf8')
os.dup2(2, 1)
_mutex = threading.Lock()


def tell(what, **more):
    """One line; what is not a number becomes null, which JSON has."""
    more = {key: None if isinstance(value, float) and math.isnan(value) else value for key, value in more.items()}
    with _mutex:
        print(json.dumps({'what': what, 'atNs': str(time.monotonic_ns()), **more}), file=_output, flush=True)


def run(make, threads):
    """Spins the `node` of what is made; a line {"x": value} of standard input calls its order_x(value). Ends when the other side is gone."""
    import rclpy
    from rclpy.executors import ExternalShutdownException, MultiThreadedExecutor, SingleThreadedExecutor

    # rclpy's executor runs in circles until another thread has taken its work; with Python's 5 ms to a change of threads that held up
    # the physics by up to 0.9 s on an idle machine, until arms stood still halfway.
    sys.setswitchinterval(0.0002)
    rclpy.init(args=[])
    made = make()
    threading.Thread(target=_read_orders, args=(made, rclpy.try_shutdown), daemon=True).start()
    tell('ready')
    # Several threads are for callbacks that wait: handing work to them, rclpy spins until one has taken it, which costs a busy machine dearly.
    executor = MultiThreadedExecutor(num_threads=threads) if threads > 1 else SingleThreadedExecutor()
    executor.add_node(made.node)
    try:
        executor.spin()
    except (KeyboardInterrupt, ExternalShutdownException):
        pass


def _read_orders(made, at_end):
    try:
        for line in sys.stdin:
            if line.strip():
                _obey(made, line)
    finally:
        at_end()  # Also where nobody hears any more what happened.


def _obey(made, line):
    try:
        order = json.loads(line)
        for name, value in order.items():
            getattr(made, f'order_{name}')(value)
        tell('obeyed', order=list(order))
    except BrokenPipeError:
        raise
    except Exception as error:  # pylint: disable=broad-except
        tell('disobeyed', error=f'{line.strip()[:200]}: {type(error).__name__}: {error}')
