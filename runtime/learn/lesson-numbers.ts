/** Lessons as numbers, for a file or a message: one after another, each latent, goal and action. */
import type { ModelPackage } from "../core/model.ts";
import type { Lesson } from "./practice.ts";

/** Of latent, goal and action. */
export type LessonWidths = readonly [number, number, number];

export const lessonWidths = ({ latentDim, axes, proprioception }: ModelPackage["spec"]): LessonWidths => [
  latentDim,
  latentDim - proprioception.length,
  axes.length,
];

/** Numbers of one lesson. */
export const lessonWidth = ([latent, goal, action]: LessonWidths): number => latent + goal + action;

export const lessonNumbers = (lessons: readonly Lesson[]): Float32Array =>
  inARow(lessons.flatMap(({ latent, goal, action }) => [latent, goal, action]));

export function lessonsOf(numbers: Float32Array, widths: LessonWidths): Lesson[] {
  const [latent, goal] = widths;
  const width = lessonWidth(widths);
  return Array.from({ length: numbers.length / width }, (_, i) => {
    const row = numbers.slice(i * width, (i + 1) * width);
    return { latent: row.slice(0, latent), goal: row.slice(latent, latent + goal), action: row.slice(latent + goal) };
  });
}

export function inARow(parts: readonly Float32Array[]): Float32Array {
  const numbers = new Float32Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    numbers.set(part, at);
    at += part.length;
  }
  return numbers;
}
