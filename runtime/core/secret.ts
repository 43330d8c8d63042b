/** Secrets that servers give out and ask for: made by chance that nobody can guess, compared in a time that says nothing about them. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { AgentError } from "./errors.ts";

/** 18 random bytes as 24 letters, digits, dashes and underscores. */
export const newToken = (): string => randomBytes(18).toString("base64url");

/** Throws AgentError `launch.invalid` naming the key of the launch file, never the token, unless it is 16 to 256 printable ASCII characters without spaces. */
export function checkToken(key: string, token: string): string {
  if (/^[\x21-\x7e]{16,256}$/.test(token)) return token;
  throw new AgentError(
    "launch.invalid",
    `${key}: ${token.length} characters, must be 16 to 256 of printable ASCII without spaces; choose another, or none for a random one`,
  );
}

/** In a time that says nothing about either. */
export const sameSecret = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));

const digest = (secret: string): Buffer => createHash("sha256").update(secret).digest();
