"""What `ign sdf --check FILE...` and `gz sdf --check FILE...` do, asked of a libsdformat directly: check-sdf.py LIBRARY FILE...; prints what is wrong, exit code 0 when nothing is."""
import ctypes
import sys

library = ctypes.CDLL(sys.argv[1])
sys.exit(max(0 if library.cmdCheck(path.encode()) == 0 else 1 for path in sys.argv[2:]))
