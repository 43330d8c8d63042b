/** The next decision's first guess: the previous plan, one step later. */

/** Drops the first action and ends with a zero action (as TD-MPC2 does, Hansen et al. 2024); shape (horizon, actionDim), a new array. */
export function shiftWarmStart(actions: Float32Array, actionDim: number): Float32Array {
  const shifted = new Float32Array(actions.length);
  shifted.set(actions.subarray(actionDim));
  return shifted;
}
