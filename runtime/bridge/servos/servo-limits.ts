/** What is watched at the servos of an arm, and within which bounds. */

export interface ServoLimits {
  /** Supply at the servos. */
  readonly voltageMinV: number;
  readonly voltageMaxV: number;
  readonly temperatureMaxC: number;
  /** A joint that pushes with so much of its torque, so far from its goal, for so long, without moving: it has met something. */
  readonly stallLoadShare: number;
  readonly stallRad: number;
  readonly stallMs: number;
  /** A servo that has not answered for so long is missing. */
  readonly missingMs: number;
  /** A joint so far from its command for so long is held by something, or driven by someone. */
  readonly trackingRad: number;
  readonly trackingMs: number;
}

export const servoLimitDefaults: ServoLimits = {
  voltageMinV: 4.5,
  voltageMaxV: 13,
  temperatureMaxC: 65,
  stallLoadShare: 0.5,
  stallRad: 0.12,
  stallMs: 300,
  missingMs: 250,
  trackingRad: 0.35,
  trackingMs: 600,
};
