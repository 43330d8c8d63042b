"""Draws the peer's world with MuJoCo's own OpenGL renderer: shadows, gloss and other edges than our own camera draws.

Usage: draw.py FILE, a JSON file with mjcf and cameras; like draw.ts, which draws with our camera, it reads {"qpos": [...]} lines and answers
with the bytes of one picture per camera. A process of its own: in the peer's, drawing would hold up its physics and its messages.
"""
import json
import math
import os
import sys

os.environ.setdefault('MUJOCO_GL', 'egl')
# In software Mesa draws so small a picture faster in the thread that asks for it than with helpers.
os.environ.setdefault('LP_NUM_THREADS', '0')
import mujoco  # noqa: E402  pylint: disable=wrong-import-position

SHADOW_PX = 512
SLICES = 16


class MujocoRenderer:
    def __init__(self, mjcf, cameras):
        self.model, self.cameras = mujoco.MjModel.from_xml_string(mjcf), cameras
        self.data = mujoco.MjData(self.model)
        # The defaults are for a window and a graphics card: in software they take half a second a picture.
        visual = self.model.vis
        visual.quality.shadowsize, visual.quality.numslices, visual.quality.numstacks = SHADOW_PX, SLICES, SLICES // 2
        visual.global_.offwidth, visual.global_.offheight = (max(c[side] for c in cameras) for side in ('widthPx', 'heightPx'))
        self.renderers = {size: mujoco.Renderer(self.model, *size) for size in {(c['heightPx'], c['widthPx']) for c in cameras}}

    def draw(self, qpos):
        self.data.qpos[:] = qpos
        mujoco.mj_forward(self.model, self.data)
        return b''.join(self._draw(camera) for camera in self.cameras)

    def _draw(self, camera):
        view = mujoco.MjvCamera()
        offset = [t - p for t, p in zip(camera['targetM'], camera['positionM'])]
        view.lookat[:] = camera['targetM']
        view.distance = math.hypot(*offset)
        view.azimuth = math.degrees(math.atan2(offset[1], offset[0]))
        view.elevation = math.degrees(math.asin(offset[2] / view.distance))
        self.model.vis.global_.fovy = math.degrees(camera['fovYRad'])
        renderer = self.renderers[camera['heightPx'], camera['widthPx']]
        renderer.update_scene(self.data, view)
        return renderer.render().tobytes()


def main():
    with open(sys.argv[1], encoding='utf8') as file:
        config = json.load(file)
    renderer = MujocoRenderer(config['mjcf'], config['cameras'])
    try:
        for line in sys.stdin:
            sys.stdout.buffer.write(renderer.draw(json.loads(line)['qpos']))
            sys.stdout.buffer.flush()
    except BrokenPipeError:
        os._exit(0)  # Who asked is gone, and with it whoever would read that.
    for each in renderer.renderers.values():
        each.close()


if __name__ == '__main__':
    main()
