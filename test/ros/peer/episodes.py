"""The two services by which an evaluation begins an episode and is judged: foresight_msgs SetWorld and GetWorld."""
import threading

from foresight_msgs.srv import GetWorld, SetWorld
from geometry_msgs.msg import Pose

from ros_time import to_stamp

NEVER_S = 3600.0


class Episodes:
    def __init__(self, node, group, world, clock, controller, names, tell):
        self.world, self.clock, self.controller, self.names, self.tell = world, clock, controller, names, tell
        self.fault = None
        node.create_service(SetWorld, 'set_world', self.on_set, callback_group=group)
        node.create_service(GetWorld, 'get_world', self.on_get, callback_group=group)

    def on_set(self, request, response):
        if self.fault == 'service-mute':
            threading.Event().wait(NEVER_S)
        response.message = self._why_not(request)
        response.success = not response.message
        with self.world.lock:
            if response.success:
                self._place(request)
            response.stamp = to_stamp(self.clock.now_ns + 1)  # A picture may have been taken at this very instant.
        self.tell('world-set', success=response.success, why=response.message)
        return response

    def _why_not(self, request):
        if len(request.joint_names) != len(request.positions_rad) or len(request.objects) != len(request.poses):
            return 'names and values differ in number'
        unknown = [name for name in request.joint_names if name not in self.names]
        unknown += [name for name in request.objects if not self.world.has_object(name)]
        return f"there is no {', '.join(unknown)}" if unknown else ''

    def _place(self, request):
        position = self.world.position
        for name, value in zip(request.joint_names, request.positions_rad):
            position[self.names.index(name)] = value
        self.world.place_arm(position)
        self.controller.place()
        for name, pose in zip(request.objects, request.poses):
            at, turn = pose.position, pose.orientation
            self.world.place_object(name, (at.x, at.y, at.z), (turn.w, turn.x, turn.y, turn.z))

    def on_get(self, request, response):
        if self.fault == 'service-mute':
            threading.Event().wait(NEVER_S)
        unknown = [name for name in request.objects if not self.world.has_object(name)]
        response.success, response.message = not unknown, f"there is no {', '.join(unknown)}" if unknown else ''
        with self.world.lock:
            response.stamp = self.clock.stamp()
            response.joint_names, response.positions_rad = self.names, self.world.position.tolist()
            response.poses = [to_pose(*self.world.object_pose(name)) for name in request.objects if name not in unknown]
        return response


def to_pose(position, quaternion):
    pose = Pose()
    pose.position.x, pose.position.y, pose.position.z = map(float, position)
    pose.orientation.w, pose.orientation.x, pose.orientation.y, pose.orientation.z = map(float, quaternion)
    return pose
