/** The MuJoCo engine, loaded once per thread; everything made with it lives on the WASM heap and must be deleted by its owner. */
import loadModule, { type MainModule, type MjData, type MjModel } from "@mujoco/mujoco";

export type Mujoco = MainModule;
export type MujocoModel = MjModel;
export type MujocoData = MjData;

let loading: Promise<Mujoco> | null = null;

/** The WASM module of this thread; later calls return the same one. */
export function loadMujoco(): Promise<Mujoco> {
  loading ??= loadModule();
  return loading;
}
