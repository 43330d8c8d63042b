#!/usr/bin/env python3
"""Builds ROS 2 interface packages into a ROS prefix made of PyPI wheels, which has no ament, cmake or colcon.

usage: build_interfaces.py PACKAGE_FOLDER ...     (in dependency order; run with the prefix's own python)

A package folder has {msg,srv,action}/*.{msg,srv,action} and may have a package.xml. The same generators run as under colcon; made are the C
libraries that rclpy and rclnodejs load, the Python package, share/, include/ and the ament index entries. C++ is left out: nobody here uses it.
"""
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time

import numpy
from rosidl_adapter.action import convert_action_to_idl
from rosidl_adapter.msg import convert_msg_to_idl
from rosidl_adapter.srv import convert_srv_to_idl
from rosidl_cli.command.helpers import generate_visibility_control_file
from rosidl_generator_c import generate_c
from rosidl_generator_py import generate_py
from rosidl_generator_type_description import generate_type_hash
from rosidl_typesupport_c import generate_c as generate_dispatch_c
from rosidl_typesupport_fastrtps_c import generate_typesupport_fastrtps_c
from rosidl_typesupport_introspection_c import generate_c as generate_introspection_c

PREFIX = pathlib.Path(sys.prefix)
SHARE, LIB, INCLUDE = PREFIX / 'share', PREFIX / 'lib', PREFIX / 'include'
SITE = pathlib.Path(sysconfig.get_paths()['platlib'])
GENERATORS = ('rosidl_generator_c', 'rosidl_typesupport_introspection_c', 'rosidl_typesupport_fastrtps_c', 'rosidl_typesupport_c')
TO_IDL = {'msg': convert_msg_to_idl, 'srv': convert_srv_to_idl, 'action': convert_action_to_idl}
JOBS = int(os.environ.get('JOBS', os.cpu_count() or 2))


class Package:
    """One interface package on its way into the prefix."""

    def __init__(self, source):
        self.source = pathlib.Path(source).resolve()
        self.name = self.source.name
        self.out = pathlib.Path(tempfile.mkdtemp(prefix=f'interfaces-{self.name}-'))
        self.idl = self.out / 'idl' / self.name
        self.types = self.out / 'types' / self.name
        self.py = self.out / 'py' / self.name
        # One folder per generator: two of them write a file of the same name.
        self.code = {name: self.out / 'gen' / name / self.name for name in GENERATORS}
        self.dependencies = dependencies_of(self.source)
        self.interfaces = []

    def arguments(self, generator, output, **more):
        content = dict(
            package_name=self.name,
            output_dir=str(output),
            template_dir=str(SHARE / generator / 'resource'),
            idl_tuples=[f'{self.idl}:{name}' for name in self.interfaces],
            ros_interface_dependencies=[f'{d}:{p}' for d in self.dependencies for p in (SHARE / d).glob('*/*.idl')],
            target_dependencies=[],
            **more,
        )
        path = self.out / f'{generator}.json'
        path.write_text(json.dumps(content))
        return str(path)


def dependencies_of(source):
    """The packages that a package names, followed through the prefix."""
    known = {path.name for path in (SHARE / 'ament_index/resource_index/rosidl_interfaces').iterdir()}
    found, todo = {'builtin_interfaces', 'service_msgs'}, [source]
    while todo:
        folder = todo.pop()
        text = ''.join(file.read_text() for kind in TO_IDL for file in (folder / kind).glob('*.' + kind))
        names = {word.split('/')[0] for word in text.replace('[', ' ').split() if '/' in word}
        if 'Header' in text:
            names.add('std_msgs')
        if list((folder / 'action').glob('*.action')):
            names |= {'action_msgs', 'unique_identifier_msgs'}
        for name in (names & known) - found - {source.name}:
            found.add(name)
            todo.append(SHARE / name)
    return sorted(found)


def generate(package):
    """.msg, .srv, .action -> .idl -> type descriptions with RIHS01 hashes -> C and Python sources."""
    for kind, convert in TO_IDL.items():
        for file in sorted((package.source / kind).glob('*.' + kind)):
            convert(package.source, package.name, pathlib.Path(kind) / file.name, package.idl / kind)
            package.interfaces.append(f'{kind}/{file.stem}.idl')
    paths = [f'{d}:{SHARE / d}' for d in package.dependencies]
    generate_type_hash(package.arguments('rosidl_generator_type_description', package.types, include_paths=paths))
    for name in GENERATORS[:3]:
        header = name + '__visibility_control.h'
        generate_visibility_control_file(
            package_name=package.name,
            template_path=SHARE / name / 'resource' / (header + '.in'),
            output_path=package.code[name] / 'msg' / header,
        )
    descriptions = [f'{name}:{(package.types / name).with_suffix(".json")}' for name in package.interfaces]
    sources = [str(package.source / pathlib.Path(name).with_suffix('.' + name.split('/')[0])) for name in package.interfaces]

    def arguments(name, **more):
        return package.arguments(name, package.code[name], **more)

    generate_c(arguments('rosidl_generator_c', type_description_tuples=descriptions, ros_interface_files=sources))
    generate_introspection_c(arguments('rosidl_typesupport_introspection_c'))
    generate_typesupport_fastrtps_c(arguments('rosidl_typesupport_fastrtps_c'))
    generate_dispatch_c(arguments('rosidl_typesupport_c'), ['rosidl_typesupport_fastrtps_c', 'rosidl_typesupport_introspection_c'])
    package.py.mkdir(parents=True)
    (package.py / '__init__.py').write_text('')
    generate_py(package.arguments('rosidl_generator_py', package.py), ['rosidl_typesupport_c'])


