"""Another client of the same arm, with a node and a will of its own."""
from builtin_interfaces.msg import Duration
from control_msgs.action import FollowJointTrajectory
from rclpy.action import ActionClient
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint


class Intruder:
    def __init__(self, node, group, world, names):
        self.world, self.names = world, names
        self.client = ActionClient(node, FollowJointTrajectory, 'joint_trajectory_controller/follow_joint_trajectory', callback_group=group)

    def move(self, joint_rad):
        """Sends the first joint this far from where it is, in a second."""
        with self.world.lock:
            target = self.world.position.tolist()
        target[0] += joint_rad
        point = JointTrajectoryPoint(positions=target, velocities=[0.0] * len(target), time_from_start=Duration(sec=1))
        self.client.send_goal_async(FollowJointTrajectory.Goal(trajectory=JointTrajectory(joint_names=self.names, points=[point])))
