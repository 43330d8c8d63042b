/** What the owner of an arm can send us: the doctor's findings and what they were found on, without anything that names the person or the computer. */
import { arch, availableParallelism, platform, release } from "node:os";
import type { DoctorResult } from "../cli/doctor.ts";
import { productVersion } from "../cli/version.ts";
import { writeReport } from "../user-files.ts";

/** Throws AgentError `launch.invalid` where it cannot be written. */
export function writeOwnerReport(file: string, { ok, checks }: DoctorResult): void {
  const computer = { platform: platform(), release: release(), arch: arch(), cores: availableParallelism(), node: process.version };
  writeReport(file, { report: "foresight doctor", foresight: productVersion, computer, ok, checks });
}
