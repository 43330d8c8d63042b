/** Where a scene's things are put and where the tool plays: boxes above the table, all from the one that starts and goals are drawn from. */

type Range = readonly [number, number];

export interface WorkArea {
  /** Base frame, metres, for a table at its default place; it moves with the table. */
  readonly xM: Range;
  readonly yM: Range;
  /** Of the tool above the table, metres; higher than the cube, so that a reach never has to touch it. */
  readonly heightM: Range;
}

/** In front of an arm of the Panda's size. */
export const defaultWorkArea: WorkArea = { xM: [0.38, 0.62], yM: [-0.2, 0.2], heightM: [0.09, 0.28] };

/** How far a box goes beyond the default area, metres; below and above where they differ. A smaller area has smaller margins. */
interface Margins {
  readonly xM: number | Range;
  readonly yM: number | Range;
  readonly heightM: number | Range;
}

function widened(area: WorkArea, margins: Margins): WorkArea {
  const wide = (side: keyof WorkArea): Range => {
    const [low, high] = area[side];
    const [defaultLow, defaultHigh] = defaultWorkArea[side];
    const scale = (high - low) / (defaultHigh - defaultLow);
    const [below, above] = typeof margins[side] === "number" ? [margins[side], margins[side]] : margins[side];
    return [toNanometres(low - scale * below), toNanometres(high + scale * above)];
  };
  return { xM: wide("xM"), yM: wide("yM"), heightM: wide("heightM") };
}

/** So that the sums are the numbers that people would write. */
const toNanometres = (valueM: number): number => Math.round(valueM * 1e9) / 1e9;

/** Where a push may begin and end with its tool. */
export const pushArea = (area: WorkArea): WorkArea => widened(area, { xM: 0.08, yM: 0.1, heightM: 0 });
/** Where play puts its targets near a cube. */
export const nearArea = (area: WorkArea): WorkArea => widened(area, { xM: 0.02, yM: 0.02, heightM: 0 });
/** Where play reaches to, a little further than goals are. */
export const reachArea = (area: WorkArea): WorkArea => widened(area, { xM: 0.04, yM: 0.04, heightM: [0.015, 0.02] });
/** Where the tool may go at all in play. */
export const toolBox = (area: WorkArea): WorkArea => widened(area, { xM: [0.1, 0.12], yM: 0.14, heightM: [0.07, 0.12] });
/** A cube outside is too far away to push. */
export const cubeArea = (area: WorkArea): WorkArea => widened(area, { xM: 0.06, yM: 0.07, heightM: 0 });

export const middleOf = ([low, high]: Range): number => (low + high) / 2;
export const isWithin = (value: number, [low, high]: Range): boolean => value >= low && value <= high;
