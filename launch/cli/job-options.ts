/** The options by which commands reach the server that hands out jobs. */
import type { Command } from "commander";
import type { JobAccess } from "../jobs/connect.ts";

export const JOBS_TOKEN = "FORESIGHT_JOBS_TOKEN";

export interface JobFlags {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** How the server at the address is sure of us, and we of it. */
export const withTls = (command: Command, server = "job server"): Command =>
  command
    .option("--ca <file>", `authority that signed the ${server}'s certificate, PEM, where it is no public one`)
    .option("--cert <file>", `our own certificate for the ${server}, PEM`)
    .option("--key <file>", "its key, PEM");

export const accessOf = (url: string, { ca, cert, key }: JobFlags): JobAccess => ({ url, ca, cert, key, token: process.env[JOBS_TOKEN] });
