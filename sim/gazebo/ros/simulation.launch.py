"""Gazebo Harmonic with an exported robot behind ros2_control and ros_gz_bridge, for a launch file with backend.kind ros2.

    ros2 launch sim/gazebo/ros/simulation.launch.py [folder:=FOLDER] [gui:=true]

FOLDER is what `foresight gazebo export LAUNCH --controller ros2_control --out FOLDER` wrote; default: panda, beside this file.
"""
import os

import yaml
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, ExecuteProcess, OpaqueFunction, Shutdown
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

HERE = os.path.dirname(os.path.abspath(__file__))
SIM_TIME = {"use_sim_time": True}


def controllers_in(path):
    """Names of those that the controller manager can load: its parameters with a type."""
    with open(path) as file:
        parameters = yaml.safe_load(file)["controller_manager"]["ros__parameters"]
    return [name for name, value in parameters.items() if isinstance(value, dict) and "type" in value]


def bring_up(context):
    folder = os.path.abspath(LaunchConfiguration("folder").perform(context))
    is_headless = LaunchConfiguration("gui").perform(context).lower() != "true"
    with open(os.path.join(folder, "robot.urdf")) as file:
        description = file.read()
    # Where the plugin of gz_ros2_control is found, as ros_gz_sim's own launch file has it.
    plugins = [os.environ.get("GZ_SIM_SYSTEM_PLUGIN_PATH", ""), os.environ.get("LD_LIBRARY_PATH", "")]
    return [
        Node(
            package="robot_state_publisher",
            executable="robot_state_publisher",
            parameters=[{"robot_description": ParameterValue(description, value_type=str)}, SIM_TIME],
        ),
        # In the folder, since the world names its controllers' file without one.
        ExecuteProcess(
            cmd=["gz", "sim", "-r", *(["-s", "--headless-rendering"] if is_headless else []), "world.sdf"],
            cwd=folder,
            additional_env={"GZ_SIM_SYSTEM_PLUGIN_PATH": ":".join(filter(None, plugins))},
            output="screen",
            on_exit=Shutdown(),
        ),
        Node(
            package="ros_gz_bridge",
            executable="parameter_bridge",
            parameters=[{"config_file": os.path.join(folder, "bridge.yaml")}, SIM_TIME],
        ),
        Node(
            package="controller_manager",
            executable="spawner",
            arguments=[*controllers_in(os.path.join(folder, "controllers.yaml")), "--controller-manager-timeout", "60"],
            parameters=[SIM_TIME],
        ),
    ]


def generate_launch_description():
    return LaunchDescription(
        [
            DeclareLaunchArgument("folder", default_value=os.path.join(HERE, "panda")),
            DeclareLaunchArgument("gui", default_value="false"),
            OpaqueFunction(function=bring_up),
        ]
    )
