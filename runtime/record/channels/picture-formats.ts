/** How pictures are written: PNG keeps every pixel, JPEG is for looking. */
export const PICTURE_FORMATS = ["png", "jpeg"] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];