def run(command):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if result.returncode:
        sys.exit('failed: ' + ' '.join(map(str, command)) + '\n' + result.stderr)


def compile_sources(package):
    """Object files by library."""
    includes = [part for name in GENERATORS for part in ('-I', package.out / 'gen' / name)] + ['-I', INCLUDE]
    includes += [part for folder in sorted(INCLUDE.iterdir()) if folder.is_dir() for part in ('-I', folder)]
    python = ['-I', sysconfig.get_paths()['include'], '-I', numpy.get_include(), '-I', package.out / 'py']
    objects, commands = {}, []

    def add(library, source, extra):
        target = package.out / 'obj' / library / (str(source.relative_to(package.out)).replace('/', '_') + '.o')
        target.parent.mkdir(parents=True, exist_ok=True)
        objects.setdefault(library, []).append(target)
        compiler = ['g++', '-std=c++17'] if source.suffix == '.cpp' else ['gcc', '-std=gnu11']
        commands.append([*compiler, '-O2', '-fPIC', '-w', *includes, *extra, '-c', source, '-o', target])

    for name, folder in package.code.items():
        for source in sorted(path for path in folder.rglob('*') if path.suffix in ('.c', '.cpp')):
            add(name, source, [f'-D{name.upper()}_BUILDING_DLL_{package.name}'])
    for source in sorted(package.py.rglob('*_s.c')):
        add('rosidl_generator_py', source, python)
    for source in package.py.glob('_*_s.ep.rosidl_typesupport_c.c'):
        add('python_extension', source, python)
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        list(pool.map(run, commands))
    return objects


def link(package, objects):
    """The five libraries and the Python extension; --as-needed keeps only the dependencies that are used."""
    (package.out / 'lib').mkdir()
    common = ['-L', package.out / 'lib', '-L', LIB, '-Wl,--as-needed', '-Wl,--allow-shlib-undefined']
    runtime = ['-lrosidl_runtime_c', '-lrcutils']

    def own(name):
        return f'-l{package.name}__{name}'

    def others(name):
        return [f'-l{d}__{name}' for d in package.dependencies if (LIB / f'lib{d}__{name}.so').exists()]

    def library(name, libraries, compiler='gcc'):
        target = package.out / 'lib' / f'lib{package.name}__{name}.so'
        run([compiler, '-shared', '-o', target, f'-Wl,-soname,{target.name}', *objects[name], *common, *libraries])

    c, intro, fast, dispatch = GENERATORS[0], GENERATORS[1], GENERATORS[2], GENERATORS[3]
    library(c, [*others(c), *runtime])
    library(intro, [own(c), *others(intro), *others(c), '-lrosidl_typesupport_introspection_c', *runtime])
    cpp = ['-lrosidl_typesupport_fastrtps_c', '-lrosidl_typesupport_fastrtps_cpp', '-lfastcdr', '-lrmw']
    library(fast, [own(c), *others(fast), *others(c), *cpp, *runtime], 'g++')
    library(dispatch, [own(c), *others(dispatch), *others(c), '-lrosidl_typesupport_c', *runtime], 'g++')
    library('rosidl_generator_py', [own(c), own(dispatch), *others('rosidl_generator_py'), *others(c), *runtime])
    extension = package.py / f'{package.name}_s__rosidl_typesupport_c.so'
    libraries = [own('rosidl_generator_py'), own(dispatch), own(c), *others(c), '-lrosidl_typesupport_c', *runtime]
    run(['gcc', '-shared', '-o', extension, *objects['python_extension'], *common, *libraries])


def install(package):
    for library in (package.out / 'lib').iterdir():
        shutil.copy2(library, LIB)
    shutil.rmtree(SITE / package.name, ignore_errors=True)
    shutil.copytree(package.py, SITE / package.name)
    share = SHARE / package.name
    shutil.rmtree(share, ignore_errors=True)
    for kind in TO_IDL:
        for folder in (package.source / kind, package.idl / kind, package.types / kind):
            if folder.is_dir():
                shutil.copytree(folder, share / kind, dirs_exist_ok=True)
    manifest = package.source / 'package.xml'
    minimal = f'<package format="3"><name>{package.name}</name><version>0.0.0</version><description>interfaces</description>' \
        '<maintainer email="nobody@localhost">nobody</maintainer><license>see upstream</license>' \
        '<member_of_group>rosidl_interface_packages</member_of_group></package>\n'
    (share / 'package.xml').write_text(manifest.read_text() if manifest.exists() else minimal)
    for folder in package.code.values():
        shutil.copytree(folder, INCLUDE / package.name / package.name, dirs_exist_ok=True,
                        ignore=lambda _, names: [name for name in names if name.endswith(('.c', '.cpp'))])
    index = SHARE / 'ament_index/resource_index'
    lines = [line for name in package.interfaces for line in (name, name[:-3] + name.split('/')[0])]
    (index / 'rosidl_interfaces' / package.name).write_text('\n'.join(lines))
    (index / 'packages' / package.name).write_text('')


def main():
    for source in sys.argv[1:]:
        started = time.monotonic()
        package = Package(source)
        generate(package)
        link(package, compile_sources(package))
        install(package)
        shutil.rmtree(package.out)
        print(f'{package.name}: {len(package.interfaces)} interfaces in {time.monotonic() - started:.1f} s')


if __name__ == '__main__':
    main()
