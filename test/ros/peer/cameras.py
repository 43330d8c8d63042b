"""The cameras: pictures of the world at their rate, drawn by a program that is fed the poses over a pipe."""
import json
import math
import subprocess
import threading
import time

from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import CameraInfo, Image


class PipeRenderer:
    """A program that reads {"qpos": [...]} lines and answers with the bytes of one picture per camera."""

    def __init__(self, command, cameras):
        self.sizes = [c['heightPx'] * c['widthPx'] * 3 for c in cameras]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def draw(self, qpos):
        self.process.stdin.write((json.dumps({'qpos': qpos.tolist()}) + '\n').encode())
        self.process.stdin.flush()
        return [self._read(size) for size in self.sizes]

    def _read(self, size):
        data = self.process.stdout.read(size)
        if len(data) != size:
            raise EOFError('the drawing program ended')
        return data


class Cameras:
    """Publishes NAME/image_raw and NAME/camera_info of every camera from a thread of its own."""

    def __init__(self, node, world, clock, config, tell):
        self.world, self.clock, self.tell = world, clock, tell
        self.specs, self.rate = config['cameras'], config['cameraRateHz']
        self.fault = None
        self.images = [node.create_publisher(Image, f"{c['name']}/image_raw", qos_profile_sensor_data) for c in self.specs]
        self.infos = [node.create_publisher(CameraInfo, f"{c['name']}/camera_info", qos_profile_sensor_data) for c in self.specs]
        self.command = config['draw']
        self.frozen = None
        self.draw_ms = []
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self.thread.start()

    def _run(self):
        try:
            renderer = PipeRenderer(self.command, self.specs)
            self._publish(renderer)  # The first takes longest.
            self.tell('cameras', command=self.command)
            period, due = 1 / self.rate, time.monotonic()
            while True:
                due += period
                wait = due - time.monotonic()
                if wait > 0:
                    time.sleep(wait)
                else:
                    due = time.monotonic()
                self._publish(renderer)
        except Exception as error:  # pylint: disable=broad-except
            self.tell('cameras-failed', error=f'{type(error).__name__}: {error}')

    def _publish(self, renderer):
        if self.fault == 'image-silent' or self.clock.paused:
            return
        with self.world.lock:
            qpos, stamp = self.world.data.qpos.copy(), self.clock.stamp()
        begin = time.monotonic()
        pictures = renderer.draw(qpos)
        self.draw_ms.append((time.monotonic() - begin) * 1e3)
        if self.fault != 'image-frozen':
            self.frozen = None
        else:
            self.frozen = self.frozen or pictures
            pictures = self.frozen
        for spec, image, info, picture in zip(self.specs, self.images, self.infos, pictures):
            image.publish(to_image(spec, stamp, picture))
            info.publish(to_info(spec, stamp))


def to_image(spec, stamp, picture):
    message = Image(height=spec['heightPx'], width=spec['widthPx'], encoding='rgb8', step=spec['widthPx'] * 3)
    message.header.stamp, message.header.frame_id = stamp, f"{spec['name']}_optical"
    message.data.frombytes(picture)
    return message


def to_info(spec, stamp):
    """A pinhole without distortion, square pixels, centred."""
    width, height = spec['widthPx'], spec['heightPx']
    focal = height / 2 / math.tan(spec['fovYRad'] / 2)
    message = CameraInfo(height=height, width=width, distortion_model='plumb_bob', d=[0.0] * 5)
    message.header.stamp, message.header.frame_id = stamp, f"{spec['name']}_optical"
    message.k = [focal, 0.0, width / 2, 0.0, focal, height / 2, 0.0, 0.0, 1.0]
    message.r = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]
    message.p = [focal, 0.0, width / 2, 0.0, 0.0, focal, height / 2, 0.0, 0.0, 0.0, 1.0, 0.0]
    return message
