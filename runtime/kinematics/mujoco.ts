/** The MuJoCo engine, loaded once per thread; everything made with it lives on the WASM heap and must be deleted by its owner. */
import loadModule from "@mujoco/mujoco";

export type Mujoco = Awaited<ReturnType<typeof loadModule>>;
export type MujocoModel = ReturnType<Mujoco["MjModel"]["from_xml_string"]>;
export type MujocoData = InstanceType<Mujoco["MjData"]>;

let loading: Promise<Mujoco> | null = null;

/** The WASM module of this thread; later calls return the same one. */
export function loadMujoco(): Promise<Mujoco> {
  loading ??= loadModule();
  return loading;
}
