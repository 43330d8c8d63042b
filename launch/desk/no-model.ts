/** What a body is opened with where an arm is moved by its joints alone: its guards are wanted, and no action of a model is made. */
import { displacementAxes } from "../../runtime/core/model.ts";

export const NO_MODEL = { axes: displacementAxes({ axes: ["x", "y", "z"], scaleM: 0.03 }), toolHeightM: null, controlPeriodS: 0.2 };
