#!/usr/bin/env bash
# test/gazebo/setup.sh   Unpacks the headless Gazebo Fortress of ../shared/gazebo once into a cache, for `npm run test:gazebo`. Needs Debian 12 and root.
# Prints the command that starts a server. Without that archive it says so and ends with code 3: the tests then say that they skip.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
source_folder=${FORESIGHT_GAZEBO_ARCHIVE:-$root/../shared/gazebo}
cache=${FORESIGHT_GAZEBO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/foresight/gazebo}
start=$cache/gz-fortress/run-gz.sh

# Answers -h only when every library that it needs is installed.
works() { [ -x "$start" ] && "$start" -h >/dev/null 2>&1; }

if ! works; then
  if [ ! -f "$source_folder/setup.sh" ]; then
    echo "no headless Gazebo here: $source_folder/setup.sh is not there" >&2
    exit 3
  fi
  bash "$source_folder/setup.sh" "$cache" >&2
fi
works || { echo "$start does not start" >&2; exit 1; }
echo "$start"
